#!/usr/bin/python3
"""same_objects.py CHART.yaml KUSTOMIZE.yaml: do both declare the same objects?

What differs by design is left out: labels that only say by what an object was installed, the Namespace (helm makes its own), and
defaults that one of the two writes down.
"""
import difflib
import json
import sys

import yaml

INSTALLED_BY = {
    "helm.sh/chart", "app.kubernetes.io/managed-by", "app.kubernetes.io/instance", "app.kubernetes.io/version",
    "app.kubernetes.io/name", "app.kubernetes.io/part-of",
}


def without_marks(value):
    """The same without labels of INSTALLED_BY, wherever labels stand, and without an empty rest."""
    if isinstance(value, list):
        return [without_marks(item) for item in value]
    if not isinstance(value, dict):
        return value
    clean = {}
    for key, item in value.items():
        if key in ("labels", "matchLabels", "selector"):  # a Service's selector has labels at once
            item = {k: v for k, v in item.items() if k not in INSTALLED_BY}
            if not item:
                continue
        clean[key] = without_marks(item)
    return clean


def objects(path):
    found = {}
    with open(path) as file:
        for document in yaml.safe_load_all(file):
            if not document or document["kind"] == "Namespace":
                continue
            document = without_marks(document)
            for container in document.get("spec", {}).get("template", {}).get("spec", {}).get("containers", []):
                if container.get("imagePullPolicy") == "IfNotPresent":  # the default for a tag other than latest
                    del container["imagePullPolicy"]
                container.get("env", []).sort(key=lambda variable: variable["name"])
            meta = document["metadata"]
            found[f'{document["kind"]} {meta.get("namespace", "")}/{meta["name"]}'] = json.dumps(document, indent=1, sort_keys=True)
    return found


def main():
    chart, base = objects(sys.argv[1]), objects(sys.argv[2])
    same = True
    for key in sorted(chart.keys() | base.keys()):
        if chart.get(key) == base.get(key):
            continue
        same = False
        print(f"== {key}")
        if key not in chart or key not in base:
            print("   only in", "the chart" if key in chart else "kustomize")
            continue
        print("\n".join(difflib.unified_diff(chart[key].splitlines(), base[key].splitlines(), "chart", "kustomize", lineterm="")))
    if not chart:
        print("the chart declares nothing")
    return 0 if same and chart else 1


sys.exit(main())
