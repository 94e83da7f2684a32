"""A real Postfix takes the mail over STARTTLS and AUTH; a real Dovecot mailbox shows it whole."""
import email
import email.policy
import hashlib
import imaplib
import os
import sys

from appliance import Appliance, ask, require, serving, terminate, wait_until, workshop
from mailserver import certificate, dovecot, postfix, token_issuer, write


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
        with token_issuer("relay-token") as issuer, dovecot(directory, issuer) as (imap, _), \
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
