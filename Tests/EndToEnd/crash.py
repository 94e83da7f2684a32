"""kill -9 at every wait for the disk of a whole pass, and at random moments under load: nothing is lost, and a mail is sent
twice only where its dot may have been sent and the policy says resend."""
import collections
import os
import random
import signal
import subprocess
import sys

from appliance import BINARY, ENVIRONMENT, ROOT, Appliance, ask, compiled, references, require, serving, terminate, workshop

def leave(bob, count):
    """Lets `count` employed people leave."""
    for person in [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"][:count]:
        terminate(bob, person)


def copies(sink):
    """How often each reference was taken, by Message-ID."""
    return collections.Counter(
        next(line for line in text.splitlines() if line.lower().startswith("message-id:")) for text in references(sink))


def policy(directory, then):
    """A policy that decides about unknowns at once."""
    with open(f"{ROOT}/config/retry-policy.yaml") as file:
        text = file.read()
    line = next(line for line in text.splitlines() if line.startswith("unknown:"))
    path = os.path.join(directory, "retry-policy.yaml")
    with open(path, "w") as file:
        file.write(text.replace(line, f"unknown: {{after: 0s, then: {then}}}"))
    return path


def settled(appliance, sink, leavers):
    """After the crash: lets the appliance come to an end, and holds it to its promises."""
    for _ in range(3):
        appliance("run", "--once", expect=None)
    cases = appliance.json("queue", "list", "--all")["cases"]
    require(len(cases) == leavers, f"{leavers} leavers have {leavers} cases, not {len(cases)}")
    require({c["stage"] for c in cases} == {"purged"}, f"every case came to its end: {[c['stage'] for c in cases]}")
    taken = copies(sink)
    require(len(taken) == leavers, f"{len(taken)} of {leavers} references were sent")
    entries = appliance.json("audit", "list")["entries"]
    unknown = sum(e["event"] == "unknown" and "choice" not in e["fields"] for e in entries)
    twice = sum(number - 1 for number in taken.values())
    require(twice <= unknown, f"{twice} second copies, but only {unknown} unknown outcomes")
    require(appliance.json("audit", "verify")["ok"], "the ledger verifies")
    require(appliance.json("purge", "scan")["residue_hits"] == 0, "nothing personal is left")
    return twice, unknown


def at_every_sync(step, shim):
    """Kills a pass at its first, second … wait for the disk; `step` leaves some out, to save time."""
    total, kills, twice, unknown = None, 0, 0, 0
    number = 0
    while total is None or number <= total:
        with workshop("sync") as directory:
            sink = os.path.join(directory, "sink")
            with serving("bob", "--people", "12", "--leavers", "0") as bob, serving("smtp", "--out", sink) as smtp:
                appliance = Appliance(directory, bob, smtp, policy=policy(directory, "resend"))
                appliance("run", "--once")
                leave(bob, 2)
                counter = os.path.join(directory, "count")
                environment = {**ENVIRONMENT, "LD_PRELOAD": shim, "SYNC_COUNT": counter}
                if number:
                    environment["SYNC_KILL"] = str(number)
                    if number % 2:
                        environment["SYNC_AFTER"] = "1"
                done = subprocess.run([BINARY, "run", "--once", "--config", appliance.config], env=environment,
                                      capture_output=True, timeout=120)
                if number == 0:
                    require(done.returncode == 0, f"the pass ends by itself: {done.stderr}")
                    with open(counter) as file:
                        total = int(file.read())
                    number = 1
                    continue
                kills += done.returncode == -signal.SIGKILL
                second, lost = settled(appliance, sink, 2)
                twice += second
                unknown += lost
                number += step
    require(kills >= total // step - 2, f"{kills} kills at {total} waits for the disk")
    print(f"killed at every {'' if step == 1 else f'{step}th '}wait for the disk: {total} waits, {kills} kills, "
          f"nothing lost, {unknown} unknown, {twice} sent twice by policy")


def at_random(kills, seed):
    """Kills the appliance at random moments while it sends, until it has been killed often enough."""
    generator = random.Random(seed)
    done = twice = unknown = leavers = rounds = 0
    while done < kills:
        rounds += 1
        with workshop("load") as directory:
            sink = os.path.join(directory, "sink")
            with serving("bob", "--people", "80", "--leavers", "0") as bob, serving("smtp", "--out", sink) as smtp:
                appliance = Appliance(directory, bob, smtp, policy=policy(directory, "resend"))
                appliance("run", "--once")
                leave(bob, 20)
                # Until the work is done, every start is cut short.
                for _ in range(40):
                    process = appliance.start("run", "--once")
                    try:
                        process.wait(timeout=generator.uniform(0.05, 1.2))
                        break
                    except subprocess.TimeoutExpired:
                        process.send_signal(signal.SIGKILL)
                        process.wait()
                        done += 1
                second, lost = settled(appliance, sink, 20)
                twice += second
                unknown += lost
                leavers += 20
    print(f"killed under load: {rounds} rounds, {done} kills, {leavers} leavers, nothing lost, {unknown} unknown, "
          f"{twice} sent twice by policy")


def main():
    step = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    with workshop("shim") as directory:
        at_every_sync(step, compiled("syncs.c", directory))
    at_random(kills, 20260301)


main()
