"""Bad input gets a sentence that names file, key and way out, the right exit code, and loses nothing."""
import json
import os
import shutil
import urllib.request

from appliance import ROOT, Appliance, ask, mails, references, require, serving, terminate, workshop


def main():
    with workshop("badinput") as directory:
        sink = os.path.join(directory, "sink")
        with serving("bob", "--people", "10", "--leavers", "0") as bob, serving("smtp", "--out", sink) as smtp:
            appliance = Appliance(directory, bob, smtp)
            appliance("run", "--once")
            leaver = [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"][0]
            terminate(bob, leaver)
            with open(appliance.config) as file:
                good = file.read()

            def spoiled(old, new, exit_code, *words, command=("run", "--once")):
                require(old in good, f"{old} stands in the configuration")
                with open(appliance.config, "w") as file:
                    file.write(good.replace(old, new))
                said = appliance(*command, expect=exit_code).stderr
                for word in words:
                    require(word in said, f"\"{word}\" is said: {said}")
                with open(appliance.config, "w") as file:
                    file.write(good)

            spoiled("retry_policy:", "retry_polisy:", 2, "refpassport.yaml:", "retry_polisy", "retry_policy")
            spoiled("quiet_period: 0s", "quiet_period: soon", 2, "refpassport.yaml:", "confirm.quiet_period")
            spoiled("token_file: bob-token", "token_file: no-such-file", 2, "bob.token_file", "no-such-file")
            os.chmod(os.path.join(directory, "bob-token"), 0o644)
            spoiled("Acme Ltd", "Acme Ltd", 2, "bob-token", "chmod 600")
            os.chmod(os.path.join(directory, "bob-token"), 0o600)
            spoiled(smtp["url"], "smtp://127.0.0.1:1", 3, "smtp.url", command=("check",))
            spoiled(bob["base_url"], "http://127.0.0.1:1/v1", 3, "bob", command=("check",))
            appliance.secret("bob-token", "wrong")
            said = appliance("run", "--once", expect=3).stderr
            require("bob.token_file" in said, f"a wrong token names its key: {said}")
            appliance.secret("bob-token", bob["token"])

            templates = os.path.join(directory, "templates")
            shutil.copytree(f"{ROOT}/mail-templates", templates)
            with open(f"{templates}/en-GB/leaver.text.mustache", "a") as file:
                file.write("{{nmae}}\n")
            spoiled(f"templates: {ROOT}/mail-templates", f"templates: {templates}", 2, "leaver.text.mustache:", "{{nmae}}",
                    "{{name}}")

            # A relay that is down: the case is opened and waits; nothing is lost, no attempt is charged.
            spoiled(smtp["url"], "smtp://127.0.0.1:1", 3, "smtp.url")
            cases = appliance.json("queue", "list")["cases"]
            require([(c["stage"], c["attempts"]) for c in cases] == [("queued", 0)], f"queued, not charged: {cases}")
            appliance("run", "--once")
            require(len(references(sink)) == 1, "sent once the relay is back")

            # Leavers who cannot be served: held with the reason, never a crash, never a wrong reference.
            odd = {"no-address": {"email": None}, "bad-address": {"email": "eve@acme.example\r\nRCPT TO:<x@y.example>"},
                   "no-dates": {"startDate": None}, "unprintable": {"displayName": "Nemo \U000F0000\U0001FAE8"}}
            people = [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"]
            for person, change in zip(people, odd.values()):
                body = json.dumps(change).encode()
                urllib.request.urlopen(urllib.request.Request(
                    f"{bob['control']}/change/{person['id']}", data=body, method="POST",
                    headers={"Content-Type": "application/json"}), timeout=30).read()
                terminate(bob, person)
            appliance("run", "--once")
            held = {c["why"] for c in appliance.json("queue", "list")["cases"] if c["stage"] == "held"}
            require(held == set(odd), f"each is held with its reason: {held}")
            require(len(references(sink)) == 1, "no wrong reference was sent")
            notices = [m for m in mails(sink) if "To: people@acme.example" in m]
            require(len(notices) == 1 and "(4)" in notices[0], "HR hears of all four in one mail")
            require(not any(word in notices[0] for word in ("eve@", "Nemo")), "the notice names nobody")
    print("bad input: every sentence names its key, every exit code is right, nothing is lost")


main()
