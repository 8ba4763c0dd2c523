#!/bin/bash
# The deployment on a real API server: what is applied is valid and keeps Pod Security's "restricted"; with its rights the controller does
# all of its work, and it has no others. Run by with_apiserver.sh: deployment.sh BIN
set -euo pipefail
bin=$1
work=$KUBE_DIR/deployment
# shellcheck source=tests/e2e/kubernetes/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
manifests=$root/deploy/kubernetes
start_cloud

echo "-- manifests"
check "install.yaml is what base renders to" "$manifests/render.sh" --check
kubectl apply --validate=strict -f "$manifests/install.yaml" > "$work/applied.log"
check "install.yaml applies with strict validation" grep -q "deployment.apps/vpc-peering-controller created" "$work/applied.log"
kubectl apply --validate=strict -k "$manifests/base" > "$work/applied.log"
check "base is the same" [ "$(grep -c unchanged "$work/applied.log")" -ge 8 ]
pod() { # JQ-CHANGE: a Pod of the Deployment's template, to be judged by the admission of its namespace
  kubectl get deployment -n vpcp-system vpc-peering-controller -o json |
    jq "{apiVersion: \"v1\", kind: \"Pod\", metadata: {name: \"try\", namespace: \"vpcp-system\"}, spec: .spec.template.spec} | del(.spec.serviceAccountName) | $1" |
    kubectl create --dry-run=server -f - 2>&1
}
check "its pods are admitted under \"restricted\"" bash -c '[[ "$1" == *"created (server dry run)"* ]]' _ "$(pod .)"
check "which refuses one that may be root" bash -c '[[ "$1" == *"violates PodSecurity"* ]]' _ "$(pod '.spec.securityContext.runAsNonRoot = false' || true)"

echo "-- what it may do is enough"
token=$(kubectl create token -n vpcp-system vpc-peering-controller --duration=1h)
as_pod=(kubectl --kubeconfig "$work/pod.conf")
(umask 077 && kubectl config view --raw -o json | jq --arg token "$token" '.users[0].user = {token: $token}' > "$work/pod.conf")
"$bin/vpc-peering-controller" run --store kubernetes --kubeconfig "$work/pod.conf" --lease-namespace vpcp-system --vultr-url $cloud \
  --metrics-listen 127.0.0.1:9321 --log-format text > "$work/controller.log" 2>&1 &
controller=$!
eventually 20 serves 9321
kubectl create namespace network > /dev/null
kubectl apply -f "$root/examples/ams-blr.yaml" > /dev/null
eventually 60 has_instances
check "it creates instances" has_instances
check "it keeps its record in a Secret of the object's" kubectl get secret -n network ams-blr-vpcp-record -o jsonpath='{.metadata.ownerReferences[0].uid}'
has_status() { [ -n "$(kubectl get vpcpeering -n network ams-blr -o 'jsonpath={.status.conditions[0].type}')" ]; }
has_event() { [ "$(kubectl get events.events.k8s.io -n network -o json | jq '.items | length')" -gt 0 ]; }
eventually 30 has_status
eventually 30 has_event
check "it writes the status" has_status
check "it writes events" has_event
check "it holds the Lease" [ -n "$(kubectl get lease -n vpcp-system vpc-peering-controller -o jsonpath='{.spec.holderIdentity}')" ]
reason() { kubectl get vpcpeering -n network ams-blr -o 'jsonpath={.status.conditions[?(@.type=="Ready")].reason}'; }
refused() { [ "$(reason)" = ApiKeyRefused ]; }
accepted() { [ "$(reason)" != ApiKeyRefused ]; }
account() { kubectl create secret generic account -n network --from-literal=apiKey="$1" --dry-run=client -o yaml | kubectl apply -f - > /dev/null 2>&1; }
account not-the-key
kubectl patch vpcpeering -n network ams-blr --type=merge -p '{"spec":{"credentialsRef":{"name":"account"}}}' > /dev/null
eventually 60 refused
account "$VULTR_API_KEY"
eventually 30 accepted
check "it follows a Secret that an object names" accepted
kubectl delete vpcpeering -n network ams-blr --timeout=120s > /dev/null
check "it deletes what it made, and its Secret" [ "$(instances) $(kubectl get secrets -n network -o name | grep -c record || true)" = "0 0" ]
asked() { jq -r 'select(.user.username == "system:serviceaccount:vpcp-system:vpc-peering-controller" and (.verb == "list" or .verb == "watch")) | .requestURI' "$KUBE_DIR/audit.log"; }
check "it asked for Secrets by name, and listed none" bash -c '[ -n "$1" ] && ! grep -qvE "^/api/v1/namespaces/network/secrets\?fieldSelector=metadata\.name%3Daccount[&]" <<< "$1"' _ "$(asked)"
check "nothing was forbidden on the way" bash -c '! grep -q Forbidden "$1"' _ "$work/controller.log"
kill -TERM $controller
wait $controller && result=0 || result=$?
check "it ends well and releases the Lease" [ "$result $(kubectl get lease -n vpcp-system vpc-peering-controller -o jsonpath='{.spec.holderIdentity}')" = "0 " ]

echo "-- and not more"
rules() { # NAMESPACE: "group/resource verbs", as the server resolves them for the token, without what every user has
  printf '{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectRulesReview","spec":{"namespace":"%s"}}' "$1" |
    "${as_pod[@]}" create --validate=false -o json -f - | jq -r '.status.resourceRules[] | .resources[] as $r | .apiGroups[] as $g |
      select($g != "authorization.k8s.io" and $g != "authentication.k8s.io") | "\($g)/\($r)\(if .resourceNames then "=" + (.resourceNames | join(",")) else "" end) \(.verbs | sort | join(","))"' | sort
}
everywhere='/secrets create,delete,get,list,patch,watch
events.k8s.io/events create,patch
vpcpeering.dev/vpcpeerings get,list,patch,watch
vpcpeering.dev/vpcpeerings/finalizers update
vpcpeering.dev/vpcpeerings/status patch'
at_home='coordination.k8s.io/leases create
coordination.k8s.io/leases=vpc-peering-controller get,update'
check "its rights in any namespace are these five" [ "$(rules network)" = "$(sort <<< "$everywhere")" ]
check "and two more in its own" [ "$(rules vpcp-system)" = "$(printf '%s\n%s\n' "$everywhere" "$at_home" | sort)" ]
denied() { # ARGUMENTS of kubectl
  local said
  said=$("${as_pod[@]}" "$@" 2>&1) && { echo "FAILED  allowed: $*"; return 1; }
  [[ $said == *forbidden* || $said == *Forbidden* ]] || { echo "FAILED  neither allowed nor forbidden: $*: $said"; return 1; }
}
kubectl apply -f "$root/examples/ams-blr.yaml" > /dev/null
kubectl create secret generic someones -n network --from-literal=a=b > /dev/null
for try in "delete vpcpeering -n network ams-blr" "get nodes" "get pods -A" "get configmaps -n kube-system" "create configmap x -n network" \
  "create deployment x --image=x -n network" "get deployments -n vpcp-system" "delete crd vpcpeerings.vpcpeering.dev" "get crd" \
  "create namespace x" "delete namespace network" "create serviceaccount x -n vpcp-system" "create token default -n vpcp-system" \
  "create clusterrolebinding x --clusterrole=cluster-admin --user=x" "get lease -n kube-system x" "delete lease -n vpcp-system vpc-peering-controller" \
  "get secrets -n network --as=system:admin" "delete events --all -n network" "get --raw /metrics"; do
  read -ra arguments <<< "$try"
  check "denied: $try" denied "${arguments[@]}"
done
"${as_pod[@]}" get secret someones -n network -o json | jq '.metadata.labels = {a: "b"}' > "$work/someones.json"
check "denied: replace a Secret" denied replace -f "$work/someones.json"
check "denied: create a VPCPeering" denied create -f "$root/examples/three-sites.yaml"

# Whatever else the server has, tried one by one: what is let through is answered in another way than by 403.
every_request() { # "METHOD PATH" of each verb of each resource, in one namespace where it has one
  local paths path
  paths="/api/v1 $(kubectl get --raw /apis | jq -r '.groups[].versions[].groupVersion | "/apis/" + .' | grep -v -e '/authorization.k8s.io' -e '/authentication.k8s.io')"
  for path in $paths; do
    kubectl get --raw "$path" | jq -r --arg path "$path" '.resources[] | (.name | split("/")) as $name | ($path + (if .namespaced then "/namespaces/network/" else "/" end) + $name[0]) as $all |
      ($all + "/x" + (if $name[1] then "/" + ($name[1:] | join("/")) else "" end)) as $one | (if $name[1] then $one else $all end) as $new |
      "get GET \($one)", "update PUT \($one)", "patch PATCH \($one)", "delete DELETE \($one)", "create POST \($new)",
      (if $name[1] then empty else "list GET \($all)", "watch GET \($all)?watch=true&timeoutSeconds=1", "deletecollection DELETE \($all)" end)'
  done
}
needed() { # the same words of what its rights are for
  local right verbs verb group resource
  while read -r right verbs; do
    group=${right%%/*} resource=${right#*/}
    group=${group:+apis/$group}
    for verb in ${verbs//,/ }; do echo "$verb [A-Z]+ /${group:-api}/v1(alpha1|beta1)?/namespaces/network/${resource%%/*}(/x)?$([[ $resource != */* ]] || echo "/${resource#*/}")([?].*)?"; done
  done <<< "$everywhere"
}
let_through() {
  every_request | grep -vxE "$(needed | paste -sd '|')" > "$work/requests"
  (umask 077 && jq -rR --arg ca "$KUBE_DIR/ca.crt" --arg token "$token" 'split(" ") | "next", "output=/dev/null", "cacert=\($ca)", "header=\("Authorization: Bearer " + $token | tojson)", "request=\(.[1])",
    "header=\"Content-Type: application/\(if .[1] == "PATCH" then "merge-patch+json" else "json" end)\"", (if .[1] == "GET" or .[1] == "DELETE" then empty else "data=\"{}\"" end),
    "write-out=\"%{http_code} %{method} %{url}\\n\"", "url=\"https://127.0.0.1:6443\(.[2])\""' "$work/requests" | tail -n +2 > "$work/tries")
  curl --no-progress-meter --max-time 120 -K "$work/tries" > "$work/answers"
  grep -v '^403 ' "$work/answers" || true
}
through=$(let_through)
check "denied: each of $(wc -l < "$work/answers") other requests$through" [ "$(wc -l < "$work/answers"):$(($(wc -l < "$work/requests") > 300)):$through" = "$(wc -l < "$work/requests"):1:" ]

echo "-- one namespace only"
kubectl delete clusterrolebinding vpc-peering-controller > /dev/null
kubectl apply --validate=strict -k "$manifests/overlays/namespaced" > /dev/null
check "nothing elsewhere" [ "$(rules network)" = "" ]
check "all of it at home" [ "$(rules vpcp-system)" = "$(printf '%s\n%s\n' "$everywhere" "$at_home" | sort)" ]
check "its Deployment watches that namespace" [ "$(kubectl get deployment -n vpcp-system vpc-peering-controller -o json | jq -r '.spec.template.spec.containers[0].env[] | select(.name == "VPCP_NAMESPACE") | .valueFrom.fieldRef.fieldPath')" = metadata.namespace ]
# Logged in by a credential plugin, which must not see the key of the cloud.
cat > "$work/plugin" << PLUGIN
#!/bin/sh
env > "$work/plugin.env"
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "\$(cat "$work/token")"
PLUGIN
chmod 0700 "$work/plugin"
(umask 077 && printf %s "$token" > "$work/token")
kubectl config view --raw -o json | jq --arg plugin "$work/plugin" '.users[0].user = {exec: {apiVersion: "client.authentication.k8s.io/v1", command: $plugin, interactiveMode: "Never"}}' > "$work/plugin.conf"
"$bin/vpc-peering-controller" run --store kubernetes --kubeconfig "$work/plugin.conf" --namespace vpcp-system --lease-namespace vpcp-system --vultr-url $cloud \
  --metrics-listen 127.0.0.1:9322 --log-format text > "$work/namespaced.log" 2>&1 &
eventually 20 serves 9322
jq -n '{apiVersion: "vpcpeering.dev/v1alpha1", kind: "VPCPeering", metadata: {name: "home", namespace: "vpcp-system"},
  spec: {sites: [{name: "a", region: "ams", vpc: {cidr: "172.20.1.0/24"}}, {name: "b", region: "blr", vpc: {cidr: "172.20.2.0/24"}}]}}' | kubectl apply -f - > /dev/null
eventually 60 has_instances
check "it works there with these rights" has_instances
check "logged in by a credential plugin" grep -q KUBERNETES_EXEC_INFO "$work/plugin.env"
check "which did not see the key of the cloud" bash -c '! grep -q "$1" "$2"' _ "$VULTR_API_KEY" "$work/plugin.env"
check "without a right that it lacks" bash -c '! grep -q Forbidden "$1"' _ "$work/namespaced.log"
[ $checks_failed = 0 ]
