#!/usr/bin/env python3
"""Makes the reports in this directory: real mail systems deliver to a scripted far side, and what they write is kept.

Run as root on Debian, with Postfix installed and `apt-get update` done:

    python3 Tests/MailTests/Reports/make.py                     all mail systems, some three minutes
    python3 Tests/MailTests/Reports/make.py postfix exim        only these
    python3 Tests/MailTests/Reports/make.py --keep DIR postfix  and leave queues, settings and logs in DIR

Exim, sendmail and OpenSMTPD are downloaded as packages into /tmp/report-makers (or $REPORT_MAKERS) and unpacked there.

Everything runs in a network, host name and mount namespace of its own: it has nothing but loopback, is called
mx.relay.example, and its /etc is a copy; so no mail and no query can leave, and nothing of this machine gets into a report.
The files are the octets that came over SMTP, CRLF and all. `expected.jsonl` tells of each what is right, from the
tables here and in remote.py, not from the report. Rows of `hand-*.eml`, which are written by hand, are left as they are.
"""
import glob
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

import mtas
import remote

HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARIES = ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "lib/aarch64-linux-gnu")

# What becomes of an address, by its local part or its domain: status, kind, reason.
REFUSED = {
    "nobody": ("5.1.1", "hard", "user_unknown"),
    "nöbody": ("5.1.1", "hard", "user_unknown"),
    "gone": ("5.0.0", "hard", "user_unknown"),
    "lines": ("5.1.1", "hard", "user_unknown"),
    "desk": ("5.1.1", "hard", "user_unknown"),
    "missing": ("5.1.1", "hard", "user_unknown"),
    "full": ("5.2.2", "soft", "mailbox_full"),
    "policy": ("5.7.1", "soft", "policy"),
    "big": ("5.3.4", "soft", "message_too_big"),
    "filtered": ("5.7.1", "soft", "spam"),
    "content": ("5.6.0", "soft", "content"),
    "small.example": ("5.3.4", "soft", "message_too_big"),
    "nohost.example": ("5.4.4", "hard", "host_unknown"),
}
PUT_OFF = {
    "over": ("4.2.2", "mailbox_full"),
    "grey": ("4.7.1", "rate_limited"),
    "rate": ("4.7.0", "rate_limited"),
    "closing": ("4.3.2", "system"),
    "shut.example": ("4.4.1", "network"),
    "drop.example": ("4.4.2", "network"),
    "busy.example": ("4.3.2", "system"),
}
TAKEN = {
    "box": ("delivered", "2.0.0"),
    "plain.example": ("relayed", "2.0.0"),
    "team": ("expanded", "2.0.0"),
}
# Where a mail system says it otherwise: it has codes of its own for what no server told it, or for the stage.
OTHERWISE = {
    ("exim", "delayed", "drop.example"): {"status": "4.0.0", "reason": "unknown"},
    ("exim", "delayed", "shut.example"): {"status": "4.0.0", "reason": "unknown"},
    ("exim", "expired", "grey"): {"status": "5.0.0"},
    ("exim", "expired", "over"): {"status": "5.0.0"},
    ("exim", "expired", "rate"): {"status": "5.0.0"},
    ("exim", "failed", "nohost.example"): {"status": "5.0.0"},
    # It calls delivered whatever another server has taken, and does not tell expansion.
    ("exim", "success", "plain.example"): {"action": "delivered"},
    ("exim", "success", "team"): {"action": "delivered"},
    ("opensmtpd", "delayed", "shut.example"): {"status": "4.0.0"},
    ("opensmtpd", "delayed", "drop.example"): {"status": "4.0.0"},
    ("opensmtpd", "delayed", "busy.example"): {"status": "4.0.0", "reason": "network"},
    ("opensmtpd", "failed", "small.example"): {"status": "5.0.0"},
}
# Not kept: these systems split such a mail into reports of their own choice, or name no address but the final one.
LEFT_OUT = ("exim-mixed-success", "opensmtpd-mixed", "opensmtpd-forward")
# What no report of these tells.
WITHOUT_ENVID = {"opensmtpd"}


class Case:
    """One mail: who sends it to whom, with what wishes for reports."""

    def __init__(self, name, *recipients, notify=None, envid=None, orcpt=False, sender=None, utf8=False, ret=None,
                 only=None, message_id=None):
        self.name, self.recipients, self.notify, self.envid, self.orcpt = name, recipients, notify, envid, orcpt
        self.sender = sender or f"bounces+{name}@sender.example"
        self.utf8, self.ret, self.only = utf8, ret, only
        self.message_id = message_id or f"{name}.20240611@sender.example"

    def reports(self, mta):
        """Stage and rows of each report that must come."""
        found = {"success": [], "failed": [], "delayed": [], "expired": []}
        for address in self.recipients:
            part, domain = address.split("@")
            for stage, answers in (("failed", REFUSED), ("delayed", PUT_OFF), ("success", TAKEN)):
                key = part if part in answers else domain
                if key not in answers:
                    continue
                def row(stage, action, status, kind, reason):
                    change = OTHERWISE.get((mta, stage, key), {})
                    return {"recipient": address, "action": action, "status": status, "kind": kind, "reason": reason} | change
                asked = self.notify or "FAILURE,DELAY"
                answer = answers[key]
                if stage == "failed" and "FAILURE" in asked:
                    found["failed"].append(row("failed", "failed", *answer))
                elif stage == "delayed":
                    status, reason = answer
                    if "DELAY" in asked:
                        found["delayed"].append(row("delayed", "delayed", status, "delayed", reason))
                    if "FAILURE" in asked:
                        found["expired"].append(row("expired", "failed", status, "soft", reason))
                elif stage == "success" and "SUCCESS" in asked:
                    action, status = answer
                    found["success"].append(row("success", action, status, "delivered", "delivered"))
                break
        return {stage: rows for stage, rows in found.items() if rows}


ALL_NEWS = "SUCCESS,FAILURE,DELAY"
CASES = [
    Case("delivered", "box@relay.example", notify=ALL_NEWS, envid="case-1041"),
    Case("relayed", "ok@plain.example", notify=ALL_NEWS, envid="case-1042", orcpt=True),
    Case("expanded", "team@relay.example", notify=ALL_NEWS, orcpt=True),
    Case("forward", "desk@relay.example", notify=ALL_NEWS, orcpt=True, envid="case-1043"),
    Case("unknown", "nobody@remote.example"),
    Case("no-code", "gone@remote.example", notify=ALL_NEWS, envid="case+plus=equals", orcpt=True),
    Case("lines", "lines@remote.example", notify="FAILURE"),
    Case("full", "full@remote.example", sender="bounces+7f3a=full=remote.example@sender.example"),
    Case("over", "over@remote.example", notify=ALL_NEWS, envid="QQ=314159+x"),
    Case("grey", "grey@remote.example", notify="FAILURE", orcpt=True),
    Case("rate", "rate@remote.example", notify="DELAY,FAILURE"),
    Case("policy", "policy@remote.example", ret="FULL"),
    Case("big", "big@remote.example", ret="HDRS"),
    Case("filtered", "filtered@remote.example", notify=ALL_NEWS, envid="case-1044"),
    Case("content", "content@plain.example"),
    Case("too-big", "person@small.example", notify=ALL_NEWS),
    Case("closing", "closing@remote.example"),
    Case("shut", "person@shut.example", envid="shut/1"),
    Case("drop", "person@drop.example"),
    Case("busy", "person@busy.example"),
    Case("no-host", "person@nohost.example", notify=ALL_NEWS, orcpt=True),
    Case("mixed", "ok@remote.example", "ok@plain.example", "box@relay.example", "nobody@remote.example",
         "full@remote.example", "gone@plain.example", notify=ALL_NEWS, envid="mixed+1=2", orcpt=True),
    Case("mixed-late", "policy@remote.example", "over@remote.example", "person@shut.example", orcpt=True),
    Case("plus", "nobody@plain.example", sender="bounces+a+b=c@sender.example", orcpt=True, envid="++==",
         message_id="=?strange?=.$1+2=3@sender.example"),
    Case("utf8", "nöbody@remote.example", sender="büro+utf8@sender.example", utf8=True, notify=ALL_NEWS,
         orcpt=True, envid="utf8+1"),
]


def xtext(text):
    """RFC 3461 §4."""
    return "".join(c if "!" <= c <= "~" and c not in "+=" else f"+{ord(c):02X}" for c in text)


def utf8_address(text):
    """RFC 6533 §3."""
    return "".join(c if "!" <= c <= "~" and c not in "+=\\" else f"\\x{{{ord(c):X}}}" for c in text)


def send(case):
    """Hands one mail to the mail system."""
    body = "".join(f"Line {number} of a mail that nobody needs to read.\r\n" for number in range(1, 21))
    message = (f"From: People Team <people@sender.example>\r\nTo: {', '.join(case.recipients)}\r\n"
               f"Subject: Report case {case.name}\r\nDate: Tue, 11 Jun 2024 09:00:00 +0000\r\n"
               f"Message-ID: <{case.message_id}>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
               f"\r\n{body}").encode()
    with socket.create_connection(("127.0.0.1", 25), timeout=60) as connection:
        lines = connection.makefile("rb")

        def ask(text, want):
            if text is not None:
                connection.sendall(text if isinstance(text, bytes) else text.encode() + b"\r\n")
            while (line := lines.readline())[3:4] == b"-":
                pass
            if not line.startswith(want):
                raise ValueError(f"{case.name}: {text!r} was answered {line!r}")
        ask(None, b"220")
        ask("EHLO client.sender.example", b"250")
        envid = f" ENVID={xtext(case.envid)}" if case.envid else ""
        ret = f" RET={case.ret}" if case.ret else ""
        ask(f"MAIL FROM:<{case.sender}>{ret}{envid}{' SMTPUTF8 BODY=8BITMIME' if case.utf8 else ''}", b"250")
        for address in case.recipients:
            notify = f" NOTIFY={case.notify}" if case.notify else ""
            written = f"utf-8;{utf8_address(address)}" if case.utf8 else f"rfc822;{xtext(address)}"
            ask(f"RCPT TO:<{address}>{notify}{f' ORCPT={written}' if case.orcpt else ''}", b"250")
        ask("DATA", b"354")
        ask(message + b".\r\n", b"250")
        ask("QUIT", b"221")


def stage(message):
    """What kind of report came, to tell several of one mail apart; its answers are not taken from it."""
    actions = set(re.findall(rb"(?mi)^Action: *(\w+)", message))
    if not actions:
        return "worded"
    return "failed" if b"failed" in actions else "delayed" if b"delayed" in actions else "success"


def collect(mta, cases, come, limit=75):
    """Waits until every report is there; returns the files' octets and rows, and what was amiss."""
    wanted = sum(len(case.reports(mta.name)) for case in cases)
    end, stray = time.monotonic() + limit, []
    while time.monotonic() < end and len(come) < wanted:
        mta.pump()
        time.sleep(1.5)
    time.sleep(3)
    files, rows = {}, []
    for case in cases:
        left = case.reports(mta.name)
        several = len(left) > 1
        for message in [message for recipients, message in list(come) if case.sender in recipients]:
            kind = stage(message)
            kind = "expired" if kind == "failed" and kind not in left else kind
            if kind not in left:
                stray.append((f"{mta.name}-{case.name}-stray-{kind}", message))
                continue
            name = f"{mta.name}-{case.name}{f'-{kind}' if several else ''}.eml"
            if name.startswith(LEFT_OUT):
                left.pop(kind)
                continue
            files[name] = message
            rows.append({"file": name, "orig_message_id": case.message_id, "envid": None if name.startswith(tuple(WITHOUT_ENVID)) else case.envid,
                         "recipients": left.pop(kind)})
        if left:
            print(f"{mta.name}: {case.name}: no report that tells {', '.join(left)}", file=sys.stderr)
    return files, rows, stray


def inside(names, result):
    """Runs in the namespaces: everything but the fetching and the keeping of files."""
    for address in remote.SERVERS:
        subprocess.run(["ip", "address", "add", f"{address}/8", "dev", "lo"], stderr=subprocess.DEVNULL)
    come = []
    remote.serve(lambda recipients, message: come.append((recipients, message)))
    rows = []
    for name in names:
        come.clear()
        cases = [case for case in CASES if case.only is None or name in case.only]
        mta = mtas.ALL[name]()
        mta.start()
        try:
            for _ in range(100):
                try:
                    socket.create_connection(("127.0.0.1", 25), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.2)
            taken = []
            for case in cases:
                try:
                    send(case)
                    taken.append(case)
                except (ValueError, OSError) as error:
                    print(f"{name}: not taken: {error}", file=sys.stderr)
            files, found, stray = collect(mta, taken, come)
        finally:
            mta.stop()
        rows += found
        for file, message in files.items():
            with open(f"{result}/{file}", "wb") as out:
                out.write(message)
        for file, message in stray:
            print(f"{name}: {file}: not expected", file=sys.stderr)
            with open(f"{result}/{file}.stray", "wb") as out:
                out.write(message)
        print(f"{name}: {len(files)} reports")
    with open(f"{result}/rows.json", "w") as out:
        json.dump(rows, out)


# Makes the world that the mail systems see, then runs this file in it.
WORLD = """
set -e
hostname mx.relay.example
ip link set lo up
mount -t tmpfs -o mode=755 tmpfs /srv
mkdir -p /srv/packages /srv/result
for name in exim sendmail opensmtpd libraries; do
  if [ -d "$1/$name" ]; then cp -a "$1/$name" /srv/packages/; fi
done
cp -a /etc /srv/etc
mount --bind /srv/etc /etc
number=64001
for name in Debian-exim smmta smmsp opensmtpd opensmtpq; do
  grep -q "^$name:" /etc/passwd || echo "$name:x:$number:$number::/nonexistent:/usr/sbin/nologin" >>/etc/passwd
  grep -q "^$name:" /etc/group || echo "$name:x:$number:" >>/etc/group
  number=$((number + 1))
done
mount -t tmpfs -o mode=755 tmpfs /var/spool
mount -t tmpfs -o mode=755 tmpfs /var/lib
printf '%s' "$2" >/etc/hosts
printf '%s' "$3" >/etc/ld.so.conf.d/report-makers.conf
echo 'hosts: files' >/etc/nsswitch.conf
echo mx.relay.example >/etc/hostname
echo mx.relay.example >/etc/mailname
: >/etc/resolv.conf
ldconfig -X
export TZ=UTC
python3 "$4" --inside $5
rm -rf "$6"/*
cp -a /srv/result/. "$6"
if [ -n "$7" ]; then rm -rf /srv/packages /srv/etc; cp -a /srv/. "$7" 2>/dev/null || true; fi
"""


def main(arguments):
    if arguments[:1] == ["--inside"]:
        return inside(arguments[1:], f"{mtas.ROOT}/result")
    keep = ""
    if arguments[:1] == ["--keep"]:
        keep, arguments = os.path.abspath(arguments[1]), arguments[2:]
        os.makedirs(keep, exist_ok=True)
    names = arguments or list(mtas.ALL)
    packages = os.environ.get("REPORT_MAKERS", "/tmp/report-makers")
    os.makedirs(packages, exist_ok=True)
    mtas.fetch(packages)
    hosts = "127.0.0.1 localhost\n127.0.0.1 mx.relay.example\n"
    hosts += "".join(f"{address} {name}\n" for name, address in mtas.ADDRESSES.items())
    libraries = "".join(f"{mtas.PACKAGES}/libraries/{path}\n" for path in LIBRARIES)
    result = f"{packages}/result"
    os.makedirs(result, exist_ok=True)
    subprocess.run(["unshare", "--net", "--uts", "--mount", "sh", "-c", WORLD, "world", packages, hosts, libraries,
                    os.path.abspath(__file__), " ".join(names), result, keep], check=True)
    with open(f"{result}/rows.json") as file:
        rows = json.load(file)
    expected = f"{HERE}/expected.jsonl"
    if os.path.exists(expected):
        with open(expected) as file:
            old = [json.loads(line) for line in file]
        rows += [row for row in old if row["file"].split("-")[0] not in names]
    for name in names:
        for file in glob.glob(f"{HERE}/{name}-*.eml"):
            os.remove(file)
    for file in glob.glob(f"{result}/*.eml"):
        shutil.copy(file, HERE)
    with open(expected, "w") as file:
        for row in sorted(rows, key=lambda row: row["file"]):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
