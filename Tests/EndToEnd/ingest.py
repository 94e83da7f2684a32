"""A mail system pipes a report in, beside the daemon and without it; and one lies in a Maildir."""
import os
import subprocess

from appliance import BINARY, ENVIRONMENT, Appliance, ask, require, serving, terminate, wait_until, workshop
from mailserver import remote

REPORT = """Return-Path: <>
From: MAILER-DAEMON@relay.acme.example
To: {sender}
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.acme.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b--
"""


def ingest(appliance, message, expect=0, environment=None):
    done = subprocess.run([BINARY, "bounce", "ingest", "--config", appliance.config], input=message.encode(),
                          capture_output=True, env={**ENVIRONMENT, **(environment or {})}, timeout=60)
    require(done.returncode == expect, f"bounce ingest: exit {done.returncode}, expected {expect}: {done.stderr}")
    require(b"@" not in done.stdout + done.stderr, "and it names nobody")
    return done.stdout.decode().strip()


def main():
    with workshop("ingest") as directory:
        answers = {"taken": [], "senders": {}}
        maildir = f"{directory}/Maildir"
        for folder in ("new", "cur", "tmp"):
            os.makedirs(f"{maildir}/{folder}")
        with serving("bob", "--people", "20", "--leavers", "0") as bob, remote(answers) as port:
            appliance = Appliance(directory, bob, {"url": f"smtp://127.0.0.1:{port}"}, quiet="144h", unwatched="false",
                                  bounces=f"bounces: {{maildir: {maildir}}}")
            require("0 messages wait" in appliance("check").stdout, "check counts what waits in the Maildir")
            appliance("run", "--once")
            people = [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"][:3]
            for person in people:
                terminate(bob, person)
            appliance("run", "--once")
            reports = [REPORT.format(sender=answers["senders"][p["email"].lower()], recipient=p["email"]) for p in people]

            def stages():
                return sorted(row["stage"] for row in appliance.json("queue", "list")["cases"])

            require(ingest(appliance, reports[0]) == "moved", "without a daemon the case moves")
            require(ingest(appliance, reports[0]) == "repeated", "and the same report moves nothing more")
            require(ingest(appliance, "Subject: hello\n\nWho reads this?\n") == "no-report", "an ordinary mail is no report")
            ingest(appliance, "x" * ((1 << 20) + 1), expect=65)
            with appliance.daemon():
                wait_until(lambda: os.path.exists(f"{appliance.data}/control.sock"), "the daemon opens its socket")
                require(ingest(appliance, reports[1]) == "moved", "beside the daemon too")
            with open(f"{maildir}/new/1.relay", "w") as file:
                file.write(reports[2])
            with open(f"{maildir}/new/2.relay", "w") as file:
                file.write("Subject: hello\n\nWho reads this?\n")
            appliance("run", "--once")
            require(stages() == ["undeliverable"] * 3, f"all three are undeliverable: {stages()}")
            require(os.listdir(f"{maildir}/new") == [] and os.listdir(f"{maildir}/cur") == ["2.relay,RefPassportLeft:2,"],
                    "the report is gone from the Maildir, the other mail is left")
            appliance("audit", "verify")
            os.rename(appliance.config, appliance.config + ".gone")
            ingest(appliance, reports[0], expect=78)
    print("ingest: a report on standard input moves its case beside the daemon and without it, once; one in a Maildir too")


main()
