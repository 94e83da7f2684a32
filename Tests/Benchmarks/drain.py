"""A durable queue drained into smtp-sink, beside Postfix relaying the same number of mails of the same size to the same sink,
round by round: mails a second, waits for the disk a mail, and the ratio.

Needs postfix (with smtp-sink and smtp-source) and clang; run as root, since Postfix wants to. Nothing leaves the machine."""
import argparse
import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "Tests", "EndToEnd"))
from appliance import compiled, free_port, wait_until  # noqa: E402


@contextlib.contextmanager
def sink(*options):
    """smtp-sink, which takes everything and keeps nothing."""
    port = free_port()
    process = subprocess.Popen(["smtp-sink", "-u", "nobody", *options, f"127.0.0.1:{port}", "200"], stdout=subprocess.DEVNULL)

    def answers():
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False
    try:
        wait_until(answers, "smtp-sink listens")
        yield port
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def postfix(directory, next_hop, sessions):
    """A Postfix of our own whose queue stands still until it is flushed; yields its port and a function that flushes."""
    base = f"{directory}/postfix"
    for name in ("etc", "spool", "data"):
        os.makedirs(f"{base}/{name}")
    shutil.chown(f"{base}/data", "postfix")
    port = free_port()
    for name in os.listdir("/etc/postfix"):
        if name.startswith(("postfix-files", "dynamicmaps.cf")):
            source = f"/etc/postfix/{name}"
            (shutil.copytree if os.path.isdir(source) else shutil.copy)(source, f"{base}/etc/{name}")
    with open(f"{base}/etc/main.cf", "w") as file:
        file.write(f"""compatibility_level = 3.6
queue_directory = {base}/spool
data_directory = {base}/data
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.acme.example
mydestination =
local_recipient_maps =
relay_domains = acme.example
relay_transport = smtp:[127.0.0.1]:{next_hop}
smtpd_recipient_restrictions = permit_mynetworks, reject
mynetworks = 127.0.0.0/8
defer_transports = smtp
smtp_destination_concurrency_limit = {sessions}
default_destination_concurrency_limit = {sessions}
initial_destination_concurrency = {sessions}
minimal_backoff_time = 1h
queue_run_delay = 1h
maillog_file = /dev/null
maillog_file_prefixes = /dev
alias_maps =
alias_database =
""")
    with open(f"{base}/etc/master.cf", "w") as file:
        file.write(f"""127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
""")
    command = ["postfix", "-c", f"{base}/etc"]
    subprocess.run([*command, "start"], check=True, stderr=subprocess.DEVNULL)

    def waiting():
        return sum(len(files) for name in ("active", "deferred", "incoming", "maildrop")
                   for _, _, files in os.walk(f"{base}/spool/{name}"))

    def flush():
        subprocess.run(["postconf", "-c", f"{base}/etc", "-e", "defer_transports="], check=True)
        subprocess.run([*command, "reload"], check=True, stderr=subprocess.DEVNULL)
        time.sleep(1)
        begun = time.monotonic()
        subprocess.run(["postqueue", "-c", f"{base}/etc", "-f"], check=True)
        while waiting():
            time.sleep(0.01)
        return time.monotonic() - begun
    try:
        yield port, waiting, flush
    finally:
        subprocess.run([*command, "stop"], stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def far(port, milliseconds):
    """The same sink behind so long a round trip; yields its port."""
    near = free_port()
    proxy = os.path.join(os.path.dirname(os.path.abspath(__file__)), "delay.py")
    process = subprocess.Popen([sys.executable, proxy, "--listen", str(near), "--to", f"127.0.0.1:{port}",
                                "--ms", str(milliseconds / 2)])
    try:
        time.sleep(1)
        yield near
    finally:
        process.terminate()
        process.wait()


def ours(drain, port, mails, octets, sessions, *options, shim=None):
    """One drain of our queue; returns seconds, and waits for the disk if they are counted."""
    with tempfile.TemporaryDirectory(prefix="refpassport-drain-", dir=SPOOL) as directory:
        environment = {**os.environ}
        if shim:
            environment.update(LD_PRELOAD=shim, SYNC_COUNT=f"{directory}/count")
        done = subprocess.run([drain, str(port), str(mails), str(octets), str(sessions), f"{directory}/data", *options],
                              capture_output=True, text=True, check=True, env=environment)
        count = None
        if shim:
            with open(f"{directory}/count") as file:
                count = int(file.read())
        return json.loads(done.stdout)["seconds"], count


def theirs(mails, octets, sessions, hop):
    """One drain of Postfix's queue."""
    with tempfile.TemporaryDirectory(prefix="refpassport-postfix-", dir=SPOOL) as directory:
        os.chmod(directory, 0o755)
        with postfix(directory, hop, sessions) as (port, waiting, flush):
            subprocess.run(["smtp-source", "-s", "10", "-m", str(mails), "-l", str(octets), "-f", "bounces@acme.example",
                            "-t", "sample@acme.example", f"127.0.0.1:{port}"], check=True)
            wait_until(lambda: waiting() >= mails, "Postfix has queued them all")
            time.sleep(1)
            return flush()


def over_distance(options, hop, sessions):
    """Our queue over a long way, with MAIL, RCPT and DATA in one group and each by itself."""
    rates = {"pipelined": [], "serial": []}
    with far(hop, options.delay) as port:
        for _ in range(options.rounds):
            for way, values in rates.items():
                seconds, _ = ours(options.drain, port, options.mails, options.octets, sessions,
                                  *(["serial"] if way == "serial" else []))
                values.append(options.mails / seconds)
    print(f"{sessions} sessions, {options.mails} mails of {options.octets} octets, {options.delay} ms round trip:")
    for name, values in rates.items():
        print(f"  {name:12} {' / '.join(f'{v:.1f}' for v in values)} mails/s")
    print(f"  ratio        {statistics.median(rates['pipelined']) / statistics.median(rates['serial']):.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--octets", type=int, default=40_000)
    parser.add_argument("--sessions", type=int, nargs="+", default=[2, 8])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--drain", default=f"{ROOT}/.build/release/drain")
    parser.add_argument("--spool", default="/var/tmp", help="where both queues lie: a disk, not a memory file system")
    parser.add_argument("--delay", type=float, help="milliseconds of a round trip: with and without PIPELINING instead")
    options = parser.parse_args()
    global SPOOL
    SPOOL = options.spool
    with tempfile.TemporaryDirectory() as directory, sink() as hop:
        shim = compiled("syncs.c", directory)
        for sessions in options.sessions:
            if options.delay:
                over_distance(options, hop, sessions)
                continue
            rates, ratios = {"refpassport": [], "postfix": []}, []
            for _ in range(options.rounds):
                mine, _ = ours(options.drain, hop, options.mails, options.octets, sessions)
                other = theirs(options.mails, options.octets, sessions, hop)
                rates["refpassport"].append(options.mails / mine)
                rates["postfix"].append(options.mails / other)
                ratios.append(other / mine)
            _, whole = ours(options.drain, hop, options.mails, options.octets, sessions, shim=shim)
            _, filling = ours(options.drain, hop, options.mails, options.octets, sessions, "fill", shim=shim)
            print(f"{sessions} sessions, {options.mails} mails of {options.octets} octets:")
            for name, values in rates.items():
                print(f"  {name:12} {' / '.join(f'{v:.0f}' for v in values)} mails/s")
            print(f"  ratio        {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
            print(f"  waits for the disk: {(whole - filling) / options.mails:.2f} a mail")


main()
