"""A real Postfix takes the mail over STARTTLS and AUTH; a real Dovecot mailbox shows it whole."""
import contextlib
import email
import email.policy
import glob
import hashlib
import http.server
import imaplib
import json
import os
import shutil
import subprocess
import sys
import threading

from appliance import Appliance, ask, free_port, require, serving, terminate, wait_until, workshop


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
def token_issuer(token):
    """What tells Dovecot whether a bearer token is good (RFC 7662); yields its port."""
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            good = self.headers.get("Authorization") == f"Bearer {token}"
            body = json.dumps({"active": True, "username": "relay"} if good else {"active": False}).encode()
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
def dovecot(directory, issuer):
    """Mailboxes, an LMTP door and the AUTH service that Postfix asks; yields the IMAP port."""
    base = f"{directory}/dovecot"
    os.makedirs(f"{base}/run", exist_ok=True)
    os.makedirs(f"{base}/mail", exist_ok=True)
    shutil.chown(f"{base}/mail", "nobody", "nogroup")
    port = free_port()
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
ssl = no
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
    port = 0
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
""")
    process = subprocess.Popen(["dovecot", "-F", "-c", f"{base}/dovecot.conf"])
    try:
        wait_until(lambda: os.path.exists(f"{base}/run/lmtp-door"), "Dovecot opens its LMTP door", 20)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextlib.contextmanager
def postfix(directory):
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
""")
    limits = {"postlogd": "1", "tlsmgr": "1", "anvil": "1", "qmgr": "1", "pickup": "1", "scache": "1", "verify": "1",
              "cleanup": "0", "bounce": "0", "flush": "0"}
    services = (f"127.0.0.1:{port} inet n - n - - smtpd\n"
                f"127.0.0.1:{strict} inet n - n - - smtpd\n"
                f"  -o smtpd_tls_req_ccert=yes\n  -o smtpd_tls_CAfile={directory}/client.crt\n")
    for name, kind, private, program in (
            ("pickup", "unix", "n", "pickup"), ("cleanup", "unix", "n", "cleanup"), ("qmgr", "unix", "n", "qmgr"),
            ("tlsmgr", "unix", "-", "tlsmgr"), ("rewrite", "unix", "-", "trivial-rewrite"),
            ("bounce", "unix", "-", "bounce"), ("defer", "unix", "-", "bounce"), ("trace", "unix", "-", "bounce"),
            ("verify", "unix", "-", "verify"), ("flush", "unix", "n", "flush"), ("proxymap", "unix", "-", "proxymap"),
            ("error", "unix", "-", "error"), ("retry", "unix", "-", "error"), ("discard", "unix", "-", "discard"),
            ("lmtp", "unix", "-", "lmtp"), ("anvil", "unix", "-", "anvil"), ("scache", "unix", "-", "scache"),
            ("postlog", "unix-dgram", "n", "postlogd")):
        services += f"{name} {kind} {private} - n - {limits.get(program, '-')} {program}\n"
    write(f"{base}/etc/master.cf", services)
    run("postfix", "-c", f"{base}/etc", "start")
    try:
        yield port, strict
    finally:
        with open(f"{base}/spool/pid/master.pid") as file:
            master = int(file.read())
        run("postfix", "-c", f"{base}/etc", "stop")
        wait_until(lambda: not os.path.exists(f"/proc/{master}"), "the Postfix master ends", 20)


def check_mail(raw, expected_pdf_count=1):
    """The mail as the mailbox has it: all three parts, readable by a foreign parser."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    require(message["Auto-Submitted"] == "auto-generated", "Auto-Submitted")
    require(message.defects == [], f"no MIME defects: {message.defects}")
    require(message.get_body(("plain",)) is not None and message.get_body(("html",)) is not None, "text and HTML")
    attachments = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    require(set(attachments) == {"reference.pdf", "receipt.json"}, f"attachments: {sorted(attachments)}")
    return attachments["reference.pdf"]


def check_logins(directory, bob, relay, strict):
    """Every way to log in that the settings know, as Postfix and Dovecot see it; `check` mails nothing."""
    def postfix_log():
        with open(f"{directory}/postfix/mail.log") as file:
            return file.read()

    for auth in ("plain", "login", "cram-md5", "xoauth2", "oauthbearer"):
        more = f" auth: {auth},"
        changed = dict(relay)
        if auth in ("xoauth2", "oauthbearer"):
            del changed["password"]
            more += f" token_command: [/bin/cat, {directory}/token],"
        method = f"sasl_method={auth.upper()}, sasl_username=relay"
        require(method not in postfix_log() or auth == "plain", f"{method} is not there yet")
        said = Appliance(directory, bob, dict(changed, more=more))("check").stdout
        require("encrypted and verified, logged in" in said, said)
        require("the relay takes tagged senders" in said, said)
        require("PIPELINING" in said and "AUTH CRAM-MD5 LOGIN OAUTHBEARER PLAIN XOAUTH2" in said, said)
        wait_until(lambda: method in postfix_log(), f"Postfix tells {method}")
    write(f"{directory}/token", "another-token\n", 0o600)
    said = Appliance(directory, bob, dict(changed, more=more))("check", expect=3).stdout
    require("auth-refused" in said, said)

    url = dict(relay, url=f"smtp://localhost:{strict}")
    said = Appliance(directory, bob, url)("check", expect=3).stdout
    shown = f" client_certificate_file: {directory}/client.crt, client_key_file: {directory}/client.key,"
    said = Appliance(directory, bob, dict(url, more=shown))("check").stdout
    require("encrypted and verified, logged in" in said, said)
    os.chmod(f"{directory}/client.key", 0o644)
    said = Appliance(directory, bob, dict(url, more=shown))("check", expect=3).stdout
    require("smtp.client_key_file" in said and "chmod 600" in said, said)


def main():
    with workshop("relay") as directory:
        os.chmod(directory, 0o755)
        certificate(directory, "relay")
        certificate(directory, "client")
        write(f"{directory}/token", "relay-token\n", 0o600)
        with token_issuer("relay-token") as issuer, dovecot(directory, issuer) as imap, \
                postfix(directory) as (port, strict):
            with serving("bob", "--people", "20", "--leavers", "0") as bob:
                relay = {"url": f"smtp://localhost:{port}", "tls": "required", "ca_file": f"{directory}/relay.crt",
                         "username": "relay", "password": "relay-password"}
                appliance = Appliance(directory, bob, relay)
                appliance("check")
                appliance("run", "--once")
                leaver = [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"][0]
                terminate(bob, leaver)
                appliance("run", "--once")
                mailbox = f"{directory}/dovecot/mail/{leaver['email'].lower()}/new"
                wait_until(lambda: os.path.isdir(mailbox) and os.listdir(mailbox), "the mail reaches the mailbox")
                client = imaplib.IMAP4("127.0.0.1", imap)
                client.login(leaver["email"].lower(), "mailbox")
                client.select("INBOX")
                _, found = client.search(None, "ALL")
                require(len(found[0].split()) == 1, "exactly one mail in the mailbox")
                _, data = client.fetch(found[0].split()[0], "(RFC822)")
                client.logout()
                pdf = check_mail(data[0][1])
                path = f"{directory}/received.pdf"
                with open(path, "wb") as file:
                    file.write(pdf)
                appliance.json("audit", "export", f"{directory}/export")
                with open(f"{directory}/export/ledger.jsonl") as file:
                    seals = [line for line in file if '"ev":"seal"' in line]
                import base64
                digest = base64.urlsafe_b64encode(hashlib.sha256(pdf).digest()).rstrip(b"=").decode()
                require(len(seals) == 1 and digest in seals[0], "the PDF in the mailbox is the one in the ledger")
                with open(f"{directory}/postfix/mail.log") as file:
                    log = file.read()
                require("sasl_method=" in log and "sasl_username=relay" in log, "Postfix saw AUTH")
                wrong = Appliance(directory, bob, dict(relay, ca_file="/etc/ssl/certs/ca-certificates.crt"))
                wrong("check", expect=3)
                check_logins(directory, bob, relay, strict)
    print("relay: Postfix took it over STARTTLS + AUTH, Dovecot shows it whole, the PDF is the one in the ledger")
    print("relay: five ways to log in and a client certificate, each as Postfix tells it")


if os.geteuid() != 0:
    sys.exit("relay.py starts Postfix and Dovecot and must run as root")
main()
