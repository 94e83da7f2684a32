"""A backup made beside the daemon, and what comes back from it: nobody who was purged, nothing mailed a second time, and a
ledger that cannot pass for the old one."""
import datetime
import os
import shutil
import signal
import subprocess
import sys

from appliance import Appliance, ask, references, require, serving, terminate, wait_until, workshop
from canary import hits

PASSPHRASE = "correct horse battery"


def verified(directory, *held):
    """What the second program says of an export."""
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "AuditTests", "verify_export.py")
    done = subprocess.run([sys.executable, "-B", script, directory, *held], capture_output=True, text=True, timeout=60)
    return done.returncode == 0, done.stdout


def stages(appliance):
    return sorted((row["stage"], row.get("why") or "-") for row in appliance.json("queue", "list")["cases"])


def keep(appliance, path):
    with open(path, "w") as file:
        file.write(appliance.json("audit", "checkpoint")["checkpoint"])
    return path


def main():
    with workshop("backup") as directory:
        sink = os.path.join(directory, "sink")
        shelf = os.path.join(directory, "shelf", "monday")
        with serving("bob", "--people", "30", "--leavers", "0") as bob, serving("smtp", "--out", sink) as smtp:
            appliance = Appliance(directory, bob, smtp, quiet="144h", poll="1s",
                                  bounces="backup: {passphrase_file: passphrase}")
            require("run --once" in appliance("backup", shelf, expect=2).stderr, "there is nothing to back up yet")
            appliance("run", "--once")
            require("passphrase" in appliance("backup", shelf, expect=2).stderr, "a missing passphrase file is named")
            appliance.secret("passphrase", "short")
            require("longer" in appliance("backup", shelf, expect=2).stderr, "a short passphrase seals nothing")
            appliance.secret("passphrase", PASSPHRASE)
            people = [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"]
            first, second, third, fourth, fifth, sixth = people[:6]
            terminate(bob, first)
            terminate(bob, second)
            appliance("run", "--once")
            require(stages(appliance) == [("accepted", "-")] * 2, f"two were mailed: {stages(appliance)}")
            values = {f"{kind} {number}": person[key] for number, person in enumerate([first, second])
                      for kind, key in [("name", "displayName"), ("address", "email")]}
            case = appliance.json("queue", "list")["cases"][0]["case"]
            early = keep(appliance, f"{directory}/early.txt")

            daemon = appliance.start("run")
            wait_until(lambda: os.path.exists(f"{appliance.data}/control.sock"), "the daemon listens")
            made = appliance.json("backup", shelf)
            require(made["open_cases"] == 2 and made["entries"] >= 9, f"the backup: {made}")
            require(os.listdir(shelf) == ["refpassport.backup"], "one file")
            require(hits([shelf], values) == [], "nobody can be read in it")
            require(appliance.json("audit", "list", "--last", "1")["entries"][0]["fields"]["act"] == "backup", "it is an entry")
            scanned = appliance.json("purge", "scan", shelf)
            require(scanned["residue_hits"] == 0 and scanned["opaque"] == 1, f"our own scan says that it is sealed: {scanned}")
            # What happens after it is lost: a purge, and a mail to another leaver.
            appliance("queue", "confirm", case)
            wait_until(lambda: len(appliance.json("queue", "list")["cases"]) == 1, "the confirmed one is purged")
            terminate(bob, third)
            wait_until(lambda: len(references(sink)) == 3, "the third leaver is mailed")
            later = keep(appliance, f"{directory}/later.txt")
            daemon.send_signal(signal.SIGKILL)
            daemon.wait()

            # The database is gone; the slots and the key-encryption key are as they were.
            for name in os.listdir(appliance.data):
                if name.startswith("refpassport.db"):
                    os.remove(os.path.join(appliance.data, name))
            require("refpassport restore" in appliance("run", "--once", expect=2).stderr, "it does not begin anew")
            appliance.secret("passphrase", "another one, and long enough")
            require("passphrase" in appliance("restore", shelf, expect=1).stderr, "another passphrase opens nothing")
            appliance.secret("passphrase", PASSPHRASE)
            require("refpassport restore" in appliance("run", "--once", expect=2).stderr, "and leaves nothing behind")
            require(not os.path.exists(f"{appliance.data}/restore.partial"), "no half of a restore")
            require("ledger" in appliance("restore", shelf, "--known", appliance.config, expect=1).stderr, "what is known must be one")
            back = appliance.json("restore", shelf, "--known", later)
            require(back["known"] > back["entries"] == made["entries"], f"it tells what is lost: {back}")
            require((back["held"], back["lost"], back["left"]) == (1, 1, 0), f"the purged one is lost, the other held: {back}")
            require("move" in appliance("restore", shelf, expect=2).stderr, "an appliance that is there is left alone")

            require(appliance("queue", "show", case, "--reveal", expect=None).returncode == 1, "the purged one opens no more")
            terminate(bob, fourth)
            for _ in range(2):
                appliance("run", "--once")
            require(len(references(sink)) == 3, "nobody is mailed a second time, nor the new leaver without a person")
            listed = appliance.json("queue", "list")
            require([alarm["kind"] for alarm in listed["alarms"]] == ["restored"], f"an alarm says so: {listed['alarms']}")
            require(stages(appliance) == [("held", "restored"), ("held", "restored"), ("held", "restored-sent")], f"held: {stages(appliance)}")
            require(hits([appliance.data], {k: v for k, v in values.items()}) == [], "nothing personal came back in clear")
            events = appliance.json("audit", "list", "--case", case)["entries"]
            require([row["event"] for row in events[-2:]] == ["expire", "purge"], f"the lost case is purged again: {events}")
            require(events[-2]["fields"]["why"] == "lost", "as lost")

            # The officer sees that a part is missing, and that nothing else was changed.
            appliance("audit", "export", f"{directory}/export")
            require(appliance("audit", "verify", f"{directory}/export", "--held", early).stdout.count("verifies") == 1, "it goes on from there")
            require(verified(f"{directory}/export", early)[0], "for the second program too")
            said = appliance("audit", "verify", f"{directory}/export", "--held", later, expect=1).stdout
            require("came back from a backup" in said and f"entry {back['entries']}" in said, f"the loss is seen: {said}")
            require(not verified(f"{directory}/export", later)[0], "by the second program too")

            held = [row["case"] for row in listed["cases"] if row["why"] == "restored"]
            appliance("queue", "cancel", held[0])
            appliance("queue", "release", held[1])
            appliance("run", "--once")
            require(len(references(sink)) == 4, "a person's release mails one")
            require(appliance.json("restore", "--finish")["finished"], "all is well")
            appliance("restore", "--finish", expect=1)
            terminate(bob, fifth)
            appliance("run", "--once")
            require(len(references(sink)) == 4, "one who left by the day of the restore may have been mailed before: held still")
            later_day = datetime.date.today() + datetime.timedelta(days=2)
            ask(f"{bob['control']}/terminate/{sixth['id']}?date={later_day}", "POST")
            appliance("run", "--once")
            require(len(references(sink)) == 5, "one who leaves later is mailed as ever")
            require(appliance.json("queue", "list")["alarms"] == [], "and the alarm is over")
            require(appliance.json("audit", "verify")["ok"], "the ledger verifies")
            # The papers tell of it too.
            today = str(datetime.date.today())
            appliance("audit", "report", "--from", today, "--to", today, "--out", f"{directory}/papers")
            appliance("audit", "certificate", case, "--out", f"{directory}/papers")
            for name in os.listdir(f"{directory}/papers"):
                appliance("audit", "verify", f"{directory}/papers/{name}")
            def text(start):
                name = next(n for n in os.listdir(f"{directory}/papers") if n.startswith(start) and n.endswith(".pdf"))
                done = subprocess.run(["pdftotext", f"{directory}/papers/{name}", "-"], capture_output=True, text=True, check=True)
                return " ".join(done.stdout.split())
            require("came back from a backup" in text("audit-report"), f"the report: {text('audit-report')}")
            require("without its key" in text("deletion-certificate"), f"the certificate: {text('deletion-certificate')}")

            # Another machine, without slots and key-encryption key: no case opens, the ledger and the marks are there.
            other = os.path.join(directory, "other")
            os.makedirs(other)
            elsewhere = Appliance(other, bob, smtp, quiet="144h", bounces="backup: {passphrase_file: passphrase}")
            elsewhere.secret("passphrase", PASSPHRASE)
            back = elsewhere.json("restore", shelf)
            require((back["held"], back["lost"], back["left"], back.get("known")) == (0, 2, 0, None), f"all are lost: {back}")
            elsewhere("run", "--once")
            require(len(references(sink)) == 5, "and nobody is mailed")
            require(elsewhere.json("queue", "list")["cases"] != [], "those who left since are held")
            require({hold for _, hold in stages(elsewhere)} == {"restored"}, f"all of them: {stages(elsewhere)}")
            require(elsewhere.json("audit", "verify")["ok"], "its ledger verifies")
            require(elsewhere.json("purge", "scan")["residue_hits"] == 0, "no ciphertext without its case is left")

            # A damaged backup brings nothing.
            broken = os.path.join(directory, "broken")
            shutil.copytree(shelf, broken)
            with open(f"{broken}/refpassport.backup", "r+b") as file:
                file.seek(-100, os.SEEK_END)
                file.write(b"x")
            shutil.rmtree(elsewhere.data)
            require("hanged" in elsewhere("restore", broken, expect=1).stderr, "a changed octet is seen")
    print("backup: made beside the daemon; of a purged leaver nothing can be read from it, on this machine or another; nobody is mailed twice; the lost part of the ledger is seen")


main()
