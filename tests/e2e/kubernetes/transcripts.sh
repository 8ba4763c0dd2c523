#!/bin/bash
# What kubectl tells a newcomer in broken situations, held against transcripts that a person has read (transcripts/*.txt).
# The one that needs real hosts (tcp-dropped) is made by tests/e2e/node.sh.
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
# shellcheck source=tests/e2e/kubernetes/transcript.sh
. "$here/transcript.sh"
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
  for name in "${names[@]}"; do compare "$name" < <(transcript "$name"); done
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
compare overlap < <(manifest overlap 18 '.spec.sites[1].vpc.cidr = "172.18.1.0/25"' | kubectl apply -f - 2>&1 || true)
api -X POST $cloud/lab/v1/faults -d '{"kind": "quota", "match": {"method": "POST", "path": "/instances$"}, "count": 1000}' > /dev/null
situation quota-reached 26 '.' QuotaReached
compare_all
[ $checks_failed = 0 ]
