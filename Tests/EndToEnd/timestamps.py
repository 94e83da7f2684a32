"""Checkpoints bear the timestamp of an authority (RFC 3161), which anybody can check; one that is down or lies stops nothing."""
import base64
import contextlib
import email
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from appliance import Appliance, ask, free_port, mails, refpassport, require, serving, terminate, wait_until, workshop


def openssl(directory, *arguments, expect=0):
    done = subprocess.run(["openssl", *arguments], cwd=directory, capture_output=True, text=True, timeout=60)
    require(done.returncode == expect, f"openssl {' '.join(arguments)}: {done.stdout} {done.stderr}")
    return done.stdout + done.stderr


def certify(directory):
    """Two authorities with roots of their own: the one that is trusted, and a foreign one."""
    with open(f"{directory}/ext", "w") as file:
        file.write("extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n")
    with open(f"{directory}/tsa.cnf", "w") as file:
        file.write(f"[tsa]\nserial={directory}/serial\nsigner_digest=sha256\ndefault_policy=1.3.6.1.4.1.1\n"
                   "digests=sha256\ness_cert_id_alg=sha256\n")
    with open(f"{directory}/serial", "w") as file:
        file.write("01\n")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    for name in "own", "foreign":
        openssl(directory, "req", "-x509", *curve, "-keyout", f"{name}-ca.key", "-out", f"{name}-ca.pem", "-days", "30",
                "-subj", f"/CN={name} root")
        openssl(directory, "req", *curve, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name} authority")
        openssl(directory, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{name}-ca.pem", "-CAkey", f"{name}-ca.key",
                "-CAcreateserial", "-days", "5", "-extfile", "ext", "-out", f"{name}.pem")


class Authority:
    """A timestamp authority on loopback; what it answers with can be changed, what it is asked is kept."""

    def __init__(self, directory, port):
        self.directory, self.port = directory, port
        self.signer, self.hangs, self.asked = "own", False, []
        self.over = threading.Event()

    def answer(self, query):
        path = f"{self.directory}/query-{len(self.asked)}"
        with open(path + ".tsq", "wb") as file:
            file.write(query)
        openssl(self.directory, "ts", "-reply", "-config", "tsa.cnf", "-section", "tsa", "-queryfile", path + ".tsq",
                "-inkey", f"{self.signer}.key", "-signer", f"{self.signer}.pem", "-out", path + ".tsr")
        with open(path + ".tsr", "rb") as file:
            return file.read()

    @contextlib.contextmanager
    def up(self):
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                authority.asked.append((self.path, dict(self.headers), body))
                if authority.hangs:
                    authority.over.wait(60)
                    return
                reply = authority.answer(body)
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            self.over.set()
            server.shutdown()
            server.server_close()
            thread.join()
            self.over.clear()


def checkpoints(sink):
    """The attachments of each mail to the officer, by name, oldest first."""
    found = []
    for text in mails(sink):
        parts = {part.get_filename(): part.get_payload(decode=True) for part in email.message_from_string(text).walk()}
        if "checkpoint.txt" in parts:
            found.append({name: content for name, content in parts.items() if name})
    return found


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)
    return path


def rewind(appliance, seconds):
    """Lets time pass for the authority: as if it had been asked, and had begun to fail, so much earlier."""
    with contextlib.closing(sqlite3.connect(f"{appliance.data}/refpassport.db")) as database:
        database.execute("UPDATE timestampFailure SET since = since - ?, last = last - ?", [seconds, seconds])
        database.commit()


def main():
    with workshop("timestamps") as directory:
        sink, tsa, kept = (os.path.join(directory, name) for name in ("sink", "tsa", "kept"))
        os.makedirs(tsa)
        os.makedirs(kept)
        certify(tsa)
        authority = Authority(tsa, free_port())
        ca = f"{tsa}/own-ca.pem"
        with serving("bob", "--people", "30", "--leavers", "0") as bob, serving("smtp", "--out", sink) as smtp:
            settings = f'audit: {{timestamp_url: "http://127.0.0.1:{authority.port}/tsr", timestamp_ca_file: {ca}}}'
            appliance = Appliance(directory, bob, smtp, audit=settings)
            people = iter([p for p in ask(bob["control"] + "/people") if p["status"] == "employed"])
            gone = []

            def leave():
                gone.append(next(people))
                terminate(bob, gone[-1])

            def log():
                with open(f"{appliance.logs}/appliance.log") as file:
                    return file.read()

            # The authority is up: the first checkpoint goes to the officer with its token.
            with authority.up():
                said = appliance("check", expect=None).stdout
                require("✓ audit.timestamp_url" in said and "its token holds" in said, f"check asks it: {said}")
                appliance("run", "--once")
                leave()
                appliance("run", "--once")
            mailed = checkpoints(sink)
            require(len(mailed) == 2 and all("checkpoint.tsr" in mail for mail in mailed), f"with tokens: {mailed}")
            for number, mail in enumerate(mailed):
                for name, content in mail.items():
                    write(f"{kept}/{number}-{name}", content)
                said = openssl(kept, "ts", "-verify", "-in", f"{number}-checkpoint.tsr", "-data",
                               f"{number}-checkpoint.txt", "-CAfile", ca)
                require("Verification: OK" in said, f"openssl accepts it: {said}")

            # What the authority was told: a digest, and nothing of anybody.
            require(len(authority.asked) == 3, f"one question of check and one a checkpoint: {len(authority.asked)}")
            for path, headers, query in authority.asked:
                require(path == "/tsr" and {name.lower() for name in headers} == {
                    "host", "accept", "content-type", "content-length"}, f"no header that tells more: {headers}")
                require(headers["Content-Type"] == "application/timestamp-query" and len(query) == 70, f"{headers} {query}")
            for (_, _, query), mail in zip(authority.asked[1:], mailed):
                require(hashlib.sha256(mail["checkpoint.txt"]).digest() in query, "the digest of the note's exact bytes")
            told = b"".join(query + str((path, headers)).encode() for path, headers, query in authority.asked).lower()
            for word in ["acme", "refpassport", gone[0]["displayName"], gone[0]["email"]]:
                require(word.lower().encode() not in told, f"the authority was told {word}")

            # An export brings it along, and verify tells the time.
            appliance("audit", "export", f"{directory}/export")
            require(open(f"{directory}/export/checkpoint.tsr", "rb").read() == mailed[1]["checkpoint.tsr"], "the same token")
            said = refpassport("audit", "verify", f"{directory}/export", "--tsa-ca", ca).stdout
            require("by the authority's word the checkpoint existed at 20" in said, f"verify tells the time: {said}")
            document = json.loads(refpassport("audit", "verify", f"{directory}/export", "--tsa-ca", ca, "--json").stdout)
            require(document["ok"] and document["timestamps"][0]["state"] == "valid", f"as JSON: {document}")
            said = refpassport("audit", "verify", f"{directory}/export").stdout
            require("checkpoint.tsr is there and was NOT checked" in said and "--tsa-ca" in said, f"says so plainly: {said}")
            both = refpassport("audit", "verify", f"{directory}/export", "--held", f"{kept}/0-checkpoint.txt", "--tsa-ca", ca)
            require(both.stdout.count("existed at") == 2, f"those beside kept checkpoints too: {both.stdout}")

            # What does not fit is refused: another CA, another checkpoint, a spoilt file; and none at all.
            def refused(roots, reason, expect=1):
                said = refpassport("audit", "verify", f"{directory}/export", "--tsa-ca", roots, expect=expect)
                require(reason in said.stdout + said.stderr, f"{reason}: {said}")

            refused(f"{tsa}/foreign-ca.pem", "issued by none of the roots")
            refused(f"{tsa}/own.key", "holds no certificates", expect=2)
            write(f"{directory}/export/checkpoint.tsr", mailed[0]["checkpoint.tsr"])
            refused(ca, "over other bytes")
            write(f"{directory}/export/checkpoint.tsr", mailed[1]["checkpoint.tsr"][:-1])
            refused(ca, "no timestamp reply")
            write(f"{directory}/export/checkpoint.tsr", b"")
            refused(ca, "no timestamp reply")
            os.remove(f"{directory}/export/checkpoint.tsr")
            refused(ca, "no timestamp to check")
            require("--held FILE" in appliance("audit", "verify", "--tsa-ca", ca, expect=2).stderr, "nothing named to check")

            # The authority is down: pass, exit code and mail are as ever, and the mail goes without.
            leave()
            appliance("run", "--once")
            require([("checkpoint.tsr" in mail) for mail in checkpoints(sink)] == [True, True, False], "it went without")
            require("not timestamped" in log() and "Nothing answers at 127.0.0.1" in log(), "the log says so")
            said = appliance("check", expect=3).stdout
            require("✗ audit.timestamp_url" in said and "Nothing answers" in said, f"check says so: {said}")
            newest = appliance.json("audit", "checkpoint", "--timestamp", f"{kept}/newest.tsr")
            require(newest["checkpoint"].encode() == mailed[1]["checkpoint.txt"]
                    and base64.b64decode(newest["timestamp"]) == mailed[1]["checkpoint.tsr"], "the newest that bears one")
            said = appliance("audit", "checkpoint", "--timestamp", f"{kept}/newest.tsr", "--out", f"{kept}/newest.txt").stdout
            require(newest["time"] in said, f"with its time: {said}")
            openssl(kept, "ts", "-verify", "-in", "newest.tsr", "-data", "newest.txt", "-CAfile", ca)
            appliance("audit", "export", f"{directory}/export")
            require(not os.path.exists(f"{directory}/export/checkpoint.tsr"), "no token of another checkpoint stays in an export")

            # It hangs: a pass waits seconds, once; what is due meanwhile goes without it, for an hour.
            authority.asked.clear()
            authority.hangs = True
            rewind(appliance, 3600)
            with authority.up():
                leave()
                begun = time.monotonic()
                appliance("run", "--once")
                took = time.monotonic() - begun
                leave()
                appliance("run", "--once")
            require(len(authority.asked) == 1 and took < 60, f"asked {len(authority.asked)} times, {took:.0f} s")
            require(len(checkpoints(sink)) == 5, "both checkpoints were mailed")
            require("did not answer in time" in log(), "the log says so")

            # It lies: a token by a foreign CA is refused. After a day of it ops hear, once.
            authority.hangs, authority.signer = False, "foreign"
            rewind(appliance, 86_400)
            with authority.up():
                appliance("run", "--once")
                appliance("run", "--once")
            require(len(authority.asked) == 2 and "issued by none of the roots" in log(), "the lie is seen")
            alarms = [text for text in mails(sink) if "ops@acme.example" in text]
            require(len(alarms) == 1 and "without a timestamp for a day" in alarms[0].replace("=\n", ""),
                    f"ops are mailed once: {alarms}")
            require("timestamp" in appliance("queue", "list").stdout, "and see it in the list")

            # It is well again: the newest checkpoint gets its token late, the next one goes with its own.
            authority.signer = "own"
            rewind(appliance, 3600)
            with authority.up():
                with appliance.daemon():
                    wait_until(lambda: sum("ops@acme.example" in text for text in mails(sink)) == 2, "ops hear the end")
                appliance("audit", "checkpoint", "--timestamp", f"{kept}/late.tsr", "--out", f"{kept}/late.txt")
                openssl(kept, "ts", "-verify", "-in", "late.tsr", "-data", "late.txt", "-CAfile", ca)
                require(open(f"{kept}/late.txt", "rb").read() == checkpoints(sink)[-1]["checkpoint.txt"], "it caught up")
                leave()
                appliance("run", "--once")
            require("checkpoint.tsr" in checkpoints(sink)[-1] and len(checkpoints(sink)) == 6, "the next goes with its own")
            appliance("audit", "verify")
            appliance("purge", "scan")

            # Roots that cannot be read are told before anything is done.
            shutil.move(ca, ca + ".gone")
            require("audit.timestamp_ca_file" in appliance("run", "--once", expect=2).stderr, "and by which key")
    print(f"timestamps: {len(mailed) + 2} checkpoints timestamped, openssl and verify accept them, foreign and spoilt ones are "
          f"refused; an authority that was down, hung for {took:.0f} s in one pass, or lied, kept no mail back")


main()
