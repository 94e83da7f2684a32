#!/usr/bin/env python3
"""Checks a ledger export without trusting the program that wrote it.

    verify_export.py DIRECTORY [HELD_CHECKPOINT_FILE ...]

DIRECTORY holds ledger.jsonl, checkpoint.txt and vkey.txt. Compare vkey.txt with a copy that reached you on
another way. Written from RFC 6962 and 9162 (tree), RFC 8785 (canonical JSON), RFC 8032 (Ed25519) and the C2SP
texts signed-note and tlog-checkpoint; needs nothing but Python 3. Exit status 0: everything holds; 1: not.
"""
import base64, hashlib, json, pathlib, re, sys

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_MINUS_ONE = pow(2, (P - 1) // 4, P)
EVENTS = set(
    "detect hold release issue seal sent deferred unknown bounced confirm cancel fail expire purge revoke"
    " restore key-rotate config operator epoch-destroyed".split())
CASE_EVENTS = set("issue seal sent deferred unknown bounced confirm cancel fail expire purge".split())
NEEDS = {"seal": {"issue"}, "confirm": {"sent", "unknown"},
         **{event: {"seal"} for event in ("sent", "deferred", "unknown", "bounced")}}
AFTER_PURGE = {"bounced", "hold", "release", "operator", "revoke", "restore"}

def demand(holds, text):
    if not holds:
        raise ValueError(text)

def add(p, q):  # RFC 8032 section 5.1.4, extended coordinates
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P

def times(n, p):
    q = (0, 1, 1, 0)
    while n:
        if n & 1:
            q = add(q, p)
        p, n = add(p, p), n >> 1
    return q

def point(raw):  # section 5.1.3
    y, sign = int.from_bytes(raw, "little") & (1 << 255) - 1, raw[31] >> 7
    demand(y < P, "a point off the curve")
    x2 = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * SQRT_MINUS_ONE % P
    demand((x * x - x2) % P == 0 and not (x == 0 and sign), "a point off the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P

BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))

def signature_holds(key, message, signature):  # section 5.1.7
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    p, q = times(s, BASE), add(point(signature[:32]), times(k, point(key)))
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0

def unbase64(text):
    raw = base64.b64decode(text, validate=True)
    demand(base64.b64encode(raw).decode() == text, "loose base64")
    return raw

def checkpoint(note, vkey=None):  # returns origin, size, root; checks the signature when given a key
    text, gap, lines = note.rpartition("\n\n")
    text = text if gap else note.removesuffix("\n")  # a held head may be the bare text
    if vkey:
        name, key_id, key = vkey.split("+", 2)
        key = unbase64(key)
        digest = hashlib.sha256(name.encode() + b"\n" + key).digest()
        demand(key[0] == 1 and len(key) == 33 and digest[:4].hex() == key_id, "the vkey is not sound")
        demand(lines.endswith("\n"), "the note has no signature")
        words = [line.split(" ") for line in lines[:-1].split("\n")]
        demand(all(len(w) == 3 and w[0] == "\u2014" for w in words), "the note has a bad signature line")
        ours = [raw for raw in (unbase64(w[2]) for w in words if w[1] == name) if raw[:4] == digest[:4]]
        demand(ours, "the checkpoint is not signed with this key")
        demand(all(signature_holds(key[1:], text.encode() + b"\n", raw[4:]) for raw in ours),
               "the signature does not match the checkpoint")
    origin, size, root = text.split("\n")
    demand(re.fullmatch("0|[1-9][0-9]*", size) and (not vkey or origin == name), "the checkpoint is not sound")
    return origin, int(size), unbase64(root)

def roots(entries):  # the root over every prefix, RFC 9162 section 2.1
    node = lambda left, right: hashlib.sha256(b"\x01" + left + right).digest()
    peaks, every = [], [hashlib.sha256(b"").digest()]
    for size, entry in enumerate(entries):
        value = hashlib.sha256(b"\x00" + entry).digest()
        while size & 1:
            value, size = node(peaks.pop(), value), size >> 1
        peaks.append(value)
        for peak in reversed(peaks[:-1]):
            value = node(peak, value)
        every.append(value)
    return every

def canonical(value):  # RFC 8785, integers only
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    demand(not isinstance(value, float) and (type(value) is not int or abs(value) < 2**53), "a number too large")
    return json.dumps(value, ensure_ascii=False)

def check_entry(line, last, cases):  # returns the time
    entry = json.loads(line.decode())
    demand(isinstance(entry, dict) and len(line) <= 1024 and canonical(entry).encode() == line, "not canonical")
    sixteen = lambda text: isinstance(text, str) and re.fullmatch("[A-Za-z0-9_-]{21}[AQgw]", text)
    event, case = entry.get("ev"), entry.get("case")
    demand(type(entry.get("v")) is type(entry.get("ts")) is int and entry["v"] == 1 and event in EVENTS
           and sixteen(entry.get("n")), "a common field is missing or wrong")
    demand(sixteen(case) if "case" in entry else event not in CASE_EVENTS, "the case is missing or wrong")
    demand(entry["ts"] >= last, "the time is before that of an earlier entry")
    seen = cases.setdefault(case, set()) if case else set()
    demand("purge" not in seen or event in AFTER_PURGE, event + " after the purge")
    demand(event not in NEEDS or seen & NEEDS[event], event + " comes too early")
    if event == "purge":
        after, scan = entry.get("after"), entry.get("scan")
        demand(after in ("confirm", "fail", "expire", "cancel") and after in seen, "purge without its reason")
        demand(isinstance(scan, dict) and type(scan.get("hits")) is int and scan["hits"] == 0, "no clean scan")
    seen.add(event)
    return entry["ts"]

def main(directory, *held):
    read = lambda name: pathlib.Path(directory, name).read_bytes()
    entries = read("ledger.jsonl").split(b"\n")
    entries = entries[:-1] if entries[-1] == b"" else entries
    origin, size, root = checkpoint(read("checkpoint.txt").decode(), read("vkey.txt").decode().removesuffix("\n"))
    demand(size == len(entries), f"the checkpoint covers {size} entries, {len(entries)} are there")
    every, last, cases = roots(entries), 0, {}
    heads = [checkpoint(pathlib.Path(file).read_bytes().decode()) for file in held] + [(origin, size, root)]
    for index, line in enumerate(entries):
        try:
            last = check_entry(line, last, cases)
        except ValueError as fault:
            raise ValueError(f"entry {index}: {fault}") from None
    for who, old_size, old_root in heads:
        demand(who == origin and old_size <= size and every[old_size] == old_root,
               f"the first {old_size} entries are not those that were signed")
    return f"ok: {size} entries of {origin}, root {root.hex()}"

if __name__ == "__main__":
    try:
        print(main(*sys.argv[1:]))
    except (ValueError, OSError, TypeError, RecursionError) as fault:
        sys.exit(print(f"REJECTED: {fault}") or 1)
