"""The demo as a newcomer and as an auditor see it: foreign validators accept every PDF, one flipped byte is invalid."""
import glob
import json
import os
import subprocess
import sys

from appliance import ROOT, refpassport, require, workshop

PYHANKO = os.environ.get("PYHANKO", "pyhanko")


def tool(*command, expect=0):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    require(done.returncode == expect, f"{command[0]} exits {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def accepted_by_everybody(path, root):
    report = tool("pdfsig", path)
    require("Signature is Valid" in report and "Total document signed" in report, f"pdfsig: {report}")
    require("ETSI.CAdES.detached" in report, "pdfsig names PAdES")
    report = tool(PYHANKO, "sign", "validate", "--pretty-print", "--trust", root, "--trust-replace", "--no-revocation-check", path)
    require("The signature is judged VALID." in report, f"pyHanko: {report}")
    report = tool("qpdf", "--check", path)
    require("No syntax or stream encoding errors found" in report, f"qpdf: {report}")


def main():
    with workshop("demo") as directory:
        out = os.path.join(directory, "out")
        report = json.loads(refpassport("demo", "--leavers", "5", "--out", out, "--json").stdout)
        for key in ("leavers", "accepted", "confirmed", "purged"):
            require(report[key] == 5, f"{key} is 5: {report}")
        require(report["residue_hits"] == 0 and report["ledger"]["ok"] is True, f"no residue, ledger ok: {report}")
        require(report["bob"]["personal_fields_requested_for_non_leavers"] == 0, "nothing asked about non-leavers")
        require(len(report["files"]) >= 13, "files are listed")
        export = tool("python3", os.path.join(ROOT, "Tests", "AuditTests", "verify_export.py"), out)
        print("independent verifier:", export.strip())
        pdfs = sorted(glob.glob(os.path.join(out, "pdf", "*.pdf")))
        require(len(pdfs) == 5, "five PDFs")
        root = os.path.join(out, "root.pem")
        for path in pdfs:
            accepted_by_everybody(path, root)
            verdict = json.loads(refpassport("reference", "verify", path, "--root", root, "--offline", "--json").stdout)
            require(verdict["verdict"] == "silver", f"silver with a pinned root and no DNS: {verdict}")
            refpassport("reference", "verify", path, "--offline", expect=1)
            with open(path, "rb") as file:
                data = bytearray(file.read())
            data[len(data) // 2] ^= 0x01
            flipped = os.path.join(directory, "flipped.pdf")
            with open(flipped, "wb") as file:
                file.write(data)
            done = refpassport("reference", "verify", flipped, "--root", root, "--offline", "--json", expect=1)
            require(json.loads(done.stdout)["verdict"] == "invalid", "one flipped byte is invalid")
        refpassport("demo", "--leavers", "5", "--out", out, expect=2)
    print("demo: 5 leavers; pdfsig, pyHanko and qpdf accept each PDF; one flipped byte is invalid")


if __name__ == "__main__":
    main()
