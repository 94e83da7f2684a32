"""A full and a read-only data directory: sending stops with an alarm, nothing is lost, and it goes on by itself."""
import contextlib
import os
import subprocess
import sys

from appliance import Appliance, ask, compiled, references, require, serving, terminate, wait_until, workshop


def leave(bob, count):
    for person in [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"][:count]:
        terminate(bob, person)


def fill(directory):
    """Takes all room there is; returns the file that holds it."""
    path = os.path.join(directory, "ballast")
    with open(path, "wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                pass
    return path


def log(appliance):
    with open(os.path.join(appliance.logs, "appliance.log"), encoding="utf-8") as file:
        return file.read()


@contextlib.contextmanager
def tmpfs(directory):
    """A small file system of our own; yields where it is."""
    data = os.path.join(directory, "data")
    os.mkdir(data, 0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", "refpassport", data], check=True)
    try:
        yield data
    finally:
        subprocess.run(["umount", data], check=True)


def trouble(name, shim, break_disk, mend_disk):
    """Lets three people leave while the disk is broken, and mends it."""
    with workshop("disk") as directory, tmpfs(directory) as data:
        sink = os.path.join(directory, "sink")
        with serving("bob", "--people", "20", "--leavers", "0") as bob, serving("smtp", "--out", sink) as smtp:
            appliance = Appliance(directory, bob, smtp, data=data, poll="1s")
            appliance("run", "--once")
            with appliance.daemon({"LD_PRELOAD": shim, "SYNC_REFUSE": directory + "/refuse"}):
                wait_until(lambda: "appliance started" in log(appliance), "the daemon starts")
                token = break_disk(directory)
                leave(bob, 3)
                wait_until(lambda: "kind=store" in log(appliance), "the alarm is raised")
                require(len(references(sink)) == 0, "nothing is sent that cannot be recorded")
                mend_disk(token)
                wait_until(lambda: len(references(sink)) == 3, "all three are sent once the disk is well", 90)
                wait_until(lambda: "alarm over" in log(appliance), "the alarm is taken down", 60)
            appliance("run", "--once")
            require(len(references(sink)) == 3, "each was sent once")
            require(appliance.json("audit", "verify")["ok"], "the ledger verifies")
    print(f"{name}: alarm, nothing sent, nothing lost; three references once it was mended")


def touch(path):
    open(path, "w").close()
    return path


def started_read_only():
    """An appliance that is started on a read-only data directory says so, and works when it may write again."""
    with workshop("disk") as directory, tmpfs(directory) as data:
        sink = os.path.join(directory, "sink")
        with serving("bob", "--people", "20", "--leavers", "0") as bob, serving("smtp", "--out", sink) as smtp:
            appliance = Appliance(directory, bob, smtp, data=data)
            appliance("run", "--once")
            leave(bob, 1)
            subprocess.run(["mount", "-o", "remount,ro", data], check=True)
            refused = appliance("run", "--once", expect=2)
            require("data_dir" in refused.stderr or data in refused.stderr, f"the sentence names it: {refused.stderr}")
            subprocess.run(["mount", "-o", "remount,rw", data], check=True)
            appliance("run", "--once")
            require(len(references(sink)) == 1, "the reference is sent")
    print("started on a read-only disk: refused with a sentence, and it works when it may write again")


def main():
    if os.environ.get("OWN_MOUNTS") != "1":
        # Mounts of our own, in a name space that ends with us.
        done = subprocess.run(["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user", "--user"]),
                               sys.executable, __file__], env={**os.environ, "OWN_MOUNTS": "1"})
        sys.exit(done.returncode)
    with workshop("shim") as directory:
        shim = compiled("syncs.c", directory)
        trouble("full disk", shim, lambda directory: fill(directory + "/data"), os.unlink)
        trouble("read-only disk", shim, lambda directory: touch(directory + "/refuse"), os.unlink)
    started_read_only()


main()
