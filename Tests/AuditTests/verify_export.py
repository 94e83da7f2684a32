#!/usr/bin/env python3
"""Checks a ledger export, a receipt or a proof of growth without trusting the program that wrote it.

    verify_export.py DIRECTORY [HELD_CHECKPOINT_FILE ...]
    verify_export.py PROOF_FILE VKEY_FILE [HELD_CHECKPOINT_FILE]    (with it: of growth; without: a receipt)

Compare vkey.txt with a copy that reached you on another way. Written from RFC 6962, 9162 and 8785 and the C2SP texts
signed-note, tlog-checkpoint, tlog-proof and tlog-witness; needs openssl (for Ed25519). Exit status 0: it holds; 1: not.
"""
import base64, hashlib, json, pathlib, re, subprocess, sys, tempfile

CASE_EVENTS = set("issue seal sent deferred unknown bounced confirm cancel fail expire purge".split())
EVENTS = CASE_EVENTS | set("detect hold release revoke restore key-rotate config operator epoch-destroyed".split())
NEEDS = dict.fromkeys("sent deferred unknown bounced".split(), {"seal"}) | {"seal": {"issue"}, "confirm": {"sent", "unknown"}}
AFTER_PURGE = {"bounced", "hold", "release", "operator", "revoke", "restore"}

def demand(holds, text):
    if not holds:
        raise ValueError(text)

def signature_holds(key, *rest):  # message and signature; the prefix is SubjectPublicKeyInfo, RFC 8410
    with tempfile.TemporaryDirectory() as place:
        files = [pathlib.Path(place, name) for name in ("key", "message", "signature")]
        [f.write_bytes(octets) for f, octets in zip(files, (bytes.fromhex("302a300506032b6570032100") + key, *rest))]
        command = "openssl pkeyutl -verify -pubin -keyform DER -rawin -inkey {} -in {} -sigfile {}".format(*files)
        return subprocess.run(command.split(), capture_output=True).returncode == 0

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
        words = [line.split(" ") for line in lines[:-1].split("\n")]
        demand(all(len(w) == 3 and w[0] == "\u2014" for w in words), "the note has a bad signature line")
        ours = [raw for raw in (unbase64(w[2]) for w in words if w[1] == name) if raw[:4] == digest[:4]]
        demand(ours and all(signature_holds(key[1:], text.encode() + b"\n", raw[4:]) for raw in ours),
               "the signature does not match the checkpoint")
    origin, size, root = text.split("\n")
    demand(re.fullmatch("0|[1-9][0-9]*", size) and (not vkey or origin == name), "the checkpoint is not sound")
    return origin, int(size), unbase64(root)

node = lambda left, right: hashlib.sha256(b"\x01" + left + right).digest()

def root(leaves):  # RFC 9162 section 2.1.1
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node(root(leaves[:split]), root(leaves[split:]))

def included(index, size, leaf, proof):  # the root that the proof leads to; section 2.1.3.1 read backwards
    if size == 1:
        return leaf
    split, top = 1 << (size - 1).bit_length() - 1, proof.pop()
    return (node(included(index, split, leaf, proof), top) if index < split
            else node(top, included(index - split, size - split, leaf, proof)))

def inclusion_holds(index, size, leaf, proof, head):
    return 0 <= index < size and included(index, size, leaf, proof) == head and not proof

def extended(old, new, proof, head):  # both roots that the proof leads to; section 2.1.4.1 read backwards
    if old == new:
        return (head or proof.pop(),) * 2
    split, top = 1 << (new - 1).bit_length() - 1, proof.pop()
    was, now = extended(old, split, proof, head) if old <= split else extended(old - split, new - split, proof, None)
    return (was, node(now, top)) if old <= split else (node(top, was), node(top, now))

def consistency_holds(old, old_root, new, new_root, proof):
    if old in (0, new):  # every tree begins with itself, and with the empty one
        return not proof and old_root == (new_root if old == new else root([])) and (old > 0 or old_root == root([]))
    return 0 < old < new and (old_root, new_root) == extended(old, new, proof, old_root) and not proof

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
    cases.update({"": entry["purgeLatest"] + 86400} if event == "config" and "purgeLatest" in entry else {})  # and a day
    seen = cases.setdefault(case, {"until": entry["ts"] + cases.get("", 2**53)}) if case else {}
    demand("purge" not in seen or event in AFTER_PURGE, event + " after the purge")
    demand(event not in NEEDS or seen.keys() & NEEDS[event], event + " comes too early")
    if event == "purge":
        demand(entry.get("after") in {"confirm", "fail", "expire", "cancel"} & seen.keys(), "purge without its reason")
        demand(entry["ts"] <= seen["until"] and "legal" not in seen, "purge later than promised, or under a legal hold")
        demand(canonical(entry.get("scan", {}).get("hits")) == "0", "no clean scan")
    if case and event in ("hold", "release") and "legal" in entry:  # a legal hold lends its own time
        seen["until"] += entry["ts"] - seen.pop("legal", entry["ts"])
        seen.update({"legal": entry["ts"]} if event == "hold" else {})
    seen[event] = True
    return entry["ts"]

def export(directory, *held):
    read = lambda name: pathlib.Path(directory, name).read_bytes()
    *entries, rest = read("ledger.jsonl").split(b"\n")
    origin, size, head = checkpoint(read("checkpoint.txt").decode(), read("vkey.txt").decode().removesuffix("\n"))
    demand(size == len(entries) and not rest, f"the checkpoint covers {size} entries, {len(entries)} are there")
    last, cases, leaves = 0, {}, [hashlib.sha256(b"\0" + entry).digest() for entry in entries]
    heads = [checkpoint(pathlib.Path(file).read_bytes().decode()) for file in held] + [(origin, size, head)]
    for index, line in enumerate(entries):
        try:
            last = check_entry(line, last, cases)
        except ValueError as fault:
            raise ValueError(f"entry {index}: {fault}") from None
    for case in cases.keys() - {""}:
        demand({"purge", "legal"} & cases[case].keys() or last <= cases[case]["until"], f"case {case} is not purged, though promised")
    for who, old_size, old_root in heads:
        demand(who == origin and old_size <= size and root(leaves[:old_size]) == old_root,
               f"the first {old_size} entries are not those that were signed")
    return f"ok: {size} entries of {origin}, root {head.hex()}"

def proof(file, vkey, held=None):
    lines, note = pathlib.Path(file).read_bytes().decode().split("\n\n", 1)
    origin, size, head = checkpoint(note, pathlib.Path(vkey).read_text().removesuffix("\n"))
    first, *lines = lines.split("\n")
    if held:
        who, old, old_root = checkpoint(pathlib.Path(held).read_bytes().decode())
        holds = consistency_holds(old, old_root, size, head, [*map(unbase64, lines)])
        demand(first == f"old {old}" and who == origin and holds, "the older checkpoint is not a part of the newer one")
        return f"ok: {origin} only grew from {old} to {size} entries"
    entry, index = unbase64(lines[0].removeprefix("extra ")), int(lines[1].removeprefix("index "))
    demand([first, lines[0][:6], lines[1]] == ["c2sp.org/tlog-proof@v1", "extra ", f"index {index}"], "no receipt")
    holds = inclusion_holds(index, size, hashlib.sha256(b"\0" + entry).digest(), [*map(unbase64, lines[2:])], head)
    demand(holds, "the entry is not in the ledger at this place")
    return f"ok: entry {index} of {origin}: {entry.decode()}"

if __name__ == "__main__":
    try:
        print((export if pathlib.Path(sys.argv[1]).is_dir() else proof)(*sys.argv[1:]))
    except (ValueError, OSError, TypeError, LookupError, RecursionError) as fault:
        sys.exit(print(f"REJECTED: {fault}") or 1)
