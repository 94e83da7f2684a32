"""Commands beside a running daemon: each acts through its control socket, leaves one entry, and tells nobody's name."""
import base64
import contextlib
import datetime
import email
import glob
import hmac
import json
import os
import pwd
import re
import signal
import socket
import socketserver
import stat
import subprocess
import threading
import urllib.request

from appliance import BINARY, ENVIRONMENT, Appliance, ask, require, serving, stop, terminate, wait_until, workshop

# One word a person, in name, address, title and department: unlike anything else on this machine.
WORDS = {"desk": "Quoxilane", "gone": "Zebrithor", "cancelled": "Wimvornet", "moved": "Jaxphulin", "slow": "Kwyndobar",
         "slow2": "Voxtremby", "slow3": "Ghimplora", "lost": "Pluzquent", "refused": "Drynkovel", "odd": "Sfaxmoril"}
ELSEWHERE = "tchivendo@elsewhere.example"
OPERATOR = "bwolkanty-operator"
NOBODY = "A" * 22
PROGRAM = os.path.realpath(BINARY).encode()


def address(who):
    return f"{WORDS[who].lower()}@letters.example"


class Tap(socketserver.ThreadingTCPServer):
    """Stands before the sink: sees each envelope, and answers for the sink where the script says so."""
    daemon_threads = True

    def __init__(self, url):
        self.sink = ("127.0.0.1", int(url.rsplit(":", 1)[1]))
        self.refuse, self.lose, self.cases, self.mails = {}, set(), {}, []
        super().__init__(("127.0.0.1", 0), Conversation)
        self.url = f"smtp://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def to(self, recipient):
        return [mail for mail in list(self.mails) if mail["to"] == recipient]


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        with socket.create_connection(self.server.sink) as sink, sink.makefile("rb") as answers:
            def reply():
                lines = [answers.readline()]
                while lines[-1][3:4] == b"-":
                    lines.append(answers.readline())
                return b"".join(lines)

            self.wfile.write(reply())
            mail = {}
            for line in self.rfile:
                said = line.decode("ascii").strip()
                instead = None
                if said.upper().startswith("MAIL FROM:"):
                    envid = re.search(r"ENVID=(\S+)", said)
                    mail = {"from": re.search("<(.*?)>", said)[1], "envid": envid and envid[1]}
                elif said.upper().startswith("RCPT TO:"):
                    mail["to"] = re.search("<(.*?)>", said)[1]
                    self.server.cases[mail["to"]] = (mail["envid"] or "").split(".")[0]
                    instead = self.server.refuse.get(mail["to"])
                if instead is None:
                    sink.sendall(line)
                answer = reply() if instead is None else f"{instead}\r\n".encode()
                if said.upper() == "DATA" and answer.startswith(b"354"):
                    self.wfile.write(answer)
                    body = []
                    for part in self.rfile:
                        sink.sendall(part)
                        if part == b".\r\n":
                            break
                        body.append(part[1:] if part.startswith(b".") else part)
                    answer = reply()
                    self.server.mails.append({**mail, "message": b"".join(body)})
                    if mail["to"] in self.server.lose:
                        return
                self.wfile.write(answer)


class Arguments:
    """What every process of the appliance shows of itself to `ps`, looked at again and again."""

    def __init__(self):
        self.seen, self.ended = set(), threading.Event()
        threading.Thread(target=self.look, daemon=True).start()

    def look(self):
        while not self.ended.wait(0.01):
            for path in glob.glob("/proc/[0-9]*/cmdline"):
                with contextlib.suppress(OSError), open(path, "rb") as file:
                    line = file.read()
                    if os.path.realpath(line.split(b"\0")[0]) == PROGRAM:
                        self.seen.add(line)


class Desk(Appliance):
    """An appliance whose commands' words are kept, but for those that were asked to reveal."""
    said = ""

    def __call__(self, *arguments, **options):
        done = super().__call__(*arguments, **options)
        if "--reveal" not in arguments:
            self.said += done.stdout + done.stderr
        return done

    def log(self):
        with open(os.path.join(self.logs, "appliance.log")) as file:
            return file.read()

    def heard(self, words, times, what):
        wait_until(lambda: self.log().count(words) >= times, what)

    def cases(self):
        return {row["case"]: row for row in self.json("queue", "list")["cases"]}

    def stage(self, case):
        return self.cases().get(case, {"stage": "purged"})["stage"]

    def reaches(self, case, *stages):
        wait_until(lambda: self.stage(case) in stages, f"case {case} comes to {stages}: {self.stage(case)}")

    def entries(self, case=None):
        entries = self.json("audit", "list")["entries"]
        return [e for e in entries if case is None or e.get("case") == case]

    def signed(self, since=0):
        """The acts of people: number of the case, event, what `act` says."""
        return sorted((e["case"], e["event"], e["fields"].get("act", "")) for e in self.entries()[since:]
                      if "by" in e["fields"])

    def act(self, expected, *arguments, stdin=None):
        """A command that must leave these signed entries and no other."""
        before = len(self.entries())
        done = self(*arguments, stdin=stdin)
        require(self.signed(before) == sorted(expected), f"{arguments} is told as {expected}: {self.signed(before)}")
        return done

    def refused(self, exit_code, words, *arguments, stdin=None):
        before = len(self.signed())
        said = self(*arguments, expect=exit_code, stdin=stdin).stderr
        require(words in said, f"{arguments} is refused with \"{words}\": {said}")
        require("fault of the program" not in said, f"{arguments} has a sentence of its own: {said}")
        require(len(self.signed()) == before, f"{arguments} was refused and leaves no entry")

    def crowd(self, case):
        """Four clerks hold one case at the same time: one does, the others read why not, and one entry tells of it."""
        before = len(self.entries())
        clerks = [subprocess.Popen([BINARY, "queue", "hold", case, "--config", self.config], env=ENVIRONMENT, text=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(4)]
        said = [clerk.communicate(timeout=120)[1] for clerk in clerks]
        require(sorted(clerk.returncode for clerk in clerks) == [0, 1, 1, 1], f"one of four holds the case: {said}")
        told = "".join(said)
        require(told.count("the case is held") + told.count("moved meanwhile") == 3, f"the others are told: {said}")
        require(self.signed(before) == [(case, "hold", "")], "one entry tells of it")

    @contextlib.contextmanager
    def daemon(self):
        """A daemon that is ready; stopped by SIGTERM unless it was killed."""
        ready = self.log().count("appliance started")
        process = self.start("run")
        try:
            self.heard("appliance started", ready + 1, "the daemon is ready")
            yield process
        finally:
            stop(process)
        require(process.returncode in (0, -signal.SIGKILL), f"the daemon ends well: {process.returncode}")


def attachment(mail, name):
    """The bytes of an attachment."""
    for part in email.message_from_bytes(mail["message"]).walk():
        if part.get_filename() == name:
            return part.get_payload(decode=True)
    require(False, f"{name} is attached")


def receipt(mail):
    return json.loads(attachment(mail, "receipt.json"))


def commitment(mail, kind, value):
    """What the ledger holds in place of a value, opened with the salt that only the leaver's receipt has."""
    salt = base64.urlsafe_b64decode(receipt(mail)["salt"] + "==")
    code = hmac.digest(salt, f"refledger/v1/{kind}\0{value}".encode(), "sha256")
    return base64.urlsafe_b64encode(code).decode().rstrip("=")


def readable(mail):
    """Headers and decoded texts."""
    message = email.message_from_bytes(mail["message"])
    texts = [part.get_payload(decode=True).decode() for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join(f"{k}: {v}" for k, v in message.items()) + "\n".join(texts)


def leavers(bob):
    """Lets unmistakable people leave; returns their numbers in Bob."""
    people = [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"]
    for person, (who, word) in zip(people, WORDS.items()):
        change(bob, person, displayName=f"{word} Lampwright", title=f"{word} of the Lamps", department=f"{word} Hall",
               email=None if who == "odd" else address(who))
        terminate(bob, person)
    return {who: person["id"] for who, person in zip(WORDS, people)}


def change(bob, person, **values):
    urllib.request.urlopen(urllib.request.Request(
        f"{bob['control']}/change/{person['id']}", data=json.dumps(values).encode(), method="POST",
        headers={"Content-Type": "application/json"}), timeout=30).read()


def write_policy(path, wait):
    """A whole file at once, as an editor puts it there."""
    with open(path + ".new", "w") as file:
        file.write(f"fallback: {{schedule: [{wait}], jitter: 0, expiry: 5d, then: undeliverable}}\n"
                   "unknown: {after: 24h, then: hold}\nroute_pauses: [1s]\n")
    os.rename(path + ".new", path)


def acts(appliance, tap, bob, numbers):
    """Every act, each with one signed entry of its kind, and its effect in the list."""
    case = {who: tap.cases[address(who)] for who in WORDS if who != "odd"}
    desk, slow = case["desk"], [case["slow"], case["slow2"], case["slow3"]]

    appliance.act([(desk, "hold", "")], "queue", "hold", desk)
    row = appliance.cases()[desk]
    require((row["stage"], row["why"], row["resume"]) == ("held", "operator", "accepted"), f"held: {row}")
    appliance.act([(desk, "release", "")], "queue", "release", desk)
    require(appliance.stage(desk) == "accepted", "released, it stands where it stood")

    appliance.crowd(desk)
    appliance.act([(desk, "release", "")], "queue", "release", "--all", "--why", "operator")

    for command in ("run", "scan"):
        done = appliance.json("purge", command)
        require(done["residue_hits"] == 0, f"purge {command} answers beside the daemon: {done}")

    shown = appliance.json("queue", "show", desk)
    require(shown["stage"] == "accepted" and [a["verdict"] for a in shown["history"]] == ["accepted"],
            f"shown: {shown}")
    quiet = len(appliance.entries())
    appliance("queue", "show", desk)
    require(len(appliance.entries()) == quiet, "looking at what is not sealed is no entry")
    for form in ((), ("--json",)):
        opened = appliance.act([(desk, "operator", "reveal")], "queue", "show", desk, "--reveal", *form).stdout
        for word in (f"{WORDS['desk']} Lampwright", f"{WORDS['desk']} Hall", address("desk")):
            require(word in opened, f"--reveal shows {word}")

    # A relay that says "later" keeps three back; it is told so for one of them, then for all.
    listed = appliance.json("queue", "list", "--stage", "deferred")["cases"]
    require({row["case"] for row in listed} == set(slow), f"three wait, and can be listed alone: {listed}")
    del tap.refuse[address("slow")]
    appliance.act([(slow[0], "operator", "retry")], "queue", "retry", slow[0])
    appliance.reaches(slow[0], "accepted")
    appliance.act([(c, "hold", "") for c in slow[1:]], "queue", "hold", "--all", "--stage", "deferred")
    require([appliance.stage(c) for c in slow] == ["accepted", "held", "held"], "only the deferred ones are held")
    appliance.act([(c, "release", "") for c in slow[1:]], "queue", "release", "--all", "--stage", "held", "--why",
                  "operator")
    wait_until(lambda: [(appliance.cases()[c]["stage"], appliance.cases()[c]["attempts"]) for c in slow[1:]]
               == [("deferred", 2)] * 2, "released, they are tried at once")
    del tap.refuse[address("slow2")]
    appliance.act([(c, "operator", "retry") for c in slow[1:]], "queue", "retry", "--all", "--stage", "deferred")
    appliance.reaches(slow[1], "accepted")
    appliance.reaches(slow[2], "deferred")

    require(appliance.stage(case["lost"]) == "unknown", "nobody knows of one")
    appliance.act([(case["lost"], "confirm", "")], "queue", "confirm", "--all", "--stage", "unknown")
    appliance.act([(case["gone"], "confirm", "")], "queue", "confirm", case["gone"])
    appliance.act([(case["cancelled"], "cancel", "")], "queue", "cancel", case["cancelled"])
    for who in ("lost", "gone", "cancelled"):
        appliance.reaches(case[who], "purged")
        require([e["event"] for e in appliance.entries(case[who])].count("purge") == 1, f"{who}: one purge")

    # What Bob says is read again on release; the hold stays until it can be issued.
    odd = [row["case"] for row in appliance.cases().values() if row.get("why") == "no-address"]
    require(len(odd) == 1, "one has no address")
    appliance.refused(1, "Not released", "queue", "release", odd[0])
    change(bob, {"id": numbers["odd"]}, email=address("odd"))
    appliance.act([(odd[0], "release", "")], "queue", "release", odd[0])
    appliance.reaches(odd[0], "accepted")
    require(len(tap.to(address("odd"))) == 1, "the one who had no address has mail")
    return case


def salted(appliance, tap, case):
    """Who acted is a commitment that the leaver's salt opens, another in every case."""
    by = {who: [e["fields"]["by"] for e in appliance.entries(case[who]) if "by" in e["fields"]]
          for who in ("desk", "cancelled")}
    for who, marks in by.items():
        opened = commitment(tap.to(address(who))[0], "actor", OPERATOR)
        require(set(marks) == {opened}, f"{who}: the salt in the receipt opens {marks}")
    require(not set(by["desk"]) & set(by["cancelled"]), "the same operator is another mark in another case")
    del ENVIRONMENT["SUDO_USER"]
    appliance.act([(case["desk"], "hold", "")], "queue", "hold", case["desk"])
    appliance.act([(case["desk"], "release", "")], "queue", "release", case["desk"])
    ENVIRONMENT["SUDO_USER"] = OPERATOR
    name = pwd.getpwuid(os.getuid()).pw_name
    require(appliance.entries(case["desk"])[-1]["fields"]["by"]
            == commitment(tap.to(address("desk"))[0], "actor", name), "without sudo it is the user")


def redelivered(appliance, tap, case):
    moved = case["moved"]
    appliance.refused(2, "not an address", "queue", "redeliver", moved, stdin="tchivendo at elsewhere\n")
    appliance.refused(2, "Nothing was given", "queue", "redeliver", moved, stdin="")
    appliance.act([(moved, "operator", "redeliver")], "queue", "redeliver", moved, stdin=ELSEWHERE + "\n")
    appliance.reaches(moved, "accepted")
    first, second = tap.to(address("moved")), tap.to(ELSEWHERE)
    require((len(first), len(second)) == (1, 1), "one mail to each address")
    first, second = first[0], second[0]
    require(attachment(first, "reference.pdf") == attachment(second, "reference.pdf"), "the same document")
    ids = [email.message_from_bytes(m["message"])["Message-ID"] for m in (first, second)]
    require(ids[0] != ids[1] and None not in ids, f"a mail of its own: {ids}")
    ids = [m["envid"].split(".") for m in (first, second)]
    require([i[0] for i in ids] == [moved] * 2 and ids[0][1:] != ids[1][1:], f"an ENVID of its own: {ids}")
    require([f"bounces+{i[2]}@acme.example" for i in ids] == [m["from"] for m in (first, second)], "one token in both")
    require(first["from"] != second["from"], "a return path of its own")
    sent = [e["fields"]["to"] for e in appliance.entries(moved) if e["event"] == "sent"]
    require(sent == [receipt(first)["to"], receipt(second)["to"]], f"a second entry, opened by the second: {sent}")
    require(sent[1] == commitment(second, "email", ELSEWHERE), "which commits to the new address")
    appliance.act([(moved, "operator", "reveal")], "queue", "show", moved, "--reveal")


def reissued(appliance, tap, case, numbers, bob):
    old = case["gone"]
    appliance.refused(1, "purged", "queue", "show", old, "--reveal")
    employed = [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"][0]
    appliance.refused(1, "No departure of this person was ever seen", "leavers", "reissue", stdin=employed["id"] + "\n")
    appliance.refused(1, "still open", "leavers", "reissue", stdin=numbers["desk"] + "\n")
    before = len(appliance.entries())
    answer = json.loads(appliance("leavers", "reissue", "--json", stdin=numbers["gone"] + "\n").stdout)
    new = answer["cases"][0]["case"]
    require(new != old, "a new case")
    appliance.reaches(new, "accepted")
    told = [(e["case"], e["event"], e["fields"].get("why", e["fields"].get("from", "")))
            for e in appliance.entries()[before:] if e["event"] in ("revoke", "detect")]
    require(told == [(old, "revoke", "reissued"), (new, "detect", "reissue")], f"the old one is revoked: {told}")
    require(appliance.signed(before) == [(new, "detect", "")], "and somebody signed for it")
    mails = tap.to(address("gone"))
    require(len(mails) == 2 and mails[1]["envid"].split(".")[0] == new, "a new mail has come")
    require(attachment(mails[0], "reference.pdf") != attachment(mails[1], "reference.pdf"), "with a new document")
    appliance.refused(1, "still open", "leavers", "reissue", stdin=numbers["gone"] + "\n")


def errors(appliance, case):
    appliance.refused(1, f"There is no case {NOBODY}", "queue", "hold", NOBODY)
    appliance.refused(1, f"There is no case {NOBODY}", "queue", "show", NOBODY)
    appliance.refused(1, f"There is no case {NOBODY}", "queue", "redeliver", NOBODY, stdin=ELSEWHERE + "\n")
    appliance.refused(1, "the case is not held", "queue", "release", case["desk"])
    appliance.refused(1, "the case is past that point", "queue", "retry", case["desk"])
    appliance.refused(1, "the case is purged", "queue", "cancel", case["gone"])
    appliance.refused(2, "one process owns data_dir", "run")
    appliance.refused(2, "one process owns data_dir", "run", "--once")
    door = os.path.join(appliance.data, "control.sock")
    mode = os.stat(door).st_mode
    require(stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600, f"the socket is its owner's alone: {oct(mode)}")
    # Callers that say nothing, or nonsense, get no answer and keep nobody waiting.
    with contextlib.ExitStack() as stack:
        callers = [stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(4)]
        for caller in callers:
            caller.connect(door)
        callers[0].sendall(b'{"act":{"move":{"_0":"burn","_1":{}}}}')
        callers[0].shutdown(socket.SHUT_WR)
        callers[0].settimeout(60)
        require(callers[0].recv(100) == b"", "an act that does not exist gets no answer")
        appliance.act([(case["desk"], "hold", "")], "queue", "hold", case["desk"])
    appliance.act([(case["desk"], "release", "")], "queue", "release", case["desk"])


def alone(appliance, case):
    """Without a daemon the same acts are carried out by the command itself, also over a dead daemon's socket."""
    door = os.path.join(appliance.data, "control.sock")
    require(not os.path.exists(door), "a daemon that was stopped takes its socket with it")
    appliance.crowd(case["desk"])
    with appliance.daemon() as daemon:
        daemon.kill()
        daemon.wait()
    require(os.path.exists(door), "a killed daemon leaves its socket")
    appliance.act([(case["desk"], "release", "")], "queue", "release", case["desk"])
    with appliance.daemon():
        appliance.act([(case["desk"], "hold", "")], "queue", "hold", case["desk"])
        appliance.refused(2, "one process owns data_dir", "run", "--once")
    require(not os.path.exists(door), "the next one cleared it away")


def reloaded(appliance, daemon, policy, case):
    """The wait after a deferral tells which policy is in force."""
    anew, refused = "retry policy read anew", "retry policy refused; the old one stays"

    def wait_after_retry():
        attempts = len(appliance.json("queue", "show", case)["history"])
        appliance.act([(case, "operator", "retry")], "queue", "retry", case)
        wait_until(lambda: appliance.cases()[case]["attempts"] > attempts and appliance.stage(case) == "deferred",
                   "the relay says later once more")
        row = appliance.json("queue", "show", case)
        ended, due = (datetime.datetime.fromisoformat(t) for t in (row["history"][-1]["finished"], row["next"]))
        # Both are whole seconds, taken one after the other.
        return round((due - ended).total_seconds() / 60)

    require(wait_after_retry() == 60, "the first policy waits an hour")
    reads = appliance.log().count(anew)
    write_policy(policy, "7m")
    appliance.heard(anew, reads + 1, "a changed file is read without a signal")
    require(wait_after_retry() == 7, "and is in force")
    daemon.send_signal(signal.SIGHUP)
    appliance.heard(anew, reads + 2, "SIGHUP reads it also unchanged")
    for number, hangup in enumerate((False, True)):
        with open(policy, "w") as file:
            file.write(f"# {number}\nfallback: {{schedule: [soon], jitter: 0, expiry: 5d}}\n"
                       "unknown: {after: 24h, then: burn}\nroute_pauses: [1s]\n")
        if hangup:
            daemon.send_signal(signal.SIGHUP)
        appliance.heard(refused, number + 1, "a broken file is refused")
        line = [line for line in appliance.log().splitlines() if refused in line][-1]
        for word in (f"{policy}:2: fallback.schedule", f"{policy}:3: unknown.then"):
            require(word in line, f"with file, line, key and reason in one line of the log: {line}")
        require(wait_after_retry() == 7, "the old policy stays in force")
    reads = appliance.log().count(anew)
    write_policy(policy, "2h")
    daemon.send_signal(signal.SIGHUP)
    appliance.heard(anew, reads + 1, "a good file is read again")
    require(wait_after_retry() == 120, "and is in force")


def without_policy_file(directory, bob, tap):
    """A daemon that follows the standard policy has no file to watch, and lives on all the same, also past SIGHUP."""
    appliance = Desk(directory, bob, {"url": tap.url}, quiet="144h", unwatched="false")
    with open(appliance.config) as file:
        lines = [line for line in file if not line.startswith("retry_policy:")]
    with open(appliance.config, "w") as file:
        file.writelines(lines)
    with open(os.path.join(appliance.logs, "appliance.log"), "w"):
        pass
    with appliance.daemon() as daemon:
        appliance.heard("Bob polled", 1, "it polls")
        daemon.send_signal(signal.SIGHUP)
        appliance.heard("retry policy read anew", 1, "it outlives SIGHUP")
        require(appliance.json("purge", "scan")["residue_hits"] == 0, "and answers")


def nothing_told(appliance, tap, arguments, numbers, directory):
    """No name, address, title, department or number in Bob in anything that is not the leaver's own mail."""
    words = [w.lower() for w in WORDS.values()] + [ELSEWHERE.split("@")[0], *numbers.values()]

    def clean(text, where):
        found = [word for word in words if word in text.lower()]
        require(not found, f"{where} names nobody: {found}")

    leaver_mails = b"".join(m["message"] for m in tap.mails if m["to"].endswith("letters.example"))
    mailed = [who for who in WORDS if who not in ("refused", "slow3")]
    require(all(address(who).encode() in leaver_mails for who in mailed), "the search finds them where they must be")
    notices = [m for m in list(tap.mails) if m["to"].endswith("@acme.example")]
    told = " ".join(email.message_from_bytes(m["message"])["Subject"] for m in notices)
    require(len(notices) >= 2, f"HR heard of the one held and the one undeliverable: {told}")
    for notice in notices:
        clean(readable(notice), f"the notice to {notice['to']}")
        clean(notice["message"].decode("ascii"), f"the raw notice to {notice['to']}")
    clean(appliance.log(), "the log")
    clean(appliance.said, "the commands' output")
    seen = b"\n".join(arguments.seen).decode(errors="replace")
    require(all(word in seen for word in ("redeliver", "reissue", "draw")), "the search saw commands and child run")
    clean(seen, "every command line")
    export = os.path.join(directory, "export")
    appliance("audit", "export", export)
    require(json.loads(appliance("audit", "verify", export, "--json").stdout)["ok"], "the exported ledger verifies")
    for name in os.listdir(export):
        with open(os.path.join(export, name)) as file:
            text = file.read()
        clean(text, name)
        for word in (OPERATOR, pwd.getpwuid(os.getuid()).pw_name, socket.gethostname()):
            require(not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, re.I), f"{name} holds no {word}")
    forms = {}
    for word in words:
        for raw in {word.encode(), word.capitalize().encode()}:
            forms[raw] = forms[word.encode().hex().encode()] = forms[word.encode("utf-16-le")] = word
            for shift in range(3):
                encoded = base64.b64encode(b"\0" * shift + raw)
                # The characters that depend on neighbours are cut off at both ends.
                forms[encoded[(shift * 8 + 5) // 6:len(encoded) - 4]] = word
    for parent, _, names in os.walk(appliance.data):
        for name in names:
            if stat.S_ISREG(os.stat(os.path.join(parent, name)).st_mode):
                with open(os.path.join(parent, name), "rb") as file:
                    data = file.read()
                found = [word for form, word in forms.items() if form in data]
                require(not found, f"{name} in data_dir holds nobody in clear: {found}")


def main():
    ENVIRONMENT["SUDO_USER"] = OPERATOR
    with workshop("control") as directory:
        sink = os.path.join(directory, "sink")
        with serving("bob", "--people", "30", "--leavers", "0") as bob, serving("smtp", "--out", sink) as smtp, \
                Tap(smtp["url"]) as tap:
            policy = os.path.join(directory, "policy.yaml")
            write_policy(policy, "1h")
            appliance = Desk(directory, bob, {"url": tap.url}, quiet="144h", unwatched="false", policy=policy)
            arguments = Arguments()
            appliance("run", "--once")
            numbers = leavers(bob)
            # Relays quote whom they speak of; none of it may come out again.
            for who in ("slow", "slow2", "slow3"):
                tap.refuse[address(who)] = f"451 4.3.0 {WORDS[who]} <{address(who)}> is busy"
            tap.refuse[address("refused")] = f"550 5.1.1 <{address('refused')}> no such {WORDS['refused']}"
            tap.lose.add(address("lost"))
            with appliance.daemon() as daemon:
                expected = sorted(["accepted"] * 4 + ["deferred"] * 3 + ["unknown", "undeliverable", "held"])
                wait_until(lambda: sorted(row["stage"] for row in appliance.cases().values()) == expected,
                           "ten cases under way")
                case = acts(appliance, tap, bob, numbers)
                salted(appliance, tap, case)
                redelivered(appliance, tap, case)
                reissued(appliance, tap, case, numbers, bob)
                errors(appliance, case)
                reloaded(appliance, daemon, policy, case["slow3"])
            alone(appliance, case)
            arguments.ended.set()
            nothing_told(appliance, tap, arguments, numbers, directory)
            kept = [open(os.path.join(sink, n), "rb").read() for n in os.listdir(sink) if n.endswith(".eml")]
            require(sorted(kept) == sorted(m["message"] for m in tap.mails), "the relay has what was seen on its way")
            require(appliance.json("audit", "verify")["ok"], "the ledger verifies")
            count = len(appliance.signed())
            other = os.path.join(directory, "other")
            os.makedirs(other)
            without_policy_file(other, bob, tap)
    print(f"control: {count} acts beside the daemon and without it, each one entry signed by a salted mark; the retry "
          "policy follows its file; nobody is named")


main()
