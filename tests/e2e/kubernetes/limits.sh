#!/bin/bash
# An API server that limits and renews: priority and fairness refuse every request of the controller's (429) for a while, and its authority,
# its own certificate and the controller's are replaced. Run by with_apiserver.sh: limits.sh BIN
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
bin=$1
work=$KUBE_DIR/limits
# shellcheck source=tests/e2e/kubernetes/common.sh
. "$here/common.sh"
# shellcheck source=tests/e2e/kubernetes/certificates.sh
. "$here/certificates.sh"
start_cloud
kubectl create namespace network > /dev/null

# A user of its own, whose rights and limits are its own: administrators are exempt from limits.
(cd "$KUBE_DIR" && certificate controller /CN=controller "extendedKeyUsage=clientAuth")
kubectl create clusterrolebinding controller --clusterrole=cluster-admin --user=controller > /dev/null
cp "$KUBE_DIR/ca.crt" "$work/authority.crt"
cp "$KUBE_DIR"/controller.{crt,key} "$work/"
jq -n --arg work "$work" '{apiVersion: "v1", kind: "Config", "current-context": "c", contexts: [{name: "c", context: {cluster: "c", user: "c"}}],
  clusters: [{name: "c", cluster: {server: "https://127.0.0.1:6443", "certificate-authority": "\($work)/authority.crt"}}],
  users: [{name: "c", user: {"client-certificate": "\($work)/controller.crt", "client-key": "\($work)/controller.key"}}]}' > "$work/kube.conf"
"$bin/vpc-peering-controller" run --store kubernetes --kubeconfig "$work/kube.conf" --no-leader-elect --vultr-url $cloud \
  --metrics-listen 127.0.0.1:9351 --log-format text > "$work/controller.log" 2>&1 &
controller=$!
eventually 20 serves 9351
runs() { kill -0 $controller 2> /dev/null; }
peering() { # NAME NUMBER
  jq -n --arg name "$1" --arg n "$2" '{apiVersion: "vpcpeering.dev/v1alpha1", kind: "VPCPeering", metadata: {name: $name, namespace: "network"}, spec: {
    tunnel: {cidr: "10.\($n).0.0/24"}, mode: "Plan", sites: [
      {name: "amsterdam", region: "ams", vpc: {cidr: "172.\($n).1.0/24"}}, {name: "bangalore", region: "blr", vpc: {cidr: "172.\($n).2.0/24"}}]}}' |
    kubectl apply -f - > /dev/null
}
answered() { [ -n "$(kubectl get vpcpeering -n network "$1" -o 'jsonpath={.status.conditions[0].type}')" ]; }
peering before 16
eventually 30 answered before
check "at first it does its work" answered before

echo "-- 429 of priority and fairness"
limit() {
  kubectl apply -f - > /dev/null << 'LIMITS'
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata: {name: none}
spec: {type: Limited, limited: {nominalConcurrencyShares: 0, lendablePercent: 0, borrowingLimitPercent: 0, limitResponse: {type: Reject}}}
LIMITS
  for user in controller noisy; do
    jq -n --arg user $user '{apiVersion: "flowcontrol.apiserver.k8s.io/v1", kind: "FlowSchema", metadata: {name: $user}, spec: {
      priorityLevelConfiguration: {name: "none"}, matchingPrecedence: 2, rules: [{subjects: [{kind: "User", user: {name: $user}}],
      resourceRules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"], clusterScope: true, namespaces: ["*"]}]}]}}' | kubectl apply -f - > /dev/null
  done
}
# One request at a time is let through even so: somebody else of this level takes the place, with lists that take a while.
(cd "$KUBE_DIR" && certificate noisy /CN=noisy "extendedKeyUsage=clientAuth")
kubectl create clusterrolebinding noisy --clusterrole=view --user=noisy > /dev/null
jq -n '{apiVersion: "v1", kind: "List", items: [range(200) | {apiVersion: "v1", kind: "ConfigMap", metadata: {name: "c\(.)", namespace: "network"}, data: {a: ("x" * 20000)}}]}' |
  kubectl create -f - > /dev/null
noise() {
  while :; do
    curl -sS --max-time 20 --cacert "$KUBE_DIR/ca.crt" --cert "$KUBE_DIR/noisy.crt" --key "$KUBE_DIR/noisy.key" https://127.0.0.1:6443/api/v1/namespaces/network/configmaps > /dev/null 2>&1 || true
  done
}
refusals() { kubectl get --raw /metrics | awk '/^apiserver_flowcontrol_rejected_requests_total.*flow_schema="controller"/ {n += $NF} END {print n + 0}'; }
is_refused() { [ "$(refusals)" -ge 1 ]; }
limit
noisy=()
for _ in 1 2 3 4 5 6; do noise & noisy+=($!); done
for number in 1 2 3 4 5; do peering "limited-$number" "2$number"; done
eventually 30 is_refused || true
check "the server refuses what it asks ($(refusals) requests)" is_refused
kubectl delete flowschema controller noisy > /dev/null
kill "${noisy[@]}"
all_answered() { for number in 1 2 3 4 5; do answered "limited-$number" || return 1; done; }
eventually 60 all_answered
check "no longer limited, it does what was left" all_answered
check "in the same process" runs

echo "-- certificates"
# As one replaces a file under a program: by another one of that name.
replace() { cp "$1" "$2.new" && mv "$2.new" "$2"; }
renewed=$KUBE_DIR/renewed
mkdir "$renewed"
cd "$renewed"
certificate_authority renewed-ca
certificate server /CN=kube-apiserver "subjectAltName=IP:127.0.0.1,IP:198.18.0.1,DNS:localhost,DNS:kubernetes.default.svc"
certificate admin /O=system:masters/CN=admin "extendedKeyUsage=clientAuth"
certificate controller /CN=controller "extendedKeyUsage=clientAuth"
cat "$KUBE_DIR/ca.crt" ca.crt > both.crt
cp "$KUBE_DIR/ca.crt" old.crt

# Both authorities are trusted, then the certificates are those of the new one, then the old one is none any more. The server takes
# notice of its files by itself.
replace both.crt "$KUBE_DIR/ca.crt"
replace both.crt "$work/authority.crt"
asks() { curl -sS --fail --max-time 5 --cacert "$1" --cert "$2.crt" --key "$2.key" https://127.0.0.1:6443/readyz > /dev/null 2>&1; }
eventually 90 asks both.crt controller
kubectl config set-cluster test --server=https://127.0.0.1:6443 --certificate-authority=both.crt --embed-certs > /dev/null
kubectl config set-credentials admin --client-certificate=admin.crt --client-key=admin.key --embed-certs > /dev/null
replace server.key "$KUBE_DIR/server.key"
replace server.crt "$KUBE_DIR/server.crt"
replace controller.key "$work/controller.key"
replace controller.crt "$work/controller.crt"
eventually 90 asks ca.crt controller
replace ca.crt "$KUBE_DIR/ca.crt"
replace ca.crt "$work/authority.crt"
is_nobody() { ! asks ca.crt "$KUBE_DIR/controller"; }
eventually 90 is_nobody
check "the certificate that it began with is refused" is_nobody
peering renewed 18
eventually 30 answered renewed
check "with its new one it does its work, without a restart" answered renewed
check "in the same process" runs
# Until now it may have been served by a connection from before: a new one must trust the new authority.
"$here/apiserver.sh" stop
"$here/apiserver.sh" start
peering after 19
eventually 60 answered after
check "so it does when all connections are new" answered after
check "and in the same process" runs
[ $checks_failed = 0 ]
