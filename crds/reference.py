#!/usr/bin/python3
"""Prints docs/reference/object.md, the fields of the object, from the custom resource definition; docs/reference.sh keeps it there."""
import json
import pathlib
import re

import yaml

DEFINITION = pathlib.Path(__file__).resolve().parent / "vpcpeering.dev_vpcpeerings.yaml"

# Patterns with a name, which the tables show instead; a pattern that is used once shows itself.
FORMS = {
    "DNS label": r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
    "object name": r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    "Vultr's id": r"^[A-Za-z0-9][-A-Za-z0-9_.]*$",
    "text": r"^[^\x00-\x1F\x7F]+$",
    "duration": r"^([0-9]+h)?([0-9]+m)?([0-9]+s)?$",
}
# What there is to read beside a section.
SEE = {
    "spec.restoreFrom": "[howto/restore.md](../howto/restore.md)",
    "spec.tunnel": "[drift.md](../drift.md#a-path-that-carries-only-small-packets), how the MTU follows the path",
    "spec.topology": "[howto/hub-and-spoke.md](../howto/hub-and-spoke.md)",
    "spec.sites[].servers[].ssh": "[howto/adopt.md](../howto/adopt.md)",
    "status.conditions[]": "[conditions.md](conditions.md), with what to do about each reason",
    "status.edges[]": "[manifest.md](../manifest.md#the-health-of-an-edge), how health, hop and reason are found",
    "status.drift[]": "[drift.md](../drift.md), every kind of difference",
}
HEAD = """# The object

Every field of a `{kind}` (`{group}/{version}`, in a namespace, short name `{short}`), made by `docs/reference.sh` from the [custom resource
definition](../../crds/{file}); `kubectl explain {singular}.spec --recursive` knows the same. How a manifest is read and how fields work
together: [manifest.md](../manifest.md). Whole objects: [examples](../../examples).

{description}

The API server, `validate` and the directory store refuse the same: fields that are not here, what is not allowed by the tables, and what
the tables *refused* name.
"""


def code(text):
    return f"`{text}`"


def cell(text):
    return str(text).replace("|", r"\|")


def table(header, rows):
    """Columns in which no row says anything are left out."""
    said = [index for index in range(len(header)) if any(row[index] for row in rows)]
    lines = [header] + [["---"] * len(header)] + rows
    return "".join("| " + " | ".join(cell(line[index]) for index in said) + " |\n" for line in lines)


def anchor(heading):
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def flow(value):
    """A value as one writes it in a manifest."""
    return value if isinstance(value, str) else json.dumps(value)


def object_in(field):
    """The object that a field is, or a list of it; and how deep in lists."""
    depth = 0
    while "items" in field:
        field, depth = field["items"], depth + 1
    return field, depth


def type_of(field):
    inner, depth = object_in(field)
    return "[]" * depth + inner.get("format" if inner.get("format") == "date-time" else "type")


def between(low, high, unit=""):
    if low == high:
        return f"{low}{unit}"
    return f"{low} to {high}{unit}" if None not in (low, high) else f"at most {high}{unit}" if low is None else f"at least {low}{unit}"


def form_of(pattern):
    name = next((name for name, known in FORMS.items() if known == pattern), None)
    return f"[{name}](#forms-of-text)" if name else code(pattern)


def allowed(field):
    """The bounds of a value; of a list also those of what is in it."""
    said = []
    if "enum" in field:
        said.append(", ".join(code(word) for word in field["enum"]))
    if "minimum" in field or "maximum" in field:
        said.append(between(field.get("minimum"), field.get("maximum")))
    if "pattern" in field:
        said.append(form_of(field["pattern"]))
    if "maxLength" in field:
        said.append(between(field.get("minLength"), field["maxLength"], " characters"))
    if "minItems" in field or "maxItems" in field:
        said.append(between(field.get("minItems"), field.get("maxItems"), " items"))
    if "x-kubernetes-list-map-keys" in field:
        said.append("unique by " + " and ".join(code(key) for key in field["x-kubernetes-list-map-keys"]))
    if field.get("x-kubernetes-list-type") == "set":
        said.append("none twice")
    if "items" in field and "properties" not in field["items"] and allowed(field["items"]):
        said.append(f"each ({allowed(field['items'])})")
    return "; ".join(said)


def described(field):
    """Its description, with paths and its own words marked."""
    words = [r"(?:spec|status)\.[\w.\[\]]*\w"] + [re.escape(word) + "(?=:)" for word in field.get("enum", ["true"])]
    return re.sub(r"(?<![\w.])(" + "|".join(words) + r")(?!\w)", r"`\1`", field["description"])


def first_sentence(text):
    return re.match(r".*?(?:\.(?= |$)|$)", text)[0]


def refusals(field, place=""):
    """(where, message) of the rules of a field and of what it holds that has no section of its own."""
    for rule in field.get("x-kubernetes-validations", []):
        yield (place + rule.get("fieldPath", "")).lstrip("."), rule["message"]
    if "items" in field and "properties" not in object_in(field)[0]:
        yield from refusals(field["items"], place + "[]")
    for name, below in field.get("properties", {}).items():
        if "properties" not in object_in(below)[0]:
            yield from refusals(below, f"{place}.{name}")


def refused(rules, name=""):
    rows = [[code(where or name), message] for where, message in rules]
    return "\n" + table(["refused", "message"], rows) if rows else ""


def sections(field, path):
    """(path, object) of every object below, in the order of the definition; lists are "[]"."""
    inner, depth = object_in(field)
    if "properties" not in inner:
        return
    path += "[]" * depth
    yield path, inner
    for name, below in inner["properties"].items():
        yield from sections(below, f"{path}.{name}")


def headings(parts):
    """The heading of each path. Objects that are declared once and used twice share a section."""
    alike = {}
    for path, inner in parts:
        alike.setdefault(json.dumps([path.rsplit(".", 1)[-1], inner], sort_keys=True), []).append(path)
    return {path: paths for paths in alike.values() for path in paths}


def section(paths, inner, shared):
    path = paths[0]
    in_status = path.startswith("status")
    rows = []
    for name, field in inner["properties"].items():
        required = ("always" if in_status else "required") if name in inner.get("required", []) else ""
        default = required or (code(flow(field["default"])) if "default" in field else "")
        below, depth = object_in(field)
        target = shared.get(f"{path}.{name}" + "[]" * depth)
        link = f"[{code(name)}](#{anchor(', '.join(target))})" if target else code(name)
        what = first_sentence(described(field)) if target and not depth else described(field)  # the section says the rest
        rows.append([link, type_of(field), default, allowed(field), what])
    text = f'\n{"##" if path in ("spec", "status") else "###"} {", ".join(paths)}\n\n'
    text += described(inner) + "\n\n" if "description" in inner else ""
    text += table(["field", "type", "there" if in_status else "default", "allowed", "what it is"], rows)
    text += refused(refusals(inner), path.rsplit(".", 1)[-1])
    return text + (f"\nSee {SEE.pop(path)}.\n" if path in SEE else "")


def columns(version):
    rows = [[column["name"], code(column["jsonPath"]), "`-o wide`" if column.get("priority") else "", column.get("description", "")]
            for column in version["additionalPrinterColumns"]]
    return "\n## Columns of `kubectl get`\n\n" + table(["column", "from", "shown with", "what it is"], rows)


def rendered():
    definition = yaml.safe_load(DEFINITION.read_text())["spec"]
    version, names = definition["versions"][0], definition["names"]
    whole = version["schema"]["openAPIV3Schema"]
    text = HEAD.format(kind=names["kind"], group=definition["group"], version=version["name"], short=names["shortNames"][0],
                       singular=names["singular"], file=DEFINITION.name, description=whole["description"])
    text += refused((rule.get("fieldPath", "metadata.name").lstrip("."), rule["message"]) for rule in whole["x-kubernetes-validations"])
    parts = [each for part in ("spec", "status") for each in sections(whole["properties"][part], part)]
    shared = headings(parts)
    for path, inner in parts:
        if shared[path][0] == path:
            text += section(shared[path], inner, shared)
    unused = [name for name in FORMS if form_of(FORMS[name]) not in text]
    if SEE or unused:
        raise SystemExit(f"not in the definition any more: {', '.join([*SEE, *unused])}")
    text += "\n## Forms of text\n\n" + table(["form", "pattern"], [[name, code(pattern)] for name, pattern in FORMS.items()])
    return text + columns(version)


print(rendered(), end="")
