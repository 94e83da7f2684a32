"""The officer's papers, made beside a running daemon: what they state, that strangers can check them, and that nobody is
named in them."""
import base64
import collections
import datetime
import email
import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
import urllib.request

from appliance import Appliance, ROOT, ask, references, refpassport, require, serving, terminate, wait_until, workshop
from canary import written
from demo import accepted_by_everybody, tool

NAMES = ["Marigold Quillfeather", "Barnaby Thistledown", "Cordelia Wrenfield", "Peregrine Oakhollow", "Sabine Larkspur"]


def change(bob, person, **values):
    urllib.request.urlopen(urllib.request.Request(
        f"{bob['control']}/change/{person['id']}", data=json.dumps(values).encode(), method="POST",
        headers={"Content-Type": "application/json"}), timeout=30).read()


def leavers(bob):
    """Lets five unmistakable people leave, the last of them without an address; returns every value they have."""
    values = {}
    people = [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"]
    for number, (person, name) in enumerate(zip(people, NAMES)):
        first, last = name.split()
        told = {"displayName": name, "title": f"{last} Keeper", "department": f"{first} Hall",
                "email": f"{first}.{last}@leaver.example".lower()}
        values.update({f"{key} {number}": value for key, value in told.items()}, **{f"first {number}": first, f"last {number}": last,
                      f"number {number}": str(person["id"])})
        if number == 4:
            told["email"] = None
        change(bob, person, **told)
        terminate(bob, person)
    return {key: value for key, value in values.items() if len(value) > 3}


def nobody_is_named(path, values):
    """No value in the file as it is, in its streams without compression, or in the words a reader sees."""
    with open(path, "rb") as file:
        forms = [file.read()]
    if path.endswith(".pdf"):
        plain = path + ".plain"
        tool("qpdf", "--stream-data=uncompress", "--object-streams=disable", path, plain)
        with open(plain, "rb") as file:
            forms.append(file.read())
        forms.append(tool("pdftotext", path, "-").encode())
        os.remove(plain)
    else:
        # What is signed stands in base64 as well.
        forms.append(base64.b64decode(json.loads(forms[0])["signed"]))
    for kind, value in values.items():
        for encoding, needle in written(value).items():
            require(not any(needle in form for form in forms), f"{kind} ({encoding}) stands in {os.path.basename(path)}")


def openssl_verifies(directory, file, key, root):
    """The statement under the key in DNS, and the seal under the root, with nothing but openssl."""
    def save(name, data):
        with open(os.path.join(directory, name), "wb") as out:
            out.write(data)
        return os.path.join(directory, name)

    with open(file + ".json", "rb") as source:
        document = source.read()
    # As the paper prints it: the last member of that name in one line of text.
    member = lambda name: base64.b64decode(re.findall(rb'"%s":"([^"]*)"' % name, document)[-1])
    signed, signature = save("signed.bin", member(b"signed")), save("signature.bin", member(b"signature"))
    der = save("key.der", bytes.fromhex("302a300506032b6570032100") + base64.b64decode(key))
    statement = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", der, "-rawin", "-sigfile", signature, "-in"]
    require("Verified Successfully" in tool(*statement, signed), "openssl accepts the statement")
    changed = bytearray(member(b"signed"))
    changed[len(changed) // 2] ^= 1
    tool(*statement, save("changed.bin", changed), expect=1)

    with open(file + ".pdf", "rb") as source:
        pdf = source.read()
    first, gap, rest, length = map(int, re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", pdf)[-1])
    require((first, rest + length) == (0, len(pdf)), "the seal covers the whole file")
    cms = bytes.fromhex(pdf[gap + 1:rest - 1].decode())
    cms = save("seal.der", cms[:4 + int.from_bytes(cms[2:4], "big")])
    covered = save("covered.bin", pdf[:gap] + pdf[rest:])
    tool("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", cms, "-content", covered, "-CAfile", root,
         "-out", "/dev/null")


def refuses_changes(directory, file, *pins):
    """One octet in each of many places."""
    with open(file, "rb") as source:
        data = source.read()
    changed = os.path.join(directory, "changed" + os.path.splitext(file)[1])
    for at in range(7, len(data), len(data) // 12):
        with open(changed, "wb") as out:
            out.write(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:])
        done = refpassport("audit", "verify", changed, *pins, expect=None)
        require(done.returncode in (1, 2) and "you trust" not in done.stdout and "NOT proven" not in done.stdout, f"octet {at} of {file} may be changed: {done}")


def main():
    with workshop("papers") as directory:
        elsewhere, sink = os.path.join(directory, "elsewhere"), os.path.join(directory, "sink")
        os.makedirs(elsewhere)
        root = os.path.join(elsewhere, "root.pem")
        with serving("bob", "--people", "20", "--leavers", "0") as bob, serving("smtp", "--out", sink) as smtp:
            appliance = Appliance(directory, bob, smtp, poll="1s")
            require("no appliance yet" in appliance("audit", "report", expect=2).stderr, "first there is nothing to report on")
            appliance("run", "--once")
            today = datetime.date.today()
            period = ["--from", str(today - datetime.timedelta(1)), "--to", str(today + datetime.timedelta(1))]
            none = appliance.json("audit", "report", *period)["paper"]
            require(none["cases"]["opened"] == 0 and none["ledger"]["verified"], f"before anybody leaves: {none['cases']}")
            values = leavers(bob)
            with appliance.daemon():
                events = lambda: [row["event"] for row in appliance.json("audit", "list")["entries"]]
                wait_until(lambda: events().count("purge") == 4 and events().count("hold") == 1, "four cases are purged", 120)
                keys = appliance.json("keys", "show")
                with open(root, "w") as file:
                    file.write(keys["root_certificate"])
                rows = appliance.json("audit", "list")["entries"]
                by_event = collections.defaultdict(list)
                for row in rows:
                    by_event[row["event"]].append(row)

                # A certificate for each purged case, none for another.
                for row in by_event["purge"]:
                    said = appliance("audit", "certificate", row["case"], "--out", elsewhere).stdout
                    require(f"deletion-certificate-{row['case']}.pdf" in said, said)
                held = by_event["hold"][0]
                said = appliance("audit", "certificate", held["case"], "--out", elsewhere, expect=1).stderr
                require("not purged" in said and "no work address" in said and f"entry {held['index']}" in said, said)
                require("no entry" in appliance("audit", "certificate", "A" * 22, expect=1).stderr, "a case that never was")
                appliance("audit", "certificate", "nonsense", expect=2)
                report = json.loads(appliance("audit", "report", *period, "--json", "--out", elsewhere).stdout)["paper"]
                require(appliance.json("audit", "report")["paper"]["cases"]["opened"] == 0, "last month nothing happened")
                for bad in (["--from", "31.12.2026"], ["--from", "2026-02-30"], ["--from", "2026-03-02", "--to", "2026-03-01"],
                            ["--from", "0001-01-01", "--to", "9999-12-31"]):
                    appliance("audit", "report", *bad, expect=2)

        # What they state is what the ledger tells.
        case = by_event["purge"][0]["case"]
        name = os.path.join(elsewhere, f"deletion-certificate-{case}")
        with open(name + ".json") as file:
            certificate = json.load(file)["paper"]
        mine = [row for row in rows if row.get("case") == case]
        require([(step["index"], step["event"], step["time"]) for step in certificate["steps"]]
                == [(row["index"], row["event"], row["time"]) for row in mine], f"each entry, in its place: {certificate['steps']}")
        require(set(certificate["purge"]["scope"]) >= {"facts", "envelope", "mail", "document", "salt"}, "what was destroyed")
        require(certificate["purge"]["hits"] == 0 and certificate["purge"]["files"] >= 3 and certificate["times"]["kept"], "and how")
        require(certificate["remains"]["lookupTags"] and not certificate["remains"]["lookupTags"][0]["keyDestroyed"], "what remains")
        counts = {event: len(rows) for event, rows in by_event.items()}
        require((report["cases"]["opened"], report["cases"]["purged"], report["cases"]["openAtEnd"]) == (5, 4, 1), f"{report['cases']}")
        require((counts["detect"], counts["purge"]) == (5, 4), "as many as the entries say")
        require(report["outcomes"]["confirmedBy"] == {"quiet": 4} and report["holds"]["reasons"] == {"no-address": 1}, "by kind")
        require([w["case"] for w in report["holds"]["open"]["first"]] == [held["case"]] and report["exceptions"] == [], "and what waits")
        require(report["times"]["opened-to-purged"]["count"] == 4 and report["ledger"]["verified"], "and how long it took")

        # Strangers accept them; changed ones, and ones that nothing vouches for, they do not.
        files = [name, os.path.join(elsewhere, f"audit-report-{period[1]}-{period[3]}")]
        pins = ("--root", root, "--vkey", keys["vkey"])
        for file in files:
            require(stat.S_IMODE(os.stat(file + ".pdf").st_mode) == stat.S_IMODE(os.stat(file + ".json").st_mode) == 0o600, "0600")
            accepted_by_everybody(file + ".pdf", root)
            openssl_verifies(elsewhere, file, keys["record_key"], root)
            require("vouches for it" in refpassport("audit", "verify", file + ".pdf", *pins).stdout, "the PDF holds")
            require("vouches for it" in refpassport("audit", "verify", file + ".json", "--vkey", keys["vkey"]).stdout, "the JSON holds")
            refpassport("audit", "verify", file + ".json", "--key", keys["record_key"])
            for ending in (".pdf", ".json"):
                said = refpassport("audit", "verify", file + ending, "--config", "none.yaml", expect=1).stdout
                require("NOT proven" in said and "Acme Ltd" in said, f"without a pin nobody is proven: {said}")
                refuses_changes(elsewhere, file + ending, "--vkey", keys["vkey"])
            appliance("audit", "verify", file + ".pdf")
        with open(os.path.join(elsewhere, "stranger"), "w") as file:
            file.write(keys["vkey"] + "\n")
        tool("pdfdetach", "-saveall", "-o", elsewhere, name + ".pdf")
        script = os.path.join(ROOT, "Tests", "AuditTests", "verify_export.py")
        accepted = tool(sys.executable, "-B", script, f"{elsewhere}/purge.tlog-proof", f"{elsewhere}/stranger")
        require(case in accepted and '"ev":"purge"' in accepted, f"the second program takes the attached receipt: {accepted}")
        tool(sys.executable, "-B", script, f"{elsewhere}/purge.tlog-proof", f"{elsewhere}/none", expect=1)

        # Printed and written are the same, and neither names anybody, though the mails do.
        printed = appliance("audit", "certificate", case, "--json").stdout
        with open(f"{elsewhere}/printed.json", "w") as file:
            file.write(printed)
        refpassport("audit", "verify", f"{elsewhere}/printed.json", "--vkey", keys["vkey"])
        require(not [n for n in os.listdir(".") if n.startswith("deletion-certificate")], "no file beside what is printed")
        mailed = "".join(part.as_string() for text in references(sink) for part in [email.message_from_string(text)])
        require("@leaver.example" in mailed and len(references(sink)) == 4, "four leavers were mailed")
        papers = sorted(n for n in os.listdir(elsewhere) if re.fullmatch(r"(deletion-cert|audit-rep)\S+-\S+\.(pdf|json)", n))
        require(len(papers) == 10, f"ten files: {papers}")
        for paper in papers:
            nobody_is_named(os.path.join(elsewhere, paper), values)
        require(appliance.json("audit", "verify")["ok"], "the ledger is as it was")

        # From an altered ledger nothing is certified, and the report says so.
        database = sqlite3.connect(f"{appliance.data}/refpassport.db")
        for trigger in ("entryStands", "entryStays"):
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'quiet', 'noisy') AS BLOB) WHERE idx = ?",
                         [by_event["confirm"][0]["index"]])
        database.commit()
        database.close()
        require("nothing is certified" in appliance("audit", "certificate", case, expect=1).stderr, "no certificate")
        altered = appliance.json("audit", "report", *period)["paper"]
        require(not altered["ledger"]["verified"] and altered["ledger"]["findings"], f"the report says so: {altered['ledger']}")
    print("papers: 4 certificates and a report made beside a daemon; pdfsig, pyHanko, qpdf, openssl and a second program accept "
          "them; one flipped octet is refused; nobody is named in them")


main()
