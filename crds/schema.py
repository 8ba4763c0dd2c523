#!/usr/bin/python3
"""Makes manifest.schema.json, the JSON schema of a manifest for editors, from the custom resource definition.

schema.py: writes it.  schema.py --check: says whether it is current, and tries it on examples/.

What CEL says in the definition (overlaps, unknown sites) a JSON schema cannot say: `vpc-peering-controller validate` does.
"""
import json
import pathlib
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE / "manifest.schema.json"
SECRET = {
    "type": "object",
    "description": "Keys that objects refer to. The file must be readable by its owner only.",
    "required": ["apiVersion", "kind", "metadata"],
    "additionalProperties": False,
    "properties": {
        "apiVersion": {"const": "v1"},
        "kind": {"const": "Secret"},
        "metadata": {"$ref": "#/definitions/metadata"},
        "type": {"type": "string"},
        "data": {"type": "object", "additionalProperties": {"type": "string"}},
        "stringData": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
METADATA = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 63},
        "namespace": {"type": "string", "maxLength": 63, "default": "default"},
    },
}


def closed(schema):
    """The schema without what only an API server understands, and refusing fields that it does not name."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: closed(value) for key, value in schema.items() if not key.startswith("x-kubernetes-")}
    if isinstance(plain.get("properties"), dict) and plain.get("type") == "object":
        plain.setdefault("additionalProperties", False)
    return plain


def made():
    definition = yaml.safe_load((HERE / "vpcpeering.dev_vpcpeerings.yaml").read_text())
    version = definition["spec"]["versions"][0]
    peering = closed(version["schema"]["openAPIV3Schema"])
    peering["properties"] = {
        "apiVersion": {"const": f'{definition["spec"]["group"]}/{version["name"]}'},
        "kind": {"const": definition["spec"]["names"]["kind"]},
        "metadata": {"$ref": "#/definitions/metadata"},
        "spec": peering["properties"]["spec"],
    }
    peering["required"] = ["apiVersion", "kind", "metadata", "spec"]
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "Made by schema.py from the custom resource definition: change that, not this.",
        "title": "A manifest of the VPC Peering Controller",
        "if": {"properties": {"kind": {"const": "Secret"}}, "required": ["kind"]},
        "then": {"$ref": "#/definitions/secret"},
        "else": {"$ref": "#/definitions/peering"},
        "definitions": {"metadata": METADATA, "secret": SECRET, "peering": peering},
    }
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def check():
    import jsonschema

    if not TARGET.exists() or TARGET.read_text() != made():
        return ["manifest.schema.json is not current: run crds/schema.py"]
    validator = jsonschema.Draft7Validator(json.loads(TARGET.read_text()))
    wrong, tried = [], 0
    for path in sorted((HERE.parent / "examples").glob("*.yaml")):
        if "yaml-language-server: $schema=../crds/manifest.schema.json" not in path.read_text():
            wrong.append(f"{path.name} does not name the schema for editors")
        for document in yaml.safe_load_all(path.read_text()):
            wrong += [f"{path.name}: {error.json_path}: {error.message}" for error in validator.iter_errors(document)]
            if document["kind"] != "VPCPeering":
                continue
            tried += 1
            document["spec"]["sitez"] = document["spec"].pop("sites")
            if validator.is_valid(document):
                wrong.append(f"{path.name}: a field that is not there was not refused")
    return wrong if tried else ["there is no example to try it on"]


if sys.argv[1:] == ["--check"]:
    findings = check()
    print("\n".join(findings) or "manifest.schema.json is current, and good for the examples")
    sys.exit(1 if findings else 0)
TARGET.write_text(made())
