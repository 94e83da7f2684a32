"""Two passes against a sandbox started apart send each reference once: with kill -9 between, and begun together."""
import os
import signal

from appliance import Appliance, ask, references, require, serving, terminate, wait_until, workshop


def leave(bob, count):
    """Lets `count` employed people leave; returns their numbers."""
    people = [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"][:count]
    for person in people:
        terminate(bob, person)
    return [p["id"] for p in people]


def twice():
    with workshop("twice") as directory:
        out = os.path.join(directory, "sink")
        with serving("bob", "--people", "30", "--leavers", "0") as bob, serving("smtp", "--out", out) as smtp:
            appliance = Appliance(directory, bob, smtp)
            appliance("run", "--once")
            leave(bob, 4)
            appliance("run", "--once")
            require(len(references(out)) == 4, f"4 mails after the first pass, not {len(references(out))}")
            appliance("run", "--once")
            require(len(references(out)) == 4, "the second pass sends nothing")
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
            wait_until(lambda: len(references(out)) == 3, "the daemon sends three mails")
            daemon.send_signal(signal.SIGKILL)
            daemon.wait()
            appliance("run", "--once")
            require(len(references(out)) == 3, "after kill -9 of the daemon the next pass sends nothing again")
    print("killed between: 3 leavers, 3 mails")


def begun_together():
    """Several that begin in the same empty place: one makes keys and data, the others are told; who looks is, too."""
    with workshop("together") as directory, serving("bob", "--people", "12") as bob, \
            serving("smtp", "--out", os.path.join(directory, "sink")) as smtp:
        looks = []
        for attempt in range(5):
            place = os.path.join(directory, str(attempt))
            os.mkdir(place)
            appliance = Appliance(place, bob, smtp)
            together = [appliance.start("run", "--once") for _ in range(4)]
            while any(process.poll() is None for process in together):
                looked = appliance("leavers", "list", expect=None)
                looks.append(looked.returncode)
                require(looked.returncode == 0 or "no appliance yet" in looked.stderr or "in a moment" in looked.stderr,
                        f"who looks sees all or is told to come again: {looked.stderr}")
            ends = sorted(process.returncode for process in together)
            require(ends[0] == 0 and set(ends) <= {0, 2}, f"each runs or is refused: {ends}")
            require(appliance("leavers", "list").stdout.startswith("Baseline taken"), "one has read Bob")
            appliance("run", "--once")
            require(appliance.json("audit", "verify")["ok"], "and what it made is whole")
        require(looks, "somebody looked meanwhile")
    print("begun together: of four at once in an empty place one makes it, five times over; "
          f"{len(looks)} looks meanwhile")


twice()
killed_between()
begun_together()
