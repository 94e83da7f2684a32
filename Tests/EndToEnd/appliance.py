"""An appliance of its own in a directory of its own, with Bob and relay on loopback, driven through the command line."""
import contextlib
import datetime
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BINARY = os.environ.get("REFPASSPORT", os.path.join(ROOT, ".build", "debug", "refpassport"))
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("REFPASSPORT")}


def refpassport(*arguments, expect=0, cwd=None, stdin=None):
    """Runs a command; fails unless it exits as expected; returns the finished process."""
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, cwd=cwd, input=stdin,
                          env=ENVIRONMENT, timeout=300)
    if expect is not None and done.returncode != expect:
        sys.exit(f"refpassport {' '.join(arguments)}: exit {done.returncode}, expected {expect}\n"
                 f"{done.stdout}\n{done.stderr}")
    return done


@contextlib.contextmanager
def serving(*arguments):
    """Starts `refpassport sandbox …` and yields what its first line says; stops it by its process ID."""
    process = subprocess.Popen([BINARY, "sandbox", *arguments], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    try:
        place = {**json.loads(process.stdout.readline()), "pid": process.pid}
        yield place
        if "control" in place:
            only_reads(place)
    finally:
        stop(process, 10)


def only_reads(bob):
    """Whatever a scenario does, this is never asked of Bob; returns what was."""
    record = ask(f"{bob['control']}/requests")
    require(record["outsideReads"] == 0, "nothing but reads was asked")
    require(record["personalFieldsRequestedForNonLeavers"] == 0, "nothing personal was asked of people who had not left")
    require(record["worstRunOfRefusals"] < 5, "Bob's firewall was never near")
    return record["requests"]


def stop(process, seconds=60):
    """Ends a process by its process ID, unless it has ended; one that does not end in time is killed."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port():
    """A port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(url, method="GET"):
    with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=30) as answer:
        return json.loads(answer.read() or b"null")


def terminate(bob, person):
    """Lets a person leave, today."""
    ask(f"{bob['control']}/terminate/{person['id']}?date={datetime.date.today()}", "POST")


class Appliance:
    """A data directory, a key-encryption key, a token file and a configuration."""

    def __init__(self, directory, bob, smtp, quiet="0s", unwatched="true", policy=None, data=None, poll="15m",
                 bounces="", audit="", more_bob=""):
        self.directory = directory
        self.data = data or os.path.join(directory, "data")
        self.config = os.path.join(directory, "refpassport.yaml")
        self.logs = os.path.join(directory, "logs")
        os.makedirs(self.logs, exist_ok=True)
        self.secret("bob-token", bob["token"])
        if smtp.get("password"):
            self.secret("smtp-password", smtp["password"])
        with open(self.config, "w") as file:
            file.write(f"""organisation: {{name: Acme Ltd, domain: acme.example, locale: en-GB, time_zone: Europe/London}}
data_dir: {self.data}
templates: {ROOT}/mail-templates
keys: {{kek_file: {directory}/kek}}
bob: {{environment: "", base_url: "{bob['base_url']}", service_user: {bob['service_user']}, token_file: bob-token,
  reread_after: 0s, poll_every: {poll}{more_bob}}}
smtp: {{url: "{smtp['url']}", tls: {smtp.get('tls', 'none')}, ca_file: "{smtp.get('ca_file', '')}",
  username: "{smtp.get('username', '')}", password_file: "{'smtp-password' if smtp.get('password') else ''}",{smtp.get('more', '')}
  from: "Acme People Team <people@acme.example>", bounce_address: bounces@acme.example}}
retry_policy: {policy or f"{ROOT}/config/retry-policy.yaml"}
confirm: {{quiet_period: {quiet}, unwatched: {unwatched}}}
{bounces}
purge: {{scan_paths: []}}
{audit}
notices: {{hr: people@acme.example, ops: ops@acme.example, officer: compliance@acme.example}}
verify: {{url: "https://references.acme.example/verify", selector: REF1}}
""")

    def secret(self, name, value):
        path = os.path.join(self.directory, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(value + "\n")

    def __call__(self, *arguments, expect=0, stdin=None):
        """Runs a command with this configuration; keeps its standard error as a log."""
        done = refpassport(*arguments, "--config", self.config, expect=expect, stdin=stdin)
        with open(os.path.join(self.logs, "appliance.log"), "a") as file:
            file.write(done.stderr)
        return done

    def json(self, *arguments, expect=0):
        return json.loads(self(*arguments, "--json", expect=expect).stdout)

    def start(self, *arguments, environment=None):
        """Starts a command and does not wait for it."""
        log = open(os.path.join(self.logs, "appliance.log"), "a")
        return subprocess.Popen([BINARY, *arguments, "--config", self.config], stdout=subprocess.DEVNULL, stderr=log,
                                env={**ENVIRONMENT, **(environment or {})})

    @contextlib.contextmanager
    def daemon(self, environment=None):
        """The daemon, perhaps not ready yet; it must end well when it is asked to."""
        process = self.start("run", environment=environment)
        try:
            yield process
        finally:
            stop(process)
        require(process.returncode == 0, f"the daemon ends well: {process.returncode}")


def mails(sink):
    """The texts of all mails that the relay took."""
    taken = []
    for name in sorted(os.listdir(sink)):
        if name.endswith(".eml"):
            with open(os.path.join(sink, name), encoding="ascii") as file:
                taken.append(file.read())
    return taken


def references(sink):
    """The texts of the mails to leavers; the others are notices and checkpoints."""
    return [text for text in mails(sink) if "reference.pdf" in text]


def compiled(source, directory):
    """A C file of this directory as a library that can be loaded before all others."""
    library = os.path.join(directory, source + ".so")
    subprocess.run(["clang", "-shared", "-fPIC", "-O1", "-o", library,
                    os.path.join(os.path.dirname(os.path.abspath(__file__)), source), "-ldl"], check=True)
    return library


@contextlib.contextmanager
def workshop(name):
    """A directory that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=f"refpassport-{name}-") as directory:
        yield directory


def require(condition, sentence):
    """Ends the scenario with a sentence unless the condition holds."""
    if not condition:
        sys.exit("FAILED: " + sentence)


def wait_until(condition, sentence, seconds=60):
    """Waits for something to become true; the bound only ends a scenario that hangs."""
    for _ in range(seconds * 20):
        if condition():
            return
        time.sleep(0.05)
    sys.exit("FAILED: never came true: " + sentence)
