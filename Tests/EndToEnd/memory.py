"""The memory of the running daemon after a purge, read as a debugger with all rights would: nothing is left of the
leavers. And what `check` says of the daemon."""
import os
import time

from appliance import Appliance, ask, require, serving, terminate, workshop
from canary import written


def mappings(pid):
    """The writable memory of a process that is no part of a file: heap, stacks and all else that it holds."""
    with open(f"/proc/{pid}/maps") as table, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in table:
            span, rights, *rest = line.split()
            if not rights.startswith("rw") or (len(rest) > 3 and rest[3].startswith("/")):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            memory.seek(start)
            yield memory.read(end - start)


def remains(pid, values):
    """Which of the values stand in memory, and how."""
    found = set()
    for data in mappings(pid):
        for kind, value in values:
            found |= {f"{kind} ({encoding})" for encoding, needle in written(value).items() if needle in data}
    return found


def personal(person):
    return [("name", person["displayName"]), ("address", person["email"]), ("title", person["titleName"]),
            ("department", person["departmentName"])]


def until(met, tries=120, pause=0.5):
    for _ in range(tries):
        if met():
            return
        time.sleep(pause)
    require(False, "it never came to be")


def main():
    with workshop("memory") as directory:
        sink = os.path.join(directory, "sink")
        with serving("bob", "--people", "30", "--leavers", "0") as bob, serving("smtp", "--out", sink) as smtp:
            appliance = Appliance(directory, bob, smtp, poll="2s")
            appliance("run", "--once")
            leavers = [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"][:6]
            daemon = appliance.start("run")
            try:
                until(lambda: any(f["name"] == "freed memory" and f["sentence"].startswith("the daemon")
                                  for f in appliance.json("check", expect=None)["findings"]))
                findings = {f["name"]: f for f in appliance.json("check", expect=None)["findings"]}
                for name in ["core dumps", "freed memory", "crash reports"]:
                    require(findings[name]["verdict"] == "passed", f"check looks at the daemon: {findings[name]}")
                # Words that the program knows anyway, such as "Product", tell nothing.
                known = remains(daemon.pid, [(value, value) for person in leavers for _, value in personal(person)])
                values = [(kind, value) for person in leavers for kind, value in personal(person)
                          if len(value) >= 6 and not any(word.startswith(value + " (") for word in known)]
                require(len(values) >= 18, f"enough to look for: {len(values)}")
                for leaver in leavers:
                    terminate(bob, leaver)
                until(lambda: sum(row["event"] == "purge" for row in appliance.json("audit", "list")["entries"]) == 6)
                mails = os.path.join(directory, "mails")
                os.rename(sink, mails)
                text = b"".join(open(os.path.join(mails, name), "rb").read() for name in os.listdir(mails))
                for leaver in leavers:
                    require(leaver["email"].encode() in text, "each was mailed: they were in this memory")
                # A pass that is under way when its turn comes may hold what it works with; not for longer.
                until(lambda: not remains(daemon.pid, values), tries=8, pause=5)
                # The same search finds them where they must be: with Bob.
                names = [value for value in values if value[0] == "name"]
                require(remains(bob["pid"], names), "the search finds names in the memory of the sandbox's Bob")
            finally:
                daemon.terminate()
                daemon.wait(timeout=60)
    print("memory: six references were made and mailed, and nothing of the leavers is left in the daemon's memory")


if __name__ == "__main__":
    main()
