"""The mail systems whose reports are wanted: each one's settings, and how it is started, pushed and stopped."""
import glob
import os
import shutil
import signal
import subprocess
import time

from remote import SERVERS, SHUT

ROOT = "/srv"
HOST = "mx.relay.example"
# Where mail for a domain goes. `nohost.example` is in no table: nobody knows such a host.
ROUTES = {name.removeprefix("mx."): name for name, _, _ in SERVERS.values()} | {"shut.example": "mx.shut.example"}
ADDRESSES = {name: address for address, (name, _, _) in SERVERS.items()} | {"mx.shut.example": SHUT}
# Names of relay.example that stand for others.
ALIASES = {"team": ["ok@remote.example", "box@relay.example"], "desk": ["nobody@remote.example"]}
WARN, GIVE_UP = 4, 12


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)


def run(*command, check=True):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if check and done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def children(pid):
    """The process ids below one."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        found = [int(word) for word in file.read().split()]
    return found + [deeper for child in found for deeper in children(child)]


class Daemon:
    """A mail system that stays in the foreground; it ends, with all it started, by process id."""

    def begin(self, *command):
        log = open(f"{ROOT}/{self.name}.out", "w")
        self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")

    def pump(self):
        pass

    def stop(self):
        below = children(self.process.pid)
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        for pid in below:
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pass


class Postfix(Daemon):
    name = "postfix"

    def start(self):
        base = f"{ROOT}/postfix"
        for name in ("etc", "spool", "data", "mail"):
            os.makedirs(f"{base}/{name}")
        shutil.chown(f"{base}/data", "postfix")
        shutil.chown(f"{base}/mail", "mail")
        for name in glob.glob("/etc/postfix/postfix-files*") + glob.glob("/etc/postfix/dynamicmaps.cf*"):
            target = f"{base}/etc/{os.path.basename(name)}"
            shutil.copytree(name, target) if os.path.isdir(name) else shutil.copy(name, target)
        routes = " ".join(f"{{{domain} = smtp:[{host}]}}," for domain, host in ROUTES.items())
        aliases = " ".join(f"{{{name}@relay.example = {', '.join(to)}}}," for name, to in ALIASES.items())
        write(f"{base}/etc/main.cf", f"""
compatibility_level = 3.6
queue_directory = {base}/spool
data_directory = {base}/data
mail_owner = postfix
maillog_file = {base}/mail.log
maillog_file_prefixes = {base}
myhostname = {HOST}
mydestination =
mynetworks = 127.0.0.1
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_bind_address = 127.0.0.1
alias_maps =
alias_database =
smtp_dns_support_level = disabled
smtp_host_lookup = native
transport_maps = inline:{{ {routes} }}
virtual_alias_maps = inline:{{ {aliases} }}
virtual_mailbox_domains = relay.example
virtual_mailbox_base = {base}/mail
virtual_mailbox_maps = inline:{{ {{box@relay.example = box}} }}
virtual_uid_maps = static:8
virtual_gid_maps = static:8
virtual_minimum_uid = 1
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_client_connection_rate_limit = 0
delay_warning_time = {WARN}s
maximal_queue_lifetime = {GIVE_UP}s
bounce_queue_lifetime = {GIVE_UP}s
minimal_backoff_time = 2s
maximal_backoff_time = 2s
queue_run_delay = 2s
default_destination_concurrency_failed_cohort_limit = 100
""")
        single = {"postlogd", "tlsmgr", "anvil", "qmgr", "pickup", "scache", "verify"}
        services = "127.0.0.1:25 inet n - n - - smtpd\n"
        for name, kind, private, program in (
                ("pickup", "unix", "n", "pickup"), ("cleanup", "unix", "n", "cleanup"), ("qmgr", "unix", "n", "qmgr"),
                ("tlsmgr", "unix", "-", "tlsmgr"), ("rewrite", "unix", "-", "trivial-rewrite"),
                ("bounce", "unix", "-", "bounce"), ("defer", "unix", "-", "bounce"), ("trace", "unix", "-", "bounce"),
                ("verify", "unix", "-", "verify"), ("flush", "unix", "n", "flush"), ("proxymap", "unix", "-", "proxymap"),
                ("error", "unix", "-", "error"), ("retry", "unix", "-", "error"), ("discard", "unix", "-", "discard"),
                ("smtp", "unix", "-", "smtp"), ("relay", "unix", "-", "smtp"), ("virtual", "unix", "-", "virtual"),
                ("anvil", "unix", "-", "anvil"), ("scache", "unix", "-", "scache"),
                ("postlog", "unix-dgram", "n", "postlogd")):
            limit = "1" if program in single else "0" if program in ("cleanup", "bounce", "flush") else "-"
            unprivileged = "n" if program == "virtual" else "-"
            services += f"{name} {kind} {private} {unprivileged} n - {limit} {program}\n"
        write(f"{base}/etc/master.cf", services)
        run("postfix", "-c", f"{base}/etc", "start")

    def stop(self):
        run("postfix", "-c", f"{ROOT}/postfix/etc", "stop")


class Exim(Daemon):
    name = "exim"

    def start(self):
        base = f"{ROOT}/exim"
        os.makedirs(f"{base}/spool")
        shutil.chown(base, "Debian-exim")
        shutil.chown(f"{base}/spool", "Debian-exim")
        routes = "".join(f"{domain}: {host} byname\n" for domain, host in ROUTES.items())
        write(f"{base}/routes", routes)
        write(f"{base}/aliases", "".join(f"{name}: {', '.join(to)}\n" for name, to in ALIASES.items()))
        write("/etc/exim4/exim4.conf", f"""
exim_path = {PACKAGES}/exim/usr/sbin/exim4
primary_hostname = {HOST}
spool_directory = {base}/spool
log_file_path = {base}/%slog
local_interfaces = 127.0.0.1
daemon_smtp_ports = 25
tls_advertise_hosts =
dsn_advertise_hosts = *
smtputf8_advertise_hosts = *
chunking_advertise_hosts =
rfc1413_query_timeout = 0s
host_lookup =
dns_ipv4_lookup =
keep_environment =
acl_smtp_rcpt = accept
acl_smtp_data = accept
delay_warning = {WARN}s
queue_run_max = 5
begin routers
aliases:
  driver = redirect
  domains = relay.example
  data = ${{lookup{{$local_part}}lsearch{{{base}/aliases}}}}
box:
  driver = accept
  domains = relay.example
  local_parts = box
  transport = box
remote:
  driver = manualroute
  domains = ! relay.example
  route_data = ${{lookup{{$domain}}lsearch{{{base}/routes}}}}
  self = send
  transport = remote
begin transports
box:
  driver = appendfile
  file = {base}/spool/box
  user = mail
  group = mail
  directory_mode = 0777
  mode_fail_narrower = false
  use_lockfile = false
remote:
  driver = smtp
  allow_localhost
  interface = 127.0.0.1
  hosts_avoid_tls = *
begin retry
* * F,{GIVE_UP}s,2s
""")
        os.chmod(f"{base}/spool", 0o777)
        self.begin(f"{PACKAGES}/exim/usr/sbin/exim4", "-bdf")

    def pump(self):
        run(f"{PACKAGES}/exim/usr/sbin/exim4", "-q", check=False)


class Sendmail(Daemon):
    name = "sendmail"

    def start(self):
        base = f"{ROOT}/sendmail"
        self.program = f"{PACKAGES}/sendmail/usr/libexec/sendmail/sendmail"
        os.makedirs(f"{base}/queue", mode=0o700)
        write("/etc/passwd", open("/etc/passwd").read() + "box:x:990:990::/srv:/usr/sbin/nologin\n")
        write("/etc/group", open("/etc/group").read() + "box:x:990:\n")
        write(f"{base}/mailertable", "".join(f"{domain} esmtp:[{host}]\n" for domain, host in ROUTES.items()))
        write(f"{base}/aliases", "".join(f"{name}: {', '.join(to)}\n" for name, to in ALIASES.items())
              + "postmaster: root\nmailer-daemon: postmaster\nroot: /dev/null\n")
        write(f"{base}/switch", "hosts files\naliases files\npasswd files\n")
        write(f"{base}/keep", "#!/bin/sh\ncat >/dev/null\n", 0o755)
        write(f"{base}/sendmail.mc", f"""
define(`_USE_ETC_MAIL_')dnl
include(`{PACKAGES}/sendmail/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME', `{HOST}')dnl
define(`ALIAS_FILE', `{base}/aliases')dnl
define(`QUEUE_DIR', `{base}/queue')dnl
define(`STATUS_FILE', `{base}/statistics')dnl
define(`confPID_FILE', `{base}/pid')dnl
define(`HELP_FILE', `{base}/help')dnl
define(`confSERVICE_SWITCH_FILE', `{base}/switch')dnl
define(`confTO_IDENT', `0')dnl
define(`confTO_QUEUEWARN', `{WARN}s')dnl
define(`confTO_QUEUERETURN', `{GIVE_UP}s')dnl
define(`confTO_HOSTSTATUS', `1s')dnl
define(`confMIN_QUEUE_AGE', `0')dnl
define(`confPRIVACY_FLAGS', `')dnl
define(`confEIGHT_BIT_HANDLING', `pass')dnl
define(`confDONT_BLAME_SENDMAIL', `groupwritabledirpathsafe')dnl
define(`LOCAL_MAILER_PATH', `{base}/keep')dnl
define(`LOCAL_MAILER_ARGS', `keep $u')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`promiscuous_relay')dnl
FEATURE(`mailertable', `text -o {base}/mailertable')dnl
DAEMON_OPTIONS(`Family=inet, Name=MTA, Port=25, Addr=127.0.0.1')dnl
CLIENT_OPTIONS(`Family=inet, Addr=127.0.0.1')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
LOCAL_CONFIG
Cwrelay.example
""")
        done = subprocess.run([f"{PACKAGES}/sendmail/usr/bin/m4", f"{base}/sendmail.mc"], capture_output=True, text=True)
        write(f"{base}/sendmail.cf", done.stdout)
        run(self.program, "-C", f"{base}/sendmail.cf", "-bi")
        self.begin(self.program, "-C", f"{base}/sendmail.cf", "-bD")

    def pump(self):
        run(self.program, "-C", f"{ROOT}/sendmail/sendmail.cf", "-q", check=False)


class OpenSMTPD(Daemon):
    name = "opensmtpd"

    def start(self):
        base = f"{ROOT}/opensmtpd"
        os.makedirs("/var/lib/opensmtpd/empty", exist_ok=True)
        users = ("opensmtpd:x:988:988::/var/lib/opensmtpd/empty:/usr/sbin/nologin\n"
                 "opensmtpq:x:987:987::/var/lib/opensmtpd/empty:/usr/sbin/nologin\n"
                 "box:x:986:986::/srv/opensmtpd/box:/usr/sbin/nologin\n")
        write("/etc/passwd", open("/etc/passwd").read() + users)
        write("/etc/group", open("/etc/group").read() + "opensmtpd:x:988:\nopensmtpq:x:987:\nbox:x:986:\n")
        os.makedirs(f"{base}/box")
        shutil.chown(f"{base}/box", "box", "box")
        write(f"{base}/aliases", "".join(f"{name}: {', '.join(to)}\n" for name, to in ALIASES.items()))
        text = f"""
table aliases file:{base}/aliases
listen on 127.0.0.1 port 25 hostname {HOST}
queue ttl {GIVE_UP}s
bounce warn-interval {WARN}s
action "local" maildir "{base}/box/mail" alias <aliases>
action "unknown" relay
"""
        rules = 'match from any for domain "relay.example" action "local"\n'
        for domain, host in ROUTES.items():
            text += f'action "{domain}" relay host "smtp://{ADDRESSES[host]}"\n'
            rules += f'match from any for domain "{domain}" action "{domain}"\n'
        write(f"{base}/smtpd.conf", text + rules + 'match from any for any action "unknown"\n')
        self.begin(f"{PACKAGES}/opensmtpd/usr/sbin/smtpd", "-d", "-f", f"{base}/smtpd.conf")

    def pump(self):
        run(f"{PACKAGES}/opensmtpd/usr/sbin/smtpctl", "schedule", "all", check=False)


PACKAGES = f"{ROOT}/packages"
# What the packages of each one are; they are unpacked, not installed, for no two can be installed together.
DEBIAN = {
    "exim": ["exim4-daemon-light", "exim4-base"],
    "sendmail": ["sendmail-bin", "sendmail-base", "sendmail-cf", "m4"],
    "opensmtpd": ["opensmtpd"],
    "libraries": ["libdb5.3", "libevent-2.1-7", "libgnutls-dane0", "libidn12", "libldap-2.5-0", "liblockfile1", "libnsl2",
                  "libpcre2-8-0", "libsasl2-2", "libspf2-2", "libtirpc3", "libunbound8", "libwrap0"],
}
ALL = {kind.name: kind for kind in (Postfix, Exim, Sendmail, OpenSMTPD)}


def fetch(directory):
    """Downloads and unpacks what is not there yet."""
    for name, packages in DEBIAN.items():
        if os.path.isdir(f"{directory}/{name}"):
            continue
        os.makedirs(f"{directory}/{name}.deb", exist_ok=True)
        subprocess.run(["apt-get", "download", "-qq", *packages], cwd=f"{directory}/{name}.deb", check=True)
        for package in glob.glob(f"{directory}/{name}.deb/*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, f"{directory}/{name}"], check=True)
        # A program with more rights than its caller would not be asked politely to run from elsewhere.
        for path in glob.glob(f"{directory}/{name}/usr/**/*", recursive=True):
            if os.path.isfile(path) and not os.path.islink(path):
                os.chmod(path, os.stat(path).st_mode & 0o777)
