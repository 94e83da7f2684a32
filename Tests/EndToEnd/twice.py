"""Two passes against a sandbox started apart send each reference once: also with kill -9 between and in the middle."""
import os
import random
import signal
import sys
import time

from appliance import Appliance, ask, require, serving, terminate, wait_until, workshop


def leave(bob, count):
    """Lets `count` employed people leave; returns their numbers."""
    people = [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"][:count]
    for person in people:
        terminate(bob, person)
    return [p["id"] for p in people]


def mails(smtp):
    return sorted(name for name in os.listdir(smtp["out"]) if name.endswith(".eml"))


def message_ids(smtp):
    found = []
    for name in mails(smtp):
        with open(os.path.join(smtp["out"], name), encoding="ascii") as file:
            found += [line for line in file if line.lower().startswith("message-id:")]
    return found


def twice():
    with workshop("twice") as directory:
        out = os.path.join(directory, "sink")
        with serving("bob", "--people", "30", "--leavers", "0") as bob, serving("smtp", "--out", out) as smtp:
            appliance = Appliance(directory, bob, smtp)
            appliance("run", "--once")
            leave(bob, 4)
            appliance("run", "--once")
            require(len(mails(smtp)) == 4, f"4 mails after the first pass, not {len(mails(smtp))}")
            appliance("run", "--once")
            require(len(mails(smtp)) == 4, "the second pass sends nothing")
            record = ask(bob["control"] + "/requests")
            require(record["outsideReads"] == 0, "no request outside the reads")
            require(record["personalFieldsRequestedForNonLeavers"] == 0,
                    "no personal field was asked for people who have not left")
            require(len(record["requests"]) >= 3, "the recorder saw the polls")
            require(appliance.json("audit", "verify")["ok"], "the ledger verifies")
    print("twice: 4 leavers, 4 mails; the second pass sent nothing")


def killed_between():
    with workshop("between") as directory:
        out = os.path.join(directory, "sink")
        with serving("bob", "--people", "30", "--leavers", "0") as bob, serving("smtp", "--out", out) as smtp:
            appliance = Appliance(directory, bob, smtp)
            appliance("run", "--once")
            leave(bob, 3)
            daemon = appliance.start("run")
            wait_until(lambda: len(mails(smtp)) == 3, "the daemon sends three mails")
            daemon.send_signal(signal.SIGKILL)
            daemon.wait()
            appliance("run", "--once")
            require(len(mails(smtp)) == 3, "after kill -9 of the daemon the next pass sends nothing again")
    print("killed between: 3 leavers, 3 mails")


def killed_in_the_middle(rounds):
    """Kills a pass at a random moment, again and again, then lets one finish."""
    generator = random.Random(20260301)
    duplicates = kills = 0
    for number in range(rounds):
        with workshop("middle") as directory:
            out = os.path.join(directory, "sink")
            with serving("bob", "--people", "20", "--leavers", "0") as bob, serving("smtp", "--out", out) as smtp:
                appliance = Appliance(directory, bob, smtp)
                appliance("run", "--once")
                leave(bob, 5)
                for _ in range(4):
                    process = appliance.start("run", "--once")
                    time.sleep(generator.uniform(0.02, 1.2))
                    if process.poll() is None:
                        process.send_signal(signal.SIGKILL)
                        kills += 1
                    process.wait()
                appliance("run", "--once")
                # What was lost after the dot is unknown, and says so; nothing else may be left.
                open_cases = appliance.json("queue", "list")["cases"]
                require(all(c["stage"] == "unknown" for c in open_cases), f"only unknown cases are left: {open_cases}")
                ids = message_ids(smtp)
                require(len(ids) == len(set(ids)), "no mail was sent twice")
                require(len(set(ids)) + len(open_cases) >= 5, "no case was lost")
                require(appliance.json("audit", "verify")["ok"], "the ledger verifies after kill -9")
    print(f"killed in the middle: {rounds} rounds, {kills} kills, nothing lost, nothing sent twice")


twice()
killed_between()
killed_in_the_middle(int(sys.argv[1]) if len(sys.argv) > 1 else 6)
