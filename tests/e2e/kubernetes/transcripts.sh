#!/bin/bash
# What kubectl tells a newcomer in broken situations, held against transcripts that a person has read (transcripts/*.txt).
#   transcripts.sh BIN             run by with_apiserver.sh
#   transcripts.sh BIN --update    writes them anew: read them before they are kept
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
bin=$1
update=${2:-}
work=$KUBE_DIR/transcripts
# shellcheck source=tests/e2e/kubernetes/common.sh
. "$here/common.sh"
golden=$here/transcripts
mkdir -p "$golden"
start_cloud --boot-seconds 0.2
"$bin/vpc-peering-controller" run --store kubernetes --no-leader-elect --vultr-url $cloud --metrics-listen 127.0.0.1:9341 --log-format text > "$work/controller.log" 2>&1 &
eventually 20 serves 9341
kubectl create namespace network > /dev/null

manifest() { # NAME SECOND-OCTET JQ-CHANGE
  jq -n --arg name "$1" --arg n "$2" '{apiVersion: "vpcpeering.dev/v1alpha1", kind: "VPCPeering", metadata: {name: $name, namespace: "network"}, spec: {
    tunnel: {cidr: "10.\($n).0.0/24"}, sshSources: ["198.51.100.7/32"], sites: [
      {name: "amsterdam", region: "ams", vpc: {cidr: "172.\($n).1.0/24"}, gateway: {label: "gateway-a"}},
      {name: "bangalore", region: "blr", vpc: {cidr: "172.\($n).2.0/24"}, gateway: {label: "gateway-b"}}]}} | '"$3"
}
reason_is() { [ "$(kubectl get vpcpeering -n network "$1" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].reason}' 2> /dev/null)" = "$2" ]; }
# What differs from run to run is left out.
plain() {
  sed -E -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+Z/TIME/g' -e 's/[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/UUID/g' \
    -e 's/198\.18\.[0-9]+\.[0-9]+/PUBLIC-IP/g' -e 's/(Host Key: +).*/\1HOST-KEY/' -e 's/(Public Key: +).*/\1KEY/' -e 's/ +$//' -e 's/^(  *(NAME|[a-z-]+).*) [0-9]+s /\1 AGE /'
}
transcript() { # NAME
  echo "\$ kubectl get vpcp $1 -o wide"
  kubectl get vpcpeering -n network "$1" -o 'custom-columns=NAME:.metadata.name,READY:.status.conditions[?(@.type=="Ready")].status,REASON:.status.conditions[?(@.type=="Ready")].reason,MESSAGE:.status.conditions[?(@.type=="Ready")].message'
  echo "\$ kubectl describe vpcp $1    # its conditions"
  kubectl get vpcpeering -n network "$1" -o json | jq -r '.status.conditions[] | "\(.type)\t\(.status)\t\(.reason)\t\(.message)"' | column -t -s $'\t'
  echo "\$ kubectl get events --field-selector involvedObject.name=$1"
  kubectl get events.events.k8s.io -n network -o json | jq -r --arg name "$1" '.items[] | select(.regarding.name == $name) | "\(.type)\t\(.reason)\t\(.note)"' | sort -u | column -t -s $'\t'
}
compare() { # NAME: against what comes by standard input
  plain > "$work/$1.txt"
  if [ "$update" = --update ]; then cp "$work/$1.txt" "$golden/$1.txt"; fi
  check "$1 reads as it was agreed" diff -u "$golden/$1.txt" "$work/$1.txt"
  diff -u "$golden/$1.txt" "$work/$1.txt" || true
}
names=()
situation() { # NAME SECOND-OCTET JQ-CHANGE REASON
  manifest "$1" "$2" "$3" | kubectl apply -f - > /dev/null
  names+=("$1")
  eventually 60 reason_is "$1" "$4"
}
# Nothing has changed for longer than passes are apart: what was on its way when the reasons came up has come, too.
settle() {
  local before after= end=$((SECONDS + 120))
  until [ "$after" = "${before:-none}" ]; do
    [ $SECONDS -lt $end ] || { echo "transcripts: the objects do not come to rest" >&2; return 1; }
    before=$after
    after=$(for name in "${names[@]}"; do transcript "$name" | plain; done)
    [ "$after" = "$before" ] || sleep 12
  done
}
compare_all() {
  settle
  for name in "${names[@]}"; do transcript "$name" | compare "$name"; done
  names=()
}

kubectl create secret generic wrong -n network --from-literal=apiKey=not-the-key > /dev/null
situation wrong-key 16 '.spec.credentialsRef = {name: "wrong"}' ApiKeyRefused
situation no-secret 17 '.spec.credentialsRef = {name: "absent"}' ApiKeyMissing
situation unknown-region 19 '.spec.sites[1].region = "xyz"' RegionUnknown
situation unknown-plan 20 '.spec.sites[1].gateway.plan = "vc9-99c-1gb"' PlanNotAvailable
situation unknown-system 21 '.spec.sites[0].gateway.os = "Ubuntu 3.11"' ImageNotAvailable
situation vpc-not-there 22 '.spec.sites[0].vpc = {id: "00000000-0000-0000-0000-000000000000"}' VpcNotFound
situation server-not-there 23 '.spec.sites[0].servers = [{name: "web", instanceID: "00000000-0000-0000-0000-000000000000", ssh: {privateKeyRef: {name: "web", key: "id"}}}]' ServerNotFound
situation unreachable-host 24 '.' HostUnreachable
situation only-planned 25 '.spec.mode = "Plan"' Planned
compare_all
manifest overlap 18 '.spec.sites[1].vpc.cidr = "172.18.1.0/25"' | { kubectl apply -f - 2>&1 || true; } | compare overlap
api -X POST $cloud/lab/v1/faults -d '{"kind": "quota", "match": {"method": "POST", "path": "/instances$"}, "count": 1000}' > /dev/null
situation quota-reached 26 '.' QuotaReached
compare_all
[ $checks_failed = 0 ]
