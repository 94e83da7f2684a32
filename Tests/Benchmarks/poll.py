"""A poll of a large company beside Python's json and jq on the same bytes: `poll.py [PEOPLE] [GONE_PERCENT]`.

Builds the `poll` program in release mode, serves one answer of so many people over loopback from a process of its own, and
times whole polls (transfer, parsing, marks and database) beside programs that only parse the same bytes from a file.
Prints a table; ratios above 1 mean that the poll is slower.
"""
import http.server
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
ROUNDS = 5

# What Python's json is asked for: who has left. The whole process counts, as it does for the others.
PARSE = """
import json, resource, sys
data = json.load(open(sys.argv[1], "rb"))
print(sum(p["internal"]["lifecycleStatus"] == "terminated" for p in data["employees"]),
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
FILTER = '[.employees[] | select(.internal.lifecycleStatus == "terminated")] | length'


def company(people, gone):
    """The answer to a search for three fields, every value twice, as live tenants send it."""
    numbers = random.Random(1)

    def person(number):
        left = numbers.random() * 100 < gone
        key = str(3_300_000_000_000_000_000 + number * 1_000_003)
        status = "terminated" if left else "employed"
        date = f"20{numbers.randrange(10, 25)}-0{numbers.randrange(1, 10)}-1{numbers.randrange(10)}" if left else None
        record = {"/root/id": {"value": key}, "/internal/lifecycleStatus": {"value": status}}
        if date:
            record["/internal/terminationDate"] = {"value": date}
        return record | {"id": key, "internal": {"lifecycleStatus": status, "terminationDate": date}}

    return json.dumps({"employees": [person(n) for n in range(people)]}, separators=(",", ":")).encode()


def serve(path, ports):
    with open(path, "rb") as file:
        body = file.read()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    ports.put(server.server_port)
    server.serve_forever()


def timed(command):
    """Seconds of each round, and what the last one said; the first round, which fills the caches, is left out."""
    seconds = []
    for _ in range(ROUNDS + 1):
        begun = time.monotonic()
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        seconds.append(time.monotonic() - begun)
    return seconds[1:], said


def median(values):
    return sorted(values)[len(values) // 2]


def main():
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    gone = float(sys.argv[2]) if len(sys.argv) > 2 else 20
    subprocess.run(["swift", "build", "-c", "release", "-j", "2", "--product", "poll"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="refpassport-poll-") as directory:
        path = os.path.join(directory, "people.json")
        with open(path, "wb") as file:
            file.write(company(people, gone))
        ports = multiprocessing.Queue()
        server = multiprocessing.Process(target=serve, args=(path, ports), daemon=True)
        server.start()
        base = f"http://127.0.0.1:{ports.get()}/v1"
        poll = json.loads(subprocess.run(
            [os.path.join(ROOT, ".build", "release", "poll"), base, os.path.join(directory, "data"), str(ROUNDS)],
            check=True, capture_output=True, text=True).stdout)
        server.terminate()
        python, said = timed([sys.executable, "-c", PARSE, path])
        count, peak = map(int, said.split())
        assert poll["people"] == people and poll["remembered"] == count, (poll, count)
        rows = [("poll, first (baseline)", poll["first"], poll["peak"]),
                ("poll, later", median(poll["later"]), poll["peak"]), ("python3 json", median(python), peak * 1024)]
        try:
            jq, said = timed(["/usr/bin/time", "-f", "%M", "jq", FILTER, path])
            assert int(said) == count
            peak = int(subprocess.run(["/usr/bin/time", "-f", "%M", "jq", FILTER, path], check=True, capture_output=True,
                                      text=True).stderr)
            rows.append(("jq", median(jq), peak * 1024))
        except FileNotFoundError:
            print("jq or time is not installed; left out", file=sys.stderr)
        print(f"{people} people, {count} of them gone, {os.path.getsize(path) / 1e6:.1f} MB of JSON")
        print(f"{'':24} {'seconds':>8} {'to json':>8} {'peak MB':>8}")
        for name, seconds, peak in rows:
            print(f"{name:24} {seconds:8.2f} {seconds / median(python):8.2f} {peak / 1e6:8.0f}")


if __name__ == "__main__":
    main()
