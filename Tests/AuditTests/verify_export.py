#!/usr/bin/env python3
"""Checks a ledger export, a receipt or a proof of growth without trusting the program that wrote it.
    verify_export.py DIRECTORY [CHECKPOINT...]  or  PROOF VKEY_FILE [CHECKPOINT]    (with it: of growth; without: a receipt)
Compare vkey.txt with a copy that reached you on another way. Written from RFC 6962, 9162 and 8785 and the C2SP texts
signed-note, tlog-checkpoint, tlog-proof and tlog-witness; needs openssl (for Ed25519). Exit status 0: it holds; 1: not."""
import base64, hashlib, json, pathlib, re, subprocess, sys, tempfile
CASE_EVENTS = set("issue seal sent deferred unknown bounced confirm cancel fail expire purge".split())
EVENTS = CASE_EVENTS | set("detect hold release revoke restore key-rotate config operator epoch-destroyed".split())
NEEDS = dict.fromkeys("sent deferred unknown bounced".split(), {"seal"}) | {"seal": {"issue"}, "confirm": {"sent", "unknown"}}
AFTER_PURGE = {"bounced", "hold", "release", "operator", "revoke", "restore"}
PRUNED = re.compile(rb'\{"leaf":"([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])"\}')  # what is left of a dropped entry
START = dict(until=2**53, kept=2**53, since=None, pruned=-1, after=0, dropped=0, told=0, upto=0, latest=-1)

def demand(holds, text):
    if not holds: raise ValueError(text)

def signature_holds(key, *rest):  # message and signature; the prefix is SubjectPublicKeyInfo, RFC 8410
    with tempfile.TemporaryDirectory() as place:
        files = [pathlib.Path(place, name) for name in ("key", "message", "signature")]
        [f.write_bytes(octets) for f, octets in zip(files, (bytes.fromhex("302a300506032b6570032100") + key, *rest))]
        command = "openssl pkeyutl -verify -pubin -keyform DER -rawin -inkey {} -in {} -sigfile {}".format(*files)
        return subprocess.run(command.split(), capture_output=True).returncode == 0

def unbase64(text):
    raw = base64.b64decode(text, validate=True)
    return demand(base64.b64encode(raw).decode() == text, "loose base64") or raw
hashed = lambda line: hashlib.sha256(b"\0" + line).digest()
leaf_of = lambda line: base64.urlsafe_b64decode(gone[1] + b"=") if (gone := PRUNED.fullmatch(line)) else hashed(line)

def checkpoint(note, vkey=None):  # returns origin, size, root; checks the signature when given a key
    text, _, lines = note.rpartition("\n\n") if "\n\n" in note else (note.removesuffix("\n"), "", "")  # or the bare text
    if vkey:
        name, key_id, key = vkey.split("+", 2)
        key = unbase64(key)
        digest = hashlib.sha256(name.encode() + b"\n" + key).digest()
        demand(key[0] == 1 and len(key) == 33 and digest[:4].hex() == key_id, "the vkey is not sound")
        words = [line.split(" ") for line in lines[:-1].split("\n")]
        demand(all(len(w) == 3 and w[0] == "\u2014" for w in words), "the note has a bad signature line")
        ours = [raw for raw in (unbase64(w[2]) for w in words if w[1] == name) if raw[:4] == digest[:4]]
        demand(ours and all(signature_holds(key[1:], text.encode() + b"\n", raw[4:]) for raw in ours), "a wrong signature")
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

inclusion_holds = lambda index, size, leaf, way, head: 0 <= index < size and included(index, size, leaf, way) == head and not way

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

whole = lambda text: demand(re.fullmatch("-?[0-9]+", text) and abs(int(text)) < 2**53, "no integer below 2^53") or int(text)
canonical = lambda value: json.dumps(value, sort_keys=True, separators=(",", ":")).encode()  # RFC 8785, of ASCII and integers

def check_entry(line, index, last, cases, leaves, state):  # returns the time
    if PRUNED.fullmatch(line):
        demand(state["since"] is not None, "dropped before any configuration")
        return state.update(pruned=index, after=None, dropped=state["dropped"] + 1) or last
    entry = json.loads(line.decode(), parse_int=whole, parse_float=whole, parse_constant=whole)
    demand(isinstance(entry, dict) and len(line) <= 1024 and canonical(entry) == line, "not canonical")
    sixteen = lambda text: isinstance(text, str) and re.fullmatch("[A-Za-z0-9_-]{21}[AQgw]", text)
    event, case, now = map(entry.get, ("ev", "case", "ts"))
    demand(type(now) is type(entry.get("v")) is int and entry["v"] == 1 and event in EVENTS and sixteen(entry.get("n")), "a field is wrong")
    demand(now >= last and (sixteen(case) if "case" in entry else event not in CASE_EVENTS), "time runs back, or a wrong case")
    state["after"] = now if state["after"] is None else state["after"]
    if event == "config":  # what it promises; a day of grace
        kept = entry.get("entriesKept", 2**53)  # for good; to keep them for longer takes nobody by surprise
        state.update(kept=kept, since=state["since"] if state["kept"] <= kept and state["kept"] < 2**53 else now)
        state["until"] = entry["purgeLatest"] + 86400 if "purgeLatest" in entry else state["until"]
    if event == "operator" and entry.get("act") == "prune":  # kept for longer than a purge takes, and announced as early
        state.update(told=state["told"] + entry["count"], upto=max(state["upto"], entry["upto"]))
        state["latest"] = now - state["kept"] if now - state["since"] >= state["kept"] >= state["until"] else -1
    if event == "restore" and not case:  # what came back from a backup goes on under another name, with a day for the late
        head = base64.urlsafe_b64encode(root(leaves[:index])).decode()
        demand(canonical([entry["size"], entry["root"] + "="]) == canonical([index, head]), "restore cites another ledger")
        state["from " + entry["from"]] = index
        [seen.update(until=max(seen["until"], now + 86400)) for seen in cases.values()]
    first = {"purge": True} if event == "revoke" and state["pruned"] >= 0 else {}  # the afterword of a case that was dropped
    seen = cases.setdefault(case, first | {"until": now + state["until"]}) if case else {}
    demand("purge" not in seen or event in AFTER_PURGE, event + " after the purge")
    demand(event not in NEEDS or seen.keys() & NEEDS[event], event + " comes too early")
    if event == "purge":
        demand(entry.get("after") in {"confirm", "fail", "expire", "cancel"} & seen.keys(), "purge without its reason")
        demand(now <= seen["until"] and "legal" not in seen, "purge later than promised, or under a legal hold")
        demand(canonical(entry.get("scan", {}).get("hits")) == b"0", "no clean scan")
    if case and event in ("hold", "release") and "legal" in entry:  # a legal hold lends its own time
        seen["until"] += now - seen.pop("legal", now)
        seen.update({"legal": now} if event == "hold" else {})
    return seen.update({event: True}) or now

def export(directory, *held):
    read = lambda name: pathlib.Path(directory, name).read_bytes()
    *entries, rest = read("ledger.jsonl").split(b"\n")
    origin, size, head = checkpoint(read("checkpoint.txt").decode(), read("vkey.txt").decode().removesuffix("\n"))
    demand(size == len(entries) and not rest, f"the checkpoint covers {size} entries, {len(entries)} are there")
    last, cases, leaves, state = 0, {}, [*map(leaf_of, entries)], dict(START)
    for index, line in enumerate(entries):
        try:
            last = check_entry(line, index, last, cases, leaves, state)
        except ValueError as fault:
            raise ValueError(f"entry {index}: {fault}") from None
    by_rule = state["pruned"] < state["upto"] and (state["after"] or 2**53) <= state["latest"] and state["dropped"] == state["told"]
    demand(not state["dropped"] or by_rule, f"entry {state['pruned']}, or one before, was dropped against the rules")
    for case, seen in cases.items():
        demand({"purge", "legal"} & seen.keys() or last <= seen["until"], f"case {case} is not purged, though promised")
    for who, old_size, old_root in [checkpoint(pathlib.Path(file).read_bytes().decode()) for file in held] + [(origin, size, head)]:
        reach = size if who == origin else state.get("from " + who, -1)
        demand(old_size <= reach and root(leaves[:old_size]) == old_root, f"the first {old_size} entries are not those signed")
    return f"ok: {size} entries of {origin}, root {head.hex()}"

def proof(file, vkey, held=None):
    lines, note = pathlib.Path(file).read_bytes().decode().split("\n\n", 1)
    origin, size, head = checkpoint(note, pathlib.Path(vkey).read_text().removesuffix("\n"))
    first, *lines = lines.split("\n")
    if held:
        who, old, old_root = checkpoint(pathlib.Path(held).read_bytes().decode())
        demand(first == f"old {old}" and who == origin, "this is about another checkpoint")
        demand(consistency_holds(old, old_root, size, head, [*map(unbase64, lines)]), "the older one is not a part of the newer")
        return f"ok: {origin} only grew from {old} to {size} entries"
    entry, index = unbase64(lines[0].removeprefix("extra ")), int(lines[1].removeprefix("index "))
    demand([first, lines[0][:6], lines[1]] == ["c2sp.org/tlog-proof@v1", "extra ", f"index {index}"], "no receipt")
    demand(inclusion_holds(index, size, hashed(entry), [*map(unbase64, lines[2:])], head), "the entry is not at this place")
    return f"ok: entry {index} of {origin}: {entry.decode()}"

if __name__ == "__main__":
    try:
        print((export if pathlib.Path(sys.argv[1]).is_dir() else proof)(*sys.argv[1:]))
    except (ValueError, OSError, TypeError, LookupError, AttributeError, RecursionError) as fault:
        sys.exit(print(f"REJECTED: {fault}") or 1)
