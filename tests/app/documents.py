#!/usr/bin/python3
"""Do the documents belong together? documents.py [TREE]: those of this checkout, or of another tree that has them. Prints what does
not: links to files and headings that are not there, fields of the object that the custom resource definition does not have (`spec.…`,
`status.…`), whole objects in them that its schema refuses.

That docs/reference/object.md has every field is the business of docs/reference.sh --check.
"""
import json
import pathlib
import re
import sys

import jsonschema
import yaml

ROOT = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
OBJECT = yaml.safe_load((ROOT / "crds/vpcpeering.dev_vpcpeerings.yaml").read_text())["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
SCHEMA = jsonschema.Draft7Validator(json.loads((ROOT / "crds/manifest.schema.json").read_text()))


def prose(text):
    """The text with fenced code taken out, line by line."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, line


def anchors(path):
    """What a link may name behind "#", as GitHub makes it of headings."""
    found = set()
    for _, line in prose(path.read_text()):
        if heading := re.match(r"#+ (.*)", line):
            plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading[1])
            found.add(re.sub(r"[^\w -]", "", plain.lower()).replace(" ", "-"))
    return found


def broken_links(path, line):
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", line)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        if not there.exists():
            yield f"there is no {target}"
        elif anchor and there.suffix == ".md" and anchor not in anchors(there):
            yield f"{target}: there is no such heading"


def is_field(path):
    at = OBJECT
    for name in path.split("."):
        while "items" in at:
            at = at["items"]
        at = at.get("properties", {}).get(re.sub(r"\[[^]]*\]", "", name))
        if at is None:
            return False
    return True


def unknown_fields(line):
    for span in re.findall(r"`([^`]+)`", line):
        for path in re.findall(r"(?<![\w./-])(?:spec|status)(?:\.\w+(?:\[[^]]*\])?)+", span):
            if not is_field(path):
                yield f"{path} is no field of the object"


def refused_objects(text):
    for block in re.finditer(r"^```yaml\n(.*?)^```", text, re.M | re.S):
        line = text.count("\n", 0, block.start()) + 1
        for document in yaml.safe_load_all(block[1]):
            if isinstance(document, dict) and document.get("kind") == "VPCPeering":
                yield from ((line, f"{error.json_path}: {error.message}") for error in SCHEMA.iter_errors(document))


def problems(path):
    text = path.read_text()
    for number, line in prose(text):
        yield from ((number, problem) for problem in [*broken_links(path, line), *unknown_fields(line)])
    yield from refused_objects(text)


def main():
    documents = [path for path in sorted(ROOT.rglob("*.md")) if not {"build", ".git", "node_modules"} & set(path.relative_to(ROOT).parts)]
    found = [f"{path.relative_to(ROOT)}:{number}: {problem}" for path in documents for number, problem in problems(path)]
    print("\n".join(found) or f"{len(documents)} documents belong together")
    return 1 if found or len(documents) < 20 else 0


sys.exit(main())
