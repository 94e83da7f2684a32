"""A canary person: after `purge run` no byte of name, address, title or department is left anywhere we write."""
import base64
import os
import urllib.parse

from appliance import Appliance, ask, require, serving, terminate, workshop


def written(value):
    """The value in every encoding that could hide it."""
    raw = value.encode()
    forms = {"utf8": raw, "upper": value.upper().encode(), "lower": value.lower().encode(),
             "utf16le": value.encode("utf-16-le"), "utf16be": value.encode("utf-16-be"), "hex": raw.hex().encode(),
             "HEX": raw.hex().upper().encode(), "percent": urllib.parse.quote(value).encode(),
             "quoted-printable": b"".join(b"=%02X" % b for b in raw)}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        # The characters that depend on neighbours are cut off at both ends.
        forms[f"base64+{shift}"] = encoded[(shift * 8 + 5) // 6:len(encoded) - 4]
    return forms


def hits(roots, values):
    found = []
    for root in roots:
        for parent, _, names in os.walk(root):
            for name in names:
                path = os.path.join(parent, name)
                if not os.path.isfile(path):  # a socket
                    continue
                with open(path, "rb") as file:
                    data = file.read()
                flat = data.replace(b"\r\n", b"").replace(b"\n", b"")
                for kind, value in values.items():
                    for encoding, needle in written(value).items():
                        if needle in data or needle in flat:
                            found.append(f"{kind} ({encoding}) in {name}")
    return found


def main():
    with workshop("canary") as directory:
        temporary = os.path.join(directory, "tmp")
        os.makedirs(temporary)
        os.environ["TMPDIR"] = temporary
        from appliance import ENVIRONMENT
        ENVIRONMENT["TMPDIR"] = temporary
        sink = os.path.join(directory, "sink")
        with serving("bob", "--people", "10", "--leavers", "0") as bob, serving("smtp", "--out", sink) as smtp:
            appliance = Appliance(directory, bob, smtp, quiet="144h", unwatched="false")
            appliance("run", "--once")
            canary = [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"][0]
            values = {"name": canary["displayName"], "address": canary["email"], "title": canary["titleName"],
                      "department": canary["departmentName"]}
            terminate(bob, canary)
            appliance("run", "--once")
            roots = [appliance.data, appliance.logs, temporary]
            require(hits([sink], values), "the search finds the canary where it must be: in the relay's copy")
            require(hits(roots, values) == [], f"an open case is sealed: {hits(roots, values)}")
            cases = appliance.json("queue", "list")["cases"]
            require([c["stage"] for c in cases] == ["accepted"], f"it waits for an operator: {cases}")
            appliance("queue", "confirm", cases[0]["case"])
            purge = appliance.json("purge", "run")
            require(purge["purged"] == 1 and purge["residue_hits"] == 0, f"purged: {purge}")
            require(hits(roots, values) == [], f"nothing is left: {hits(roots, values)}")
            require(appliance.json("purge", "scan")["residue_hits"] == 0, "our own scan agrees")
            require(appliance.json("queue", "list")["cases"] == [], "no case is open")
    print("canary: sealed while open, gone after `purge run`, in data_dir, logs and temporary directories")


if __name__ == "__main__":
    main()
