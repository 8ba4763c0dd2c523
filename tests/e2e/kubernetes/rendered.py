#!/usr/bin/python3
"""What kustomize has rendered, looked at as a whole.

rendered.py differences BASE.yaml OTHER.yaml   objects that are added (+), gone (-) or differ (~), one a line
rendered.py fits FILE.yaml                     does every selector choose something, is every named port there?
rendered.py without-monitoring FILE.yaml       the same without objects of the Prometheus operator
"""
import sys

import yaml


def objects(path):
    with open(path) as file:
        return [document for document in yaml.safe_load_all(file) if document]


def key(document):
    meta = document["metadata"]
    return f'{document["kind"]} {meta.get("namespace", "")}/{meta["name"]}'


def differences(base, other):
    before = {key(document): document for document in objects(base)}
    after = {key(document): document for document in objects(other)}
    signs = [("+", k) for k in after if k not in before] + [("-", k) for k in before if k not in after]
    signs += [("~", k) for k in before.keys() & after.keys() if before[k] != after[k]]
    for sign, name in sorted(signs):
        print(sign, name)
    return 0


def pod_selectors(document):
    """Labels by which it chooses pods."""
    spec = document.get("spec", {})
    kind = document["kind"]
    if kind in ("Deployment", "PodDisruptionBudget", "PodMonitor"):
        yield spec["selector"]["matchLabels"]
    if kind == "NetworkPolicy":
        yield spec["podSelector"]["matchLabels"]
    if kind == "Service":
        yield spec["selector"]
    for spread in spec.get("template", {}).get("spec", {}).get("topologySpreadConstraints", []):
        yield spread["labelSelector"]["matchLabels"]


def problems(documents):
    of_kind = lambda kind: [document for document in documents if document["kind"] == kind]
    deployments = of_kind("Deployment")
    if len(deployments) != 1:
        yield f"{len(deployments)} Deployments"
        return
    template = deployments[0]["spec"]["template"]
    labels = template["metadata"]["labels"]
    ports = [port for container in template["spec"]["containers"] for port in container["ports"]]
    names, numbers = {port["name"] for port in ports}, {str(port["containerPort"]) for port in ports}
    for document in documents:
        for selector in pod_selectors(document):
            if not selector or not selector.items() <= labels.items():
                yield f"{key(document)}: {selector} does not choose the pods, which are labelled {labels}"
    for monitor in of_kind("PodMonitor"):
        for endpoint in monitor["spec"]["podMetricsEndpoints"]:
            if endpoint["port"] not in names:
                yield f'{key(monitor)}: no port {endpoint["port"]}: there is {names}'
    for service in of_kind("Service"):
        for port in service["spec"]["ports"]:
            if str(port.get("targetPort", port["port"])) not in names | numbers:
                yield f'{key(service)}: no port {port.get("targetPort", port["port"])} of the pods'
    for monitor in of_kind("ServiceMonitor"):
        chosen = [service for service in of_kind("Service")
                  if monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"].get("labels", {}).items()]
        if not chosen:
            yield f"{key(monitor)}: its selector chooses no Service"
        for endpoint in monitor["spec"]["endpoints"]:
            if any(endpoint["port"] not in {port["name"] for port in service["spec"]["ports"]} for service in chosen):
                yield f'{key(monitor)}: no port {endpoint["port"]} of the Service'
    annotated = template["metadata"].get("annotations", {}).get("prometheus.io/port")
    if annotated is not None and annotated not in numbers:
        yield f"prometheus.io/port is {annotated}, and the pods have {numbers}"
    accounts = {account["metadata"]["name"] for account in of_kind("ServiceAccount")}
    if template["spec"]["serviceAccountName"] not in accounts:
        yield f'no ServiceAccount {template["spec"]["serviceAccountName"]}'
    roles = {(role["kind"], role["metadata"]["name"]) for kind in ("Role", "ClusterRole") for role in of_kind(kind)}
    for kind in ("RoleBinding", "ClusterRoleBinding"):
        for binding in of_kind(kind):
            if (binding["roleRef"]["kind"], binding["roleRef"]["name"]) not in roles:
                yield f'{key(binding)}: no {binding["roleRef"]["kind"]} {binding["roleRef"]["name"]}'
            for subject in binding["subjects"]:
                if subject["name"] not in accounts:
                    yield f'{key(binding)}: no ServiceAccount {subject["name"]}'


def fits(path):
    found = list(problems(objects(path)))
    print("\n".join(found))
    return 1 if found else 0


def without_monitoring(path):
    yaml.safe_dump_all([d for d in objects(path) if not d["apiVersion"].startswith("monitoring.coreos.com/")], sys.stdout)
    return 0


COMMANDS = {"differences": differences, "fits": fits, "without-monitoring": without_monitoring}
sys.exit(COMMANDS[sys.argv[1]](*sys.argv[2:]))
