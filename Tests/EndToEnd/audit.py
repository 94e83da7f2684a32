"""What a stranger can check: receipts and proofs with nothing but the file and the key; and what an altered ledger does."""
import email
import json
import os
import shutil
import sqlite3
import subprocess
import sys

from appliance import Appliance, ask, mails, references, refpassport, require, serving, terminate, workshop


def write(path, text):
    with open(path, "w") as file:
        file.write(text)
    return path


def stranger(directory, *files):
    """The verifier written from the standards alone: what it says, and whether it accepts."""
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "AuditTests", "verify_export.py")
    done = subprocess.run([sys.executable, "-B", script, *files], cwd=directory, capture_output=True, text=True, timeout=60)
    require(done.returncode in (0, 1) and done.stdout.count("\n") == 1 and not done.stderr, f"one line: {done}")
    return done.returncode == 0, done.stdout


def mailed(sink, elsewhere):
    """The checkpoints that the officer was mailed, as files beside each other."""
    files = []
    for text in mails(sink):
        for part in email.message_from_string(text).walk():
            if part.get_filename() == "checkpoint.txt":
                files.append(write(f"{elsewhere}/mailed-{len(files)}.txt", part.get_payload(decode=True).decode()))
    return files


def main():
    with workshop("audit") as directory:
        elsewhere = os.path.join(directory, "elsewhere")
        sink = os.path.join(directory, "sink")
        os.makedirs(elsewhere)
        with serving("bob", "--people", "30", "--leavers", "0") as bob, \
                serving("smtp", "--out", sink) as smtp:
            appliance = Appliance(directory, bob, smtp)
            appliance("run", "--once")
            held = appliance.json("audit", "checkpoint")
            write(f"{elsewhere}/held.txt", held["checkpoint"])
            people = [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"][:4]
            for person in people:
                terminate(bob, person)
            appliance("run", "--once")

        entries = appliance.json("audit", "list")["entries"]
        cases = sorted({row["case"] for row in entries if row.get("case")})
        require(len(cases) == 4, f"four cases: {cases}")
        newest = appliance.json("audit", "list", "--last", "3")["entries"]
        require(newest == entries[-3:], "--last shows the newest, with their places")
        require(appliance.json("audit", "list", "--case", cases[0])["entries"]
                == [row for row in entries if row.get("case") == cases[0]], "--case shows those of one case")

        # The checkpoints that left the house bind the ledger: one at set-up, one with the purges.
        kept = mailed(sink, elsewhere)
        require(len(kept) == 2, f"two checkpoints were mailed: {kept}")
        appliance("audit", "export", f"{elsewhere}/export")
        for file in kept:
            refpassport("audit", "verify", f"{elsewhere}/export", "--held", file)
            require(stranger(elsewhere, "export", file)[0], "and for the second program")

        # "Do you still hold anything on this person?": asked by an address that stands nowhere.
        address = email.message_from_string(references(sink)[0])["To"].strip("<>")
        found = json.loads(appliance("audit", "lookup", "--json", stdin=address + "\n").stdout)
        require(len(found["cases"]) == 1 and len(found["quarters"]) >= 1, f"the leaver has one case: {found}")
        case = found["cases"][0]
        proof = next(row for row in entries if row["index"] == case["purge"]["index"])
        require((case["stage"], proof["event"], proof["case"]) == ("purged", "purge", case["case"]), f"it is purged: {found}")
        require([mention["event"] for mention in case["mentions"]] == ["detect", "sent"], f"whose entries are named: {found}")
        require(f"purged {proof['time']}, entry {proof['index']}" in appliance("audit", "lookup", stdin=address.upper() + "\n").stdout,
                "and as a table, however the address is written")
        require("Nothing is held" in appliance("audit", "lookup", stdin="nobody@leaver.example\n").stdout, "a stranger has none")
        require("address" in appliance("audit", "lookup", stdin="Nobody\n", expect=2).stderr, "a name is no address")
        require("unexpected" in appliance("audit", "lookup", address, expect=2).stderr.lower(), "an address is no argument")
        for root, _, names in os.walk(appliance.data):
            for name in names:
                with open(os.path.join(root, name), "rb") as file:
                    require(address.encode() not in file.read(), f"the address stands in {name}")

        # A receipt for each kind of entry of a case, checked where there is no appliance.
        for number, event in enumerate(["detect", "issue", "seal", "sent", "confirm", "purge"]):
            appliance("audit", "prove", cases[0], "--event", event, "--out", f"{elsewhere}/receipt-{number}")
        appliance("audit", "checkpoint", "--since", f"{elsewhere}/held.txt", "--out", f"{elsewhere}/grown")

        def check(file, *options, expect=0):
            return refpassport("audit", "verify", file, "--vkey", held["vkey"], *options, expect=expect, cwd=elsewhere)

        said = [check(f"receipt-{number}").stdout for number in range(6)]
        require("purge at " in said[5] and cases[0] in said[5] and said[5] != said[4], f"the receipt tells what it proves: {said[5]}")
        require("only grew" in check("grown", "--held", "held.txt").stdout, "the ledger only grew")
        require(json.loads(check("receipt-5", "--json").stdout)["ok"], "as JSON too")

        write(f"{elsewhere}/vkey.txt", held["vkey"] + "\n")
        for number in range(6):
            accepted, said = stranger(elsewhere, f"receipt-{number}", "vkey.txt")
            require(accepted and cases[0] in said, f"the second program accepts receipt {number}: {said}")
        require(stranger(elsewhere, "grown", "vkey.txt", "held.txt")[0], "and the proof of growth")

        # Every changed octet of the receipt's entry, hashes and head is refused.
        receipt = open(f"{elsewhere}/receipt-5").read()
        refused = 0
        for at in range(0, len(receipt), 23):
            if receipt[at] == "\n":
                continue
            changed = receipt[:at] + ("B" if receipt[at] != "B" else "C") + receipt[at + 1:]
            write(f"{elsewhere}/forged", changed)
            expect = 2 if not changed.startswith("c2sp.org/tlog-proof@") else 1
            require(check("forged", expect=expect).stdout.count("holds:") == 0, f"a receipt changed at {at} holds")
            require(not stranger(elsewhere, "forged", "vkey.txt")[0], f"the second program takes a receipt changed at {at}")
            refused += 1
        require(refused > 20, f"only {refused} forged receipts")
        other = appliance("audit", "prove", cases[1], "--event", "purge").stdout
        require(stranger(elsewhere, write(f"{elsewhere}/other", other), "vkey.txt")[0], "what is printed is what is written")
        mixed = receipt.split("\n")[:2] + other.split("\n")[2:]
        require("NOT" in check(write(f"{elsewhere}/mixed", "\n".join(mixed)), expect=1).stdout, "an entry with another's proof")

        # What goes wrong is told.
        require("verifier key" in refpassport("audit", "verify", "receipt-5", "--config", "none.yaml", expect=2, cwd=elsewhere).stderr,
                "without a key nothing is proved")
        require("--held" in check("grown", expect=2).stderr, "a proof needs the older checkpoint")
        require("neither" in check("held.txt", expect=2).stderr, "a bare checkpoint is no proof")
        appliance("audit", "prove", "999999", expect=1)
        appliance("audit", "prove", cases[0], "--event", "revoke", expect=1)
        appliance("audit", "show", "0")

        # A ledger altered by somebody with the file: nothing runs on it, and the sentence says what to do.
        shutil.copytree(appliance.data, f"{directory}/copy")
        database = sqlite3.connect(f"{appliance.data}/refpassport.db")
        for trigger in ("entryStands", "entryStays"):
            database.execute(f"DROP TRIGGER {trigger}")
        index = next(row["index"] for row in entries if row["event"] == "confirm")
        database.execute("UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'confirm', 'expired') AS BLOB) WHERE idx = ?", [index])
        database.commit()
        database.close()
        said = appliance("run", "--once", expect=1).stderr
        require(f"altered at entry {index}" in said and "evidence" in said and "notices.officer" in said, said)
        require(f"entry {index}" in appliance("audit", "verify", expect=1).stdout, "verify names the entry")
        require("it is evidence" in appliance("audit", "checkpoint", "--since", write(
            f"{elsewhere}/fork.txt", held["checkpoint"].replace(held["checkpoint"].split("\n")[2], "A" * 43 + "=")), expect=1).stderr,
            "a checkpoint of another past is told apart")
    print(f"audit: receipts and a proof of growth hold without the appliance, by two programs; {refused + 1} forged ones do not; an altered ledger stops it")


main()
