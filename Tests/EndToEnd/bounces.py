"""What becomes of mails that the relay took: real Postfix reports, in a real Dovecot mailbox, read over IMAP."""
import contextlib
import email
import glob
import imaplib
import os
import sys

from appliance import Appliance, ask, require, serving, terminate, wait_until, workshop
from mailserver import certificate, dovecot, postfix, remote, token_issuer, write

BOUNCES = "bounces@acme.example"

ORDINARY = """From: A Person <person@acme.example>\r
To: bounces@acme.example\r
Subject: a question\r
Message-ID: <ordinary@acme.example>\r
\r
Who reads this mailbox?\r
"""

FORGED = """Return-Path: <>\r
From: MAILER-DAEMON@relay.acme.example\r
To: bounces+aaaaaaaaaaaaaaaa@acme.example\r
Subject: Undelivered Mail Returned to Sender\r
Message-ID: <forged@relay.acme.example>\r
Content-Type: multipart/report; report-type=delivery-status; boundary=b\r
\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; relay.acme.example\r
Original-Envelope-Id: {case}.1.aaaaaaaaaaaaaaaa\r
\r
Final-Recipient: rfc822; {address}\r
Action: failed\r
Status: 5.1.1\r
Diagnostic-Code: smtp; 550 5.1.1 no such user\r
\r
--b--\r
"""


class Mailbox:
    """The bounce mailbox, as anybody else who may read it sees it."""

    def __init__(self, port):
        self.port = port

    @contextlib.contextmanager
    def open(self, folder="INBOX"):
        client = imaplib.IMAP4("127.0.0.1", self.port)
        client.login(BOUNCES, "mailbox")
        try:
            client.select(folder, readonly=True)
            yield client
        finally:
            client.logout()

    def ids(self, folder="INBOX"):
        """The Message-IDs of what is there."""
        with self.open(folder) as client:
            if client.state != "SELECTED":
                return []
            _, found = client.search(None, "ALL")
            ids = []
            for number in found[0].split():
                _, data = client.fetch(number, "(BODY.PEEK[HEADER])")
                ids.append(email.message_from_bytes(data[0][1])["Message-ID"])
            return ids

    def unseen(self):
        with self.open() as client:
            return len(client.search(None, "UNSEEN")[1][0].split())

    def add(self, text):
        client = imaplib.IMAP4("127.0.0.1", self.port)
        client.login(BOUNCES, "mailbox")
        require(client.append("INBOX", None, None, text.encode())[0] == "OK", "a message is put into the mailbox")
        client.logout()


def stages(appliance):
    return {row["case"]: row for row in appliance.json("queue", "list")["cases"]}


def scenario(name, more, removal):
    """Four leavers: one mailbox takes its mail, one is gone, one is full, one lies behind a server without DSN."""
    with workshop(name) as directory, serving("bob", "--people", "20", "--leavers", "0") as bob:
        os.chmod(directory, 0o755)
        certificate(directory, "relay")
        people = [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"][:4]
        addresses = [p["email"].lower() for p in people]
        locals = [a.split("@")[0] for a in addresses]
        answers = {locals[1]: "550 5.1.1 no such user", locals[2]: "552 5.2.2 mailbox full", "taken": []}
        write(f"{directory}/token", "bounce-token\n", 0o600)
        with token_issuer("bounce-token", BOUNCES) as issuer, dovecot(directory, issuer, more) as (imap, imaps), \
                remote(answers) as other:
            os.makedirs(f"{directory}/boxes", exist_ok=True)
            os.chmod(f"{directory}/boxes", 0o777)
            write(f"{directory}/transport",
                  f"{BOUNCES} lmtp:unix:{directory}/dovecot/run/lmtp-door\n"
                  + "".join(f"{a} smtp:[127.0.0.1]:{other}\n" for a in addresses[1:]))
            with postfix(directory, f"""
virtual_transport = virtual
virtual_mailbox_base = {directory}/boxes
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 100
transport_maps = texthash:{directory}/transport
smtp_tls_security_level =
""") as (port, _):
                relay = {"url": f"smtp://localhost:{port}", "tls": "required", "ca_file": f"{directory}/relay.crt",
                         "username": "relay", "password": "relay-password"}
                login = f'username: "{BOUNCES}", ca_file: {directory}/relay.crt'
                mailbox = Mailbox(imap)
                write(f"{directory}/bounces-password", "mailbox\n", 0o600)
                appliance = Appliance(
                    directory, bob, relay, quiet="144h", unwatched="false",
                    bounces=f"bounces: {{imap_url: imaps://localhost:{imaps}/INBOX, {login}, "
                            f"password_file: bounces-password}}")
                said = appliance("check").stdout
                require("encrypted and verified, logged in with a password; 0 messages" in said, said)
                require(removal in said, said)
                appliance("run", "--once")
                for person in people:
                    terminate(bob, person)
                appliance("run", "--once")
                rows = stages(appliance)
                require(len(rows) == 4 and {r["stage"] for r in rows.values()} == {"accepted"}, f"all accepted: {rows}")
                # The test mail has come back by now; of each of the four there will be a report.
                wait_until(lambda: len(mailbox.ids()) >= 4, "four reports in the bounce mailbox")
                case = sorted(rows)[0]
                mailbox.add(ORDINARY)
                mailbox.add(FORGED.format(case=case, address=addresses[0]))
                appliance("run", "--once")

                first, rows = rows, stages(appliance)
                require(sorted(r["stage"] for r in rows.values()) == ["accepted", "deferred", "undeliverable"],
                        f"three of four go on, each by its report: {rows}")
                by_stage = {r["stage"]: r for r in rows.values()}
                require(by_stage["deferred"]["why"] == "bounced-soft", f"full is soft: {by_stage['deferred']}")
                arrived = (set(first) - set(rows)).pop()
                ledger = [e for e in entries(appliance, directory) if e.get("case") == arrived]
                require([e["how"] for e in ledger if e["ev"] == "confirm"] == ["dsn-delivered"], f"{ledger}")
                require(ledger[-1]["ev"] == "purge", f"what has arrived is purged: {ledger[-1]}")
                bounced = [e for e in entries(appliance, directory) if e["ev"] == "bounced"]
                require({e["case"] for e in bounced} == {by_stage["undeliverable"]["case"], by_stage["deferred"]["case"]},
                        f"both bounces stand in the ledger: {bounced}")
                relayed = appliance.json("queue", "show", by_stage["accepted"]["case"])
                require("relayed" in str(relayed), f"the evidence is shown: {relayed}")

                ids = mailbox.ids()
                require(sorted(ids) == ["<forged@relay.acme.example>", "<ordinary@acme.example>"],
                        f"only what is not ours stays: {ids}")
                require(mailbox.unseen() == 2, "and it looks untouched")
                if "moved" in removal:
                    require(len(mailbox.ids("RefPassport-Done")) == 5, "the others were moved")
                # HR hears of the dead address by mail; the case's number, and nobody's name.
                appliance("run", "--once")
                wait_until(lambda: any("not be delivered" in text or "undeliverable" in text.lower()
                                       for text in delivered(directory)), "HR is told")
                told = [t for t in delivered(directory) if by_stage["undeliverable"]["case"] in t]
                require(told and not any(a in t for a in addresses for t in told), "by the case's number alone")
                appliance("audit", "verify")
                for root, _, names in os.walk(appliance.data):
                    for file in names:
                        with open(os.path.join(root, file), "rb") as handle:
                            held = handle.read().lower()
                        require(not any(a.encode() in held for a in addresses), f"no address in {file}")
                with open(f"{appliance.logs}/appliance.log") as handle:
                    log = handle.read().lower()
                require(not any(a in log or l in log for a, l in zip(addresses, locals)), "no address in the log")
                if "deleted" in removal:
                    check_logins(directory, bob, relay, login, imap, imaps)


def check_logins(directory, bob, relay, login, imap, imaps):
    """STARTTLS, TLS from the start and in clear; password and token; and what is said when it does not work."""
    def check(bounces, expect=0):
        return Appliance(directory, bob, relay, bounces=f"bounces: {{{bounces}}}")("check", expect=expect).stdout

    token = f"token_command: [/bin/cat, {directory}/token]"
    for url in (f"imap://localhost:{imap}", f"imaps://localhost:{imaps}/INBOX"):
        said = check(f"imap_url: {url}, {login}, {token}")
        require("logged in with a token; 2 messages" in said, said)
    said = check(f"imap_url: imap://127.0.0.1:{imap}, tls: none, {login}, password_file: bounces-password")
    require("in clear, logged in with a password" in said, said)
    write(f"{directory}/token", "stale-token\n", 0o600)
    said = check(f"imap_url: imaps://localhost:{imaps}, {login}, {token}", expect=3)
    require("refuses the login" in said and "stale-token" not in said, said)
    said = check(f"imap_url: imaps://localhost:{imaps}/Nowhere, {login}, password_file: bounces-password", expect=3)
    require("look at the" in said and "bounces.imap_url" in said, said)
    said = check(f"imap_url: imaps://localhost:{imap}, {login}, password_file: bounces-password", expect=3)
    require("no TLS" in said or "TLS from the start" in said, said)


def entries(appliance, directory):
    import json
    appliance.json("audit", "export", f"{directory}/export")
    with open(f"{directory}/export/ledger.jsonl") as file:
        return [json.loads(line) for line in file]


def delivered(directory):
    """The mails in the organisation's own mailboxes, transfer coding undone."""
    texts = []
    for path in glob.glob(f"{directory}/boxes/all/new/*"):
        with open(path, "rb") as file:
            message = email.message_from_bytes(file.read())
        texts.append(str(message["Subject"]) + "".join(
            part.get_payload(decode=True).decode("utf-8", "replace") for part in message.walk()
            if part.get_content_type() == "text/plain"))
    return texts


def main():
    scenario("bounces", "", "is deleted, alone (UIDPLUS)")
    scenario("moves", 'protocol imap {\n  imap_capability = "IMAP4rev1 SASL-IR LITERAL+ MOVE"\n}\n', "moved")
    print("bounces: of four mails that Postfix took one is confirmed, one undeliverable, one tried again, one relayed, each "
          "by its report from the Dovecot mailbox; a forged one and an ordinary mail stay where they are")
    print("bounces: TLS from the start, STARTTLS and in clear, by password and token; UID EXPUNGE, and MOVE without it")


if os.geteuid() != 0:
    sys.exit("bounces.py starts Postfix and Dovecot and must run as root")
main()
