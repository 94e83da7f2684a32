#!/usr/bin/env python3
"""Writes proofs.json: proofs that hold and proofs that do not, made from the definitions of RFC 9162 sections 2.1.1, 2.1.3.1
and 2.1.4.1 alone. Each wrong one is a right one with one thing changed.

A vector: what is changed, whether it holds, the kind; inclusion: index, size, leaf, root, proof; consistency: old and new size
and root, proof. Hashes are hex, so that one of a wrong length can stand there."""
import hashlib
import json
import pathlib

SIZES = [1, 2, 3, 5, 7, 8, 13, 33]


def leaf(number):
    return hashlib.sha256(b"\x00" + f"entry {number}".encode()).digest()


def mth(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def split(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def path(m, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    return path(m, leaves[:k]) + [mth(leaves[k:])] if m < k else path(m - k, leaves[k:]) + [mth(leaves[:k])]


def subproof(m, leaves, whole):
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return subproof(m, leaves[:k], whole) + [mth(leaves[k:])]
    return subproof(m - k, leaves[k:], False) + [mth(leaves[:k])]


def flipped(value):
    return bytes([value[0] ^ 1]) + value[1:]


def changes(proof):
    """The ways to spoil the list of hashes."""
    yield "an extra hash at the end", proof + [leaf(99)]
    yield "an extra hash at the beginning", [leaf(99)] + proof
    if proof:
        yield "the last hash missing", proof[:-1]
        yield "the first hash missing", proof[1:]
        yield "a bit of the first hash", [flipped(proof[0])] + proof[1:]
        yield "a bit of the last hash", proof[:-1] + [flipped(proof[-1])]
        yield "a short hash", proof[:-1] + [proof[-1][:31]]
        yield "an empty hash", proof[:-1] + [b""]
    if len(proof) > 1:
        yield "two hashes exchanged", [proof[1], proof[0]] + proof[2:]
        yield "the order reversed", proof[::-1]


def inclusion(size, index):
    leaves = [leaf(number) for number in range(size)]
    right = {"index": index, "size": size, "leaf": leaves[index], "root": mth(leaves), "proof": path(index, leaves)}
    yield "nothing", True, right
    for what, proof in changes(right["proof"]):
        yield what, proof == right["proof"], right | {"proof": proof}
    yield "the leaf", False, right | {"leaf": leaf(98)}
    yield "the root", False, right | {"root": flipped(right["root"])}
    yield "the root of no tree", False, right | {"root": mth([])}
    yield "an index below 0", False, right | {"index": -1}
    yield "an index beyond the tree", False, right | {"index": size}
    yield "a size of 0", False, right | {"size": 0}
    if size > 1:
        yield "the next place", False, right | {"index": (index + 1) % size}
        yield "twice the size", False, right | {"size": 2 * size}


def consistency(old, new):
    leaves = [leaf(number) for number in range(new)]
    right = {"old": old, "old_root": mth(leaves[:old]), "new": new, "new_root": mth(leaves),
             "proof": subproof(old, leaves, True) if old else []}
    yield "nothing", True, right
    for what, proof in changes(right["proof"]):
        yield what, proof == right["proof"], right | {"proof": proof}
    yield "the old root", False, right | {"old_root": flipped(right["old_root"])}
    if old or not new:  # any tree begins with the empty one
        yield "the new root", False, right | {"new_root": flipped(right["new_root"])}
    yield "a negative size", False, right | {"old": -1}
    if old != new:
        yield "the sizes exchanged", False, right | {"old": new, "new": old}
        yield "the roots exchanged", False, right | {"old_root": right["new_root"], "new_root": right["old_root"]}
    if 0 < old < new:
        yield "the old size", False, right | {"old": old - 1 or new}
        yield "no proof", False, right | {"proof": []}


def written(value):
    return value.hex() if isinstance(value, bytes) else [v.hex() for v in value] if isinstance(value, list) else value


vectors = []
for size in SIZES:
    for index in sorted({0, size // 2, size - 1}):
        vectors += [("inclusion", *vector) for vector in inclusion(size, index)]
for old, new in [(0, 0), (0, 5), (1, 1), (1, 2), (1, 3), (2, 3), (3, 7), (4, 7), (6, 8), (7, 13), (8, 13), (12, 33), (32, 33), (33, 33)]:
    vectors += [("consistency", *vector) for vector in consistency(old, new)]
lines = [json.dumps({"kind": kind, "changed": what, "holds": holds, **{k: written(v) for k, v in fields.items()}})
         for kind, what, holds, fields in vectors]
pathlib.Path(__file__).with_name("proofs.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
print(len(vectors), "vectors,", sum(v[2] for v in vectors), "of them right")
