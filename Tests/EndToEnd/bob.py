"""Bob as he behaves: scenarios told by the stand-in, rights that are missing, a token that is rotated, a Bob that is away."""
import datetime
import json
import os
import time
import urllib.request

from appliance import Appliance, ask, refpassport, references, require, serving, wait_until, workshop

TODAY = datetime.date.today()


def post(bob, path, body=None):
    request = urllib.request.Request(f"{bob['control']}/{path}", method="POST",
                                     data=json.dumps(body).encode() if body is not None else b"")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or b"null")


def alarms(appliance):
    return [alarm["kind"] for alarm in appliance.json("queue", "list")["alarms"]]


STORY = f"""
about: Amber leaves at midnight of her site; Calla is of a department that gets no references; Dorrin's address is shared.
clock: {{start: now}}
company: {{size: 30}}
people:
  amber: {{name: Amber Applewick, email: amber@acme.example, title: "209190001", department: Product}}
  calla: {{name: Calla Canary, email: calla@acme.example, department: "209192164"}}
  dorrin: {{email: front-desk@acme.example}}
  elow: {{email: front-desk@acme.example}}
  fenn: {{status: terminated, termination_date: {TODAY - datetime.timedelta(days=3)}, email: fenn@acme.example}}
story:
  - {{at: day 1, who: amber, leaves: day 1}}
  - {{at: day 1, who: calla, leaves: day 1}}
  - {{at: day 1, who: dorrin, leaves: day 1}}
"""


def scenarios(directory):
    """A file of people and changes drives the whole way, and `leavers list` tells why there is a case or none."""
    story = os.path.join(directory, "story.yaml")
    with open(story, "w") as file:
        file.write(STORY)
    sink = os.path.join(directory, "sink")
    with serving("bob", "--scenario", story, "--listen", "127.0.0.1:0") as bob, \
            serving("smtp", "--out", sink) as smtp:
        appliance = Appliance(directory, bob, smtp, more_bob=", exclude_departments: [Harbour works]")
        require(appliance.json("run", "--once")["baseline"], "the first contact takes the baseline")
        post(bob, "clock?advance=86400")
        done = appliance.json("run", "--once")
        require((done["opened"], done["held"]) == (2, 1), f"Amber has a case, Dorrin's is held: {done}")
        require(len(references(sink)) == 1, "Amber alone is mailed")
        listed = appliance.json("leavers", "list")
        kinds = sorted((row["what"], row.get("hold") or "") for row in listed["leavers"] if row["what"] != "baseline")
        require(kinds == [("case", ""), ("case", "shared-address"), ("excluded", "")], f"what was seen: {kinds}")
        require(listed["last_poll"], "it tells when Bob was read last")
        text = appliance("leavers", "list").stdout
        require("department" in text and "gone before the first contact" in text, "and why")
        for word in ("Amber", "amber@", "Calla", "front-desk", "Applewick"):
            require(word not in text + json.dumps(listed), f"nobody is named in it: {word}")
        # Calla's department gets none, but a person may say otherwise.
        calla = [p["id"] for p in ask(f"{bob['control']}/people") if p["email"] == "calla@acme.example"][0]
        appliance("leavers", "reissue", stdin=calla + "\n")
        appliance.json("run", "--once")
        require(len(references(sink)) == 2, "reissue makes Calla's first reference")
        # Fenn was gone at the first contact; a backfill on purpose sends what was not sent.
        done = appliance.json("run", "--once", "--since", str(TODAY - datetime.timedelta(days=5)))
        require(done["opened"] == 1 and len(references(sink)) == 3, f"--since reaches back: {done}")
        done = appliance.json("run", "--once", "--since", str(TODAY - datetime.timedelta(days=5)))
        require(done["opened"] == 0, "and only once")
        require("--since" in appliance("run", "--once", "--since", "yesterday", expect=2).stderr, "a day is written so")


def rights(directory):
    """`check` names the setting in Bob that is missing, each in turn."""
    with serving("bob", "--people", "20") as bob:
        appliance = Appliance(directory, bob, {"url": "smtp://127.0.0.1:9"})

        def findings():
            return {f["name"]: f for f in appliance.json("check", expect=None)["findings"]}

        well = findings()
        require(well["bob, reference fields"]["verdict"] == "passed", "one leaver proves the reference fields")
        require(well["bob, read-only"]["verdict"] == "unproven", "that it may not write is not proven")
        require(any(f["name"] == "policy" and "will issue when" in f["sentence"]
                    for f in appliance.json("check", expect=None)["findings"]), "the policy is said in sentences")
        lacks = [
            ({"view": ["root", "work"]}, "bob, lifecycle", "category Lifecycle"),
            ({"view": ["root", "lifecycle"]}, "bob, field work.title", "category Work"),
            ({"view": ["work", "lifecycle"]}, "bob, basic info", "category Basic info"),
            ({"moved_fields": {"root.email": "home"}}, "bob, field root.email", "Personal contact details"),
            ({"audience": "active"}, "bob, leavers", "Access data for"),
            ({"audience": "nobody"}, "bob, leavers", "Access data for"),
            ({"refuses": 403}, "bob, credentials", "Permission groups"),
        ]
        whole = {"view": ["root", "work", "lifecycle"], "moved_fields": {}, "audience": "all", "refuses": None}
        for lack, name, words in lacks:
            post(bob, "switches", {**whole, **lack})
            finding = findings()[name]
            require(finding["verdict"] == "failed" and words in finding["sentence"], f"{lack}: {finding}")
        post(bob, "switches", whole)
    return len(lacks)


def rotation(directory):
    """The token is rotated in Bob and in its file while the daemon runs; a Bob that is away for long raises an alarm."""
    with serving("bob", "--people", "20", "--leavers", "1") as bob, \
            serving("smtp", "--out", os.path.join(directory, "sink")) as smtp:
        appliance = Appliance(directory, bob, smtp, poll="1s", more_bob=", alarm_after: 3s")
        with appliance.daemon():
            wait_until(lambda: os.path.exists(f"{appliance.data}/control.sock"), "the daemon begins")
            wait_until(lambda: appliance.json("leavers", "list").get("baseline"), "the baseline is taken")
            post(bob, "token?value=rotated-token")
            wait_until(lambda: "bob" in alarms(appliance), "a refused token is an alarm")
            asked = len(ask(f"{bob['control']}/requests")["requests"])
            time.sleep(3)
            require(len(ask(f"{bob['control']}/requests")["requests"]) == asked, "a refused token is not sent again")
            appliance.secret("bob-token", "rotated-token")
            leaver = ask(f"{bob['control']}/people")[-1]
            post(bob, f"terminate/{leaver['id']}?date={TODAY}")
            # At the next look, not in an hour.
            wait_until(lambda: "bob" not in alarms(appliance), "the new token is taken without a restart", 40)
            wait_until(lambda: len(references(os.path.join(directory, "sink"))) == 1, "and the leaver is mailed")
            post(bob, "switches", {"trouble": "503"})
            wait_until(lambda: "bob" in alarms(appliance), "a Bob that is away for longer than alarm_after is an alarm")
            detail = [a for a in appliance.json("queue", "list")["alarms"] if a["kind"] == "bob"][0]["detail"]
            require("has succeeded since" in detail, f"which says since when: {detail}")
            post(bob, "switches", {"trouble": None})
            wait_until(lambda: "bob" not in alarms(appliance), "and is over when Bob is back", 60)


def companies(directory):
    """Two companies side by side on one machine, each with data, keys and Bob of its own, know nothing of each other."""
    marks = []
    with serving("bob", "--people", "12") as north, serving("bob", "--people", "12") as south, \
            serving("smtp", "--out", os.path.join(directory, "sink")) as smtp:
        appliances = []
        for name, bob in (("north", north), ("south", south)):
            place = os.path.join(directory, name)
            os.mkdir(place)
            appliances.append(Appliance(place, bob, smtp))
        with appliances[0].daemon(), appliances[1].daemon():
            for appliance in appliances:
                wait_until(lambda: os.path.exists(f"{appliance.data}/control.sock"), "both begin")
                wait_until(lambda: appliance.json("leavers", "list").get("baseline"), "both take their baseline")
                marks.append({row["mark"] for row in appliance.json("leavers", "list")["leavers"]})
        require(marks[0] and not marks[0] & marks[1], "the same people have other marks elsewhere")


def mistakes(directory):
    """What cannot be told is said with file, line and way out."""
    story = os.path.join(directory, "bad.yaml")
    with open(story, "w") as file:
        file.write("people: {amber: {}}\nswitches: {shape: round}\nstory:\n  - {at: soon, who: amber, stays: true}\n")
    told = refpassport("sandbox", "bob", "--scenario", story, expect=2).stderr
    require("line 2" in told and "line 4" in told and "--example" in told, f"both mistakes: {told}")
    require("this machine" in refpassport("sandbox", "bob", "--listen", "0.0.0.0:80", expect=2).stderr, "loopback only")
    require("rate_limit" in refpassport("sandbox", "bob", "--switches").stdout, "the switches are listed")
    example = os.path.join(directory, "example.yaml")
    with open(example, "w") as file:
        file.write(refpassport("sandbox", "bob", "--example").stdout)
    with serving("bob", "--scenario", example) as bob:
        require(len(ask(f"{bob['control']}/people")) == 42, "the example is told")


if __name__ == "__main__":
    for part in (scenarios, rotation, companies, mistakes):
        with workshop("bob") as directory:
            part(directory)
    with workshop("bob") as directory:
        count = rights(directory)
    print(f"bob: a scenario told over a socket; {count} missing rights each named by check; a token rotated under the daemon; "
          "a Bob that was away raised an alarm; two companies side by side; nothing but reads was asked")
