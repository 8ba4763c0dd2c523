#!/usr/bin/python3
"""Are alerts, runbooks and dashboard whole, and do they belong together? Prints what does not."""
import json
import os
import re
import sys

import jsonschema
import yaml

ROOT = __file__.rsplit("/", 3)[0]
SEVERITIES = {"critical", "warning", "info"}
WANTED = {"EdgeDown", "EdgeDegraded", "PeeringNotReady", "VerificationStale", "DriftFighting", "HostIdentityChanged", "CloudAuthFailed",
          "CloudThrottled", "ReconcileStuck", "OrphanedResources", "LeaderMissing", "CertificateOrKeyTooOld", "TargetDown"}
wrong = []


def read(path):
    with open(os.path.join(ROOT, path)) as file:
        return file.read()


def check(good, what):
    if not good:
        wrong.append(what)


def check_alerts(metrics):
    text = read("deploy/monitoring/alerts.yaml")
    rules = yaml.safe_load(text)["groups"][0]["rules"]
    names = {rule["alert"] for rule in rules}
    check(names >= WANTED, f"alerts are missing: {sorted(WANTED - names)}")
    tested = {rule["alertname"] for test in yaml.safe_load(read("tests/monitoring/alerts_test.yaml"))["tests"]
              for rule in test.get("alert_rule_test", []) if rule["exp_alerts"]}
    for rule in rules:
        name = rule["alert"]
        check(name in tested, f"{name}: tests/monitoring/alerts_test.yaml never sees it fire")
        check(rule["labels"].get("severity") in SEVERITIES, f"{name}: no severity")
        check(re.search(rf"alert: {name}\n(    .*\n|  .*\n)*?    for: \S+  # .{{20}}", text), f"{name}: its `for` gives no reason")
        for part in ("summary", "description", "runbook"):
            check(rule["annotations"].get(part), f"{name}: no {part}")
        page = rule["annotations"].get("runbook", "")
        check(page == f"docs/runbooks/{name}.md" and os.path.exists(os.path.join(ROOT, page)), f"{name}: its runbook {page} does not exist")
        check_names(f"alert {name}", rule["expr"], metrics)
    for page in os.listdir(os.path.join(ROOT, "docs/runbooks")):
        check(page[:-3] in names, f"docs/runbooks/{page}: there is no such alert")


def check_names(where, query, metrics):
    for name in set(re.findall(r"\b(vpcp_\w+|process_\w+)", query)):
        base = re.sub(r"_(bucket|count|sum)$", "", name)
        check(base in metrics or name in metrics or name.startswith("process_"), f"{where}: there is no metric {name}")


def check_dashboard(metrics):
    dashboard = json.loads(read("deploy/monitoring/dashboard.json"))
    schema = json.loads(read("tests/monitoring/dashboard.schema.json"))
    for error in jsonschema.Draft7Validator(schema).iter_errors(dashboard):
        wrong.append(f"dashboard.json: {error.json_path}: {error.message[:200]}")
    panels = dashboard["panels"]
    check(len({panel["id"] for panel in panels}) == len(panels), "dashboard.json: two panels have one id")
    rows = [panel["title"] for panel in panels if panel["type"] == "row"]
    check(rows == ["Overview", "An edge", "Drift", "Cloud API", "Controller"], f"dashboard.json: rows are {rows}")
    taken = {}
    for panel in panels:
        grid = panel["gridPos"]
        for x in range(grid["x"], grid["x"] + grid["w"]):
            for y in range(grid["y"], grid["y"] + grid["h"]):
                check((x, y) not in taken, f"dashboard.json: {panel['title']} lies on {taken.get((x, y))}")
                taken[x, y] = panel["title"]
        for target in panel.get("targets", []):
            check_names(f"panel {panel['title']}", target["expr"], metrics)


def main():
    metrics = set(re.findall(r"^\| `(vpcp_\w+)`", read("docs/metrics.md"), re.MULTILINE))
    check_alerts(metrics)
    check_dashboard(metrics)
    used = read("deploy/monitoring/dashboard.json") + read("deploy/monitoring/alerts.yaml")
    for name in sorted(name for name in metrics if name not in used):
        print(f"note: {name} is in no panel and no alert")
    print(*(wrong or ["alerts, runbooks and dashboard are whole"]), sep="\n")
    sys.exit(1 if wrong else 0)


main()
