"""A real Postfix and a real Dovecot on loopback, in a directory of their own."""
import contextlib
import glob
import http.server
import json
import os
import shutil
import socketserver
import subprocess
import threading

from appliance import free_port, require, wait_until


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    require(done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def write(path, text, mode=0o644):
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)


def certificate(directory, name):
    """A key and a self-signed certificate for localhost."""
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
        "-keyout", f"{directory}/{name}.key", "-out", f"{directory}/{name}.crt")


@contextlib.contextmanager
def token_issuer(token, username="relay"):
    """What tells Dovecot whose bearer token this is, if it is good (RFC 7662); yields its port."""
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            good = self.headers.get("Authorization") == f"Bearer {token}"
            body = json.dumps({"active": True, "username": username} if good else {"active": False}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()


@contextlib.contextmanager
def dovecot(directory, issuer, more=""):
    """Mailboxes, an LMTP door and the AUTH service that Postfix asks; yields the IMAP port, and that with TLS."""
    base = f"{directory}/dovecot"
    os.makedirs(f"{base}/run", exist_ok=True)
    os.makedirs(f"{base}/mail", exist_ok=True)
    shutil.chown(f"{base}/mail", "nobody", "nogroup")
    port, secure = free_port(), free_port()
    write(f"{base}/users", "relay:{PLAIN}relay-password::::::\n")
    write(f"{base}/oauth2.conf", f"""
introspection_mode = auth
introspection_url = http://127.0.0.1:{issuer}/
username_attribute = username
active_attribute = active
active_value = true
""")
    write(f"{base}/dovecot.conf", f"""
auth_mechanisms = plain login cram-md5 xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {base}/oauth2.conf
}}
base_dir = {base}/run
log_path = {base}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{directory}/relay.crt
ssl_key = <{directory}/relay.key
recipient_delimiter = +
disable_plaintext_auth = no
mail_location = maildir:{base}/mail/%u
first_valid_uid = 1
default_login_user = nobody
default_internal_user = nobody
default_internal_group = nogroup
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {base}/users
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password=mailbox
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={base}/mail/%u allow_all_users=yes
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {secure}
    ssl = yes
  }}
}}
service lmtp {{
  unix_listener lmtp-door {{
    mode = 0666
  }}
}}
service auth {{
  unix_listener auth-door {{
    mode = 0666
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
{more}
""")
    process = subprocess.Popen(["dovecot", "-F", "-c", f"{base}/dovecot.conf"])
    try:
        wait_until(lambda: os.path.exists(f"{base}/run/lmtp-door"), "Dovecot opens its LMTP door", 20)
        yield port, secure
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextlib.contextmanager
def postfix(directory, more="", services=""):
    """A relay on loopback that demands STARTTLS and AUTH and knows no way off this machine.

    Yields its port, and that of a door that wants a client certificate too.
    """
    base = f"{directory}/postfix"
    for name in ("etc", "spool", "data"):
        os.makedirs(f"{base}/{name}", exist_ok=True)
    shutil.chown(f"{base}/data", "postfix")
    port, strict = free_port(), free_port()
    for name in glob.glob("/etc/postfix/postfix-files*") + glob.glob("/etc/postfix/dynamicmaps.cf*"):
        target = f"{base}/etc/{os.path.basename(name)}"
        shutil.copytree(name, target) if os.path.isdir(name) else shutil.copy(name, target)
    write(f"{base}/etc/main.cf", f"""
compatibility_level = 3.6
queue_directory = {base}/spool
data_directory = {base}/data
mail_owner = postfix
maillog_file = {base}/mail.log
maillog_file_prefixes = {base}
myhostname = relay.acme.example
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
local_recipient_maps =
alias_maps =
alias_database =
virtual_mailbox_domains = acme.example
virtual_transport = lmtp:unix:{directory}/dovecot/run/lmtp-door
default_transport = error:no way off this machine
relay_transport = error:no way off this machine
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {directory}/relay.crt
smtpd_tls_key_file = {directory}/relay.key
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {directory}/dovecot/run/auth-door
smtpd_sasl_security_options = noanonymous
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
recipient_delimiter = +
{more}
""")
    limits = {"postlogd": "1", "tlsmgr": "1", "anvil": "1", "qmgr": "1", "pickup": "1", "scache": "1", "verify": "1",
              "cleanup": "0", "bounce": "0", "flush": "0"}
    services += (f"127.0.0.1:{port} inet n - n - - smtpd\n"
                f"127.0.0.1:{strict} inet n - n - - smtpd\n"
                f"  -o smtpd_tls_req_ccert=yes\n  -o smtpd_tls_CAfile={directory}/client.crt\n")
    for name, kind, private, program in (
            ("pickup", "unix", "n", "pickup"), ("cleanup", "unix", "n", "cleanup"), ("qmgr", "unix", "n", "qmgr"),
            ("tlsmgr", "unix", "-", "tlsmgr"), ("rewrite", "unix", "-", "trivial-rewrite"),
            ("bounce", "unix", "-", "bounce"), ("defer", "unix", "-", "bounce"), ("trace", "unix", "-", "bounce"),
            ("verify", "unix", "-", "verify"), ("flush", "unix", "n", "flush"), ("proxymap", "unix", "-", "proxymap"),
            ("error", "unix", "-", "error"), ("retry", "unix", "-", "error"), ("discard", "unix", "-", "discard"),
            ("lmtp", "unix", "-", "lmtp"), ("smtp", "unix", "-", "smtp"), ("virtual", "unix", "-", "virtual"), ("anvil", "unix", "-", "anvil"), ("scache", "unix", "-", "scache"),
            ("postlog", "unix-dgram", "n", "postlogd")):
        # The virtual delivery agent becomes each mailbox's owner.
        unprivileged = "n" if program == "virtual" else "-"
        services += f"{name} {kind} {private} {unprivileged} n - {limits.get(program, '-')} {program}\n"
    write(f"{base}/etc/master.cf", services)
    run("postfix", "-c", f"{base}/etc", "start")
    try:
        yield port, strict
    finally:
        with open(f"{base}/spool/pid/master.pid") as file:
            master = int(file.read())
        run("postfix", "-c", f"{base}/etc", "stop")
        wait_until(lambda: not os.path.exists(f"/proc/{master}"), "the Postfix master ends", 20)


@contextlib.contextmanager
def remote(answers):
    """Somebody else's mail server, without DSN: answers RCPT by the words before the @, others with 250; yields its port.

    It remembers in the list `answers["taken"]` whose mail it took, and in `answers["senders"]`, if that is there, the
    envelope sender of each recipient.
    """
    class Session(socketserver.StreamRequestHandler):
        def say(self, line):
            self.wfile.write(line.encode() + b"\r\n")

        def handle(self):
            self.say("220 remote.example ESMTP")
            recipients, sender = [], ""
            for line in self.rfile:
                word = line.decode("latin1").strip().upper()
                if word.startswith("MAIL"):
                    sender = line.decode("latin1").split("<")[1].split(">")[0]
                if word.startswith("RCPT"):
                    local = line.decode("latin1").split("<")[1].split("@")[0].lower()
                    reply = answers.get(local, "250 2.1.5 ok")
                    if reply.startswith("250"):
                        recipients.append(local)
                        answers.get("senders", {})[line.decode("latin1").split("<")[1].split(">")[0].lower()] = sender
                    self.say(reply)
                elif word == "DATA":
                    self.say("354 go on")
                    while self.rfile.readline() not in (b".\r\n", b""):
                        pass
                    answers["taken"] += recipients
                    self.say("250 2.0.0 taken")
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    server = Server(("127.0.0.1", 0), Session)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
