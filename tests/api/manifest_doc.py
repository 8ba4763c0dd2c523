#!/usr/bin/python3
"""Does docs/manifest.md name every field of the custom resource definition, and none that is not there? Prints what differs.

A heading such as "### spec.tunnel" says where the fields of its tables are, those whose first column is "field"; a cell may name several.
"""
import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEFINITION = "crds/vpcpeering.dev_vpcpeerings.yaml"
DOCUMENT = "docs/manifest.md"


def fields_of(schema, path):
    """Every field below, as "spec.sites[].name"."""
    if "items" in schema:
        yield from fields_of(schema["items"], path + "[]")
    for name, field in schema.get("properties", {}).items():
        yield f"{path}.{name}"
        yield from fields_of(field, f"{path}.{name}")


def defined():
    version = yaml.safe_load((ROOT / DEFINITION).read_text())["spec"]["versions"][0]
    parts = version["schema"]["openAPIV3Schema"]["properties"]
    return {field for part in ("spec", "status") for field in fields_of(parts[part], part)}


def documented(text):
    """Every field that a table names, with the number of its line."""
    places, in_table = [], False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            places = re.findall(r"\b(?:spec|status)\b[\w.\[\]]*", line)
        if not line.startswith("|"):
            in_table = False
        elif line.startswith("| field |"):
            in_table = True
        elif in_table:
            for name in re.findall(r"`([^`]+)`", line.split("|")[1]):
                yield from ((f"{place}.{name}", number) for place in places)


def differences():
    fields, text = defined(), (ROOT / DOCUMENT).read_text()
    told, wrong = {}, []
    for path, number in documented(text):
        if path in told:
            wrong.append(f"{DOCUMENT}:{number}: {path} has a row already, in line {told[path]}")
        told[path] = number
    told_in_text = {path for path in re.findall(r"`((?:spec|status)\.[\w.\[\]]+)`", text)}
    wrong += [f"{DOCUMENT}: {path} is no field of {DEFINITION}" for path in sorted((told_in_text | told.keys()) - fields)]
    for field in sorted(fields - told.keys()):
        if not any(path.startswith((field + ".", field + "[]")) for path in told):  # an object is told by its fields
            wrong.append(f"{DOCUMENT} does not name {field}: add a row to the table of its object")
    return wrong


if __name__ == "__main__":
    found = differences()
    print("\n".join(found) or "docs/manifest.md has every field of the definition, and no other")
    sys.exit(1 if found else 0)
