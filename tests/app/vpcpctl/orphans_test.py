#!/usr/bin/python3
"""`orphans` against a lab without hosts: it lists what has no owner, and deletes by name, after asking. orphans_test.py FOLDER-OF-PROGRAMS"""
import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

from terminal import Terminal, check, write_peering

KEY = "orphans-test-key"
RESTORED = "cccccccc-2222-4333-8444-dddddddddddd"  # the uid of an object that another one goes on from
GONE = "aaaaaaaa-2222-4333-8444-bbbbbbbbbbbb"  # the uid of an object that nobody has


class Cloud:
    """The lab's API, and what this test makes there."""

    def __init__(self, programs, log):
        with open(log, "w", encoding="utf-8") as out:
            self.lab = subprocess.Popen([programs / "vultr-lab", "serve", "--listen", "127.0.0.1:0", "--backend", "memory", "--boot-seconds", "1",
                                         "--vpc-linger-seconds", "1", "--rate-limit", "0"], stdout=out, stderr=out, env={**os.environ, "VULTR_API_KEY": KEY})
        end = time.monotonic() + 20
        while not (found := re.search(r"http://127\.0\.0\.1:\d+", pathlib.Path(log).read_text(encoding="utf-8"))):
            if self.lab.poll() is not None or time.monotonic() > end:
                raise SystemExit("the lab did not start")
            time.sleep(0.05)
        self.url = found.group()

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.url + path, json.dumps(body).encode() if body else None, method=method,
                                         headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or "{}")

    def make(self, uid, label):
        """An instance, a firewall group and a VPC with the mark of `uid`. Returns their ids in the order in which they can go."""
        vpc = self.ask("POST", "/v2/vpcs", {"region": "ams", "description": f"{label} (vpcp-{uid}/amsterdam)", "v4_subnet": "172.16.9.0", "v4_subnet_mask": 24})
        group = self.ask("POST", "/v2/firewalls", {"description": f"vpcp-{uid}/amsterdam/gateway-0"})
        instance = self.ask("POST", "/v2/instances", {
            "region": "ams", "plan": "vc2-1c-1gb", "os_id": 1743, "label": label, "tags": [f"vpcp-{uid}"],
            "user_data": base64.b64encode(b"#cloud-config\n").decode()})
        return [instance["instance"]["id"], group["firewall_group"]["id"], vpc["vpc"]["id"]]

    def ids(self):
        kinds = {"instances": "instances", "firewalls": "firewall_groups", "vpcs": "vpcs"}
        return {one["id"] for path, name in kinds.items() for one in self.ask("GET", f"/v2/{path}")[name]}


def run(vpcpctl, *arguments):
    done = subprocess.run([vpcpctl, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          encoding="utf-8", timeout=60)
    return done.returncode, done.stdout


def answered(vpcpctl, identifier, answer):
    """What a person at a terminal sees who answers so."""
    terminal = Terminal(vpcpctl, "orphans", "--delete", identifier)
    question = terminal.until("[y/N] ")
    terminal.type(answer + "\n")
    rest, code = terminal.ended()
    return code, question + rest


def story(vpcpctl, cloud, owner):
    owned = cloud.make(owner, "Owned")
    instance, group, vpc = orphans = cloud.make(GONE, "Left-Behind")
    foreign = cloud.ask("POST", "/v2/vpcs", {"region": "ams", "description": "of somebody else"})["vpc"]["id"]
    everything = {*owned, *orphans, foreign}

    code, text = run(vpcpctl, "orphans")
    listed = {identifier for identifier in everything if identifier in text}
    check(code == 0 and listed == set(orphans) and text.count(GONE) >= 3, "what no object owns is listed with its owner's uid, and nothing else", text)
    cloud.ask("POST", "/lab/v1/faults", {"kind": "throttle", "match": {"method": "GET", "path": "^/v2/"}, "count": 1})
    code, text = run(vpcpctl, "orphans")
    check(code == 0 and instance in text, "a look that comes too soon after others (429) is made again", text)
    code, text = run(vpcpctl, "orphans", "--delete", instance)
    check(code == 1 and "nobody said yes" in text, "without a terminal nothing is deleted", text)
    for other in (owned[0], foreign, "nonsense"):
        code, text = run(vpcpctl, "orphans", "--delete", other, "--yes")
        check(code == 1 and f"no orphan has the id {other}" in text, "what is no orphan is not deleted, whoever says yes", text)
    code, text = answered(vpcpctl, instance, "n")
    check(code == 1 and "Left-Behind" in text and "is left alone" in text, "a no is a no", text)
    check(cloud.ids() == everything, "so far all of it is there", cloud.ids())

    whose = pathlib.Path(os.environ["VPCP_STATE"], "status/network.restored.yaml")
    restored = cloud.make(RESTORED, "Restored")
    everything |= set(restored)
    code, text = run(vpcpctl, "orphans")
    check(code == 0 and not any(one in text for one in restored), "what a restored object owns by its mark is no orphan", text)
    status = whose.read_text(encoding="utf-8")
    for damage in "", status[:status.index("  mark:")], None:
        whose.unlink() if damage is None else whose.write_text(damage, encoding="utf-8")
        code, text = run(vpcpctl, "orphans")
        check(code == 1 and "what belongs to network/restored cannot be told" in text and restored[0] not in text, "without its mark nothing is called one", text)
        code, text = run(vpcpctl, "orphans", "--delete", restored[0], "--yes")
        check(code == 1 and cloud.ids() == everything, "nor deleted", text)
        code, text = run(vpcpctl, "cost")
        check(code == 1 and restored[0] not in text and "cannot be told" in text, "nor on the bill", text)
        whose.write_text(status, encoding="utf-8")

    code, text = answered(vpcpctl, instance, "y")
    check(code == 0 and f"deleted: instance Left-Behind ({instance})" in text, "a yes deletes", text)
    check(cloud.ids() == everything - {instance}, "that one alone", cloud.ids())
    code, text = run(vpcpctl, "orphans", "--delete", group, vpc, "--yes")
    check(code == 0 and text.count("deleted: ") == 2, "several at once, where nobody can be asked", text)
    check(cloud.ids() == {*owned, *restored, foreign}, "what was not named stays", cloud.ids())
    code, text = run(vpcpctl, "orphans")
    check(code == 0 and "belongs to an object of this store" in text, "none is left", text)


def main():
    programs = pathlib.Path(sys.argv[1]).resolve()
    for name in ("KUBECONFIG", "VPCP_MANIFESTS"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as work:
        state = os.path.join(work, "state")
        write_peering(state, "ams-blr")
        owner = json.loads(pathlib.Path(state, "objects/network.ams-blr.json").read_text(encoding="utf-8"))["object"]["metadata"]["uid"]
        write_peering(state, "restored")
        with open(os.path.join(state, "objects/network.restored.json"), "r+", encoding="utf-8") as file:
            text = file.read().replace('"spec": {', '"spec": {"restoreFrom": {"name": "exported"}, ')
            file.seek(0)
            file.write(text)
        shown = pathlib.Path(state, "status/network.restored.yaml")
        shown.write_text(shown.read_text(encoding="utf-8").replace("  monthlyCostUSD", f"  mark: {RESTORED}\n  monthlyCostUSD"), encoding="utf-8")
        cloud = Cloud(programs, os.path.join(work, "lab.log"))
        os.environ.update(LC_ALL="C.UTF-8", TERM="xterm", NO_COLOR="1", VULTR_API_KEY=KEY, VPCP_STATE=state, VPCP_VULTR_URL=cloud.url)
        try:
            story(programs / "vpcpctl", cloud, owner)
        finally:
            cloud.lab.terminate()
            cloud.lab.wait()


main()
