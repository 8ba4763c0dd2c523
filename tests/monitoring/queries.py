#!/usr/bin/python3
"""queries.py PROMETHEUS-URL [SECONDS]: does every query of the dashboard and of the alert rules find data in this Prometheus?

Variables of the dashboard stand for everything, and an alert is asked without its threshold. Tries until SECONDS are over.
"""
import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import yaml

MONITORING = __file__.rsplit("/", 3)[0] + "/deploy/monitoring/"
ANY = ".+"
RANGE = "20s"
# No series here: the lab's controller has no kubeconfig. tests/e2e/kubernetes/outages.sh looks for it.
OF_KUBERNETES = ("vpcp_kubernetes_",)


def ask(url, query):
    data = urllib.parse.urlencode({"query": query}).encode()
    try:
        with urllib.request.urlopen(url + "/api/v1/query", data, timeout=10) as answer:
            return json.load(answer)["data"]["result"]
    except urllib.error.HTTPError as error:
        raise SystemExit(f"refused: {query}: {error.read().decode()}")


def panel_queries():
    with open(MONITORING + "dashboard.json") as file:
        dashboard = json.load(file)
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            query = target["expr"].replace("$__rate_interval", RANGE)
            for variable in dashboard["templating"]["list"]:
                query = query.replace('"$' + variable["name"] + '"', '"' + ANY + '"')
            assert "$" not in query, query
            yield "panel " + panel["title"], query
    for variable in dashboard["templating"]["list"]:
        if values := re.match(r"label_values\((.*), *\w+\)$", str(variable.get("definition") or variable.get("query"))):
            yield "variable " + variable["name"], re.sub(r'"\$\w+"', '"' + ANY + '"', values[1])


def alert_queries():
    with open(MONITORING + "alerts.yaml") as file:
        rules = yaml.safe_load(file)["groups"][0]["rules"]
    for rule in rules:
        query = re.sub(r"\[\d+[mh]\]", f"[{RANGE}]", rule["expr"])
        query = re.sub(r"(==|>=|>|<) *[\d.]+( \* \d+)?", "", query)
        for side in sides(query):
            yield "alert " + rule["alert"], re.sub(r"^absent\((.*)\)$", r"\1", side)


def sides(query):
    """What stands beside an `or` that is in no brackets: one of them with data must not hide another without."""
    depth, begin = 0, 0
    for word in re.finditer(r"[({\[]|[)}\]]|\bor\b", query):
        if word[0] == "or" and depth == 0:
            yield query[begin:word.start()].strip()
            begin = word.end()
        elif word[0] != "or":
            depth += 1 if word[0] in "({[" else -1
    yield query[begin:].strip()


def main():
    url, limit = sys.argv[1], time.monotonic() + float(sys.argv[2] if len(sys.argv) > 2 else 30)
    queries = [(name, query) for name, query in [*panel_queries(), *alert_queries()] if not query.startswith(OF_KUBERNETES)]
    left = queries
    while left and time.monotonic() < limit:
        left = [(name, query) for name, query in left if not has_data(ask(url, query))]
        if left:
            time.sleep(1)
    for name, query in left:
        print(f"no data: {name}: {query}")
    print(f"{len(queries) - len(left)} of {len(queries)} queries have data")
    sys.exit(1 if left else 0)


def has_data(series):
    return any(sample["value"][1] != "NaN" for sample in series)


main()
