#!/bin/bash
# One controller, and what it depends on taken away: the API server with its history, the network to it, the cloud, the custom resource.
# Run by with_apiserver.sh: outages.sh BIN
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
bin=$1
work=$KUBE_DIR/outages
# shellcheck source=tests/e2e/kubernetes/common.sh
. "$here/common.sh"
chmod 0711 "$KUBE_DIR"
start_cloud

user=65003
install -m 0400 -o $user "$KUBECONFIG" "$work/kube.conf"
setpriv --reuid $user --regid $user --clear-groups -- "$bin/vpc-peering-controller" run --store kubernetes --kubeconfig "$work/kube.conf" \
  --no-leader-elect --vultr-url $cloud --metrics-listen 127.0.0.1:9311 --log-format text > "$work/controller.log" 2>&1 &
eventually 20 serves 9311
kubectl create namespace network > /dev/null
ends=$(date -d "$(openssl x509 -in "$KUBE_DIR/admin.crt" -noout -enddate | cut -d = -f 2)" +%s)
told_end=$(curl -sS --max-time 5 http://127.0.0.1:9311/metrics | awk '/^vpcp_kubernetes_client_certificate_expiration_timestamp_seconds / {printf "%d", $2}')
check "the metrics say when the kubeconfig's client certificate ends" [ "$told_end" = "$ends" ]

logged() { grep -q -- "$1" "$work/controller.log"; }
log_lines() { grep -c -- "$1" "$work/controller.log" || true; }
field() { kubectl get vpcpeering -n network "$1" -o "jsonpath=$2" 2> /dev/null || true; } # NAME JSONPATH
ready_reason() { [ "$(field "$1" '{.status.conditions[?(@.type=="Ready")].reason}')" = "$2" ]; }
groups() { api $cloud/v2/firewalls | jq '.firewall_groups | length'; }
has_groups() { [ "$(groups)" = "$1" ]; }
rules() { # of the first group
  local group
  group=$(api $cloud/v2/firewalls | jq -r '.firewall_groups[0].id')
  api "$cloud/v2/firewalls/$group/rules" | jq '.firewall_rules | length'
}
remove_a_rule() {
  local group rule
  group=$(api $cloud/v2/firewalls | jq -r '.firewall_groups[0].id')
  rule=$(api "$cloud/v2/firewalls/$group/rules" | jq -r '.firewall_rules[0].id')
  api -X DELETE "$cloud/v2/firewalls/$group/rules/$rule" > /dev/null
}
has_rules() { [ "$(rules)" = "$1" ]; }
peering() { # NAME FIRST-OCTETS TUNNEL
  cat << MANIFEST
apiVersion: vpcpeering.dev/v1alpha1
kind: VPCPeering
metadata: {name: $1, namespace: network}
spec:
  credentialsRef: {name: account}
  tunnel: {cidr: $3}
  sites:
  - {name: amsterdam, region: ams, vpc: {cidr: $2.1.0/24}}
  - {name: bangalore, region: blr, vpc: {cidr: $2.2.0/24}}
MANIFEST
}
account() { kubectl create secret generic account -n network --from-literal=apiKey="$1" --dry-run=client -o yaml | kubectl apply -f - > /dev/null 2>&1; }

echo "-- a Secret that changes"
account wrong-key
peering one 172.16 10.10.0.0/24 | kubectl apply -f - > /dev/null
eventually 30 ready_reason one ApiKeyRefused
check "a wrong API key is told on the object" ready_reason one ApiKeyRefused
begin=$SECONDS
account "$VULTR_API_KEY"
eventually 30 has_groups 2
check "the right one takes effect without a restart ($((SECONDS - begin)) s)" [ $((SECONDS - begin)) -le 10 ]
eventually 60 ready_reason one HostUnreachable # the hosts of this cloud are not there
check "events tell the story" [ "$(kubectl get events.events.k8s.io -n network -o json | jq '[.items[] | select(.regarding.name == "one")] | length')" -gt 0 ]

echo "-- an object that the schema lets through and the controller cannot read"
peering long 172.19 10.13.0.0/24 | sed "s|region: ams,|region: ams, gateway: {label: $(printf 'ж%.0s' $(seq 150))},|" | kubectl apply -f - > /dev/null
refusal() { field long '{.status.conditions[?(@.type=="Accepted")].reason} {.status.conditions[?(@.type=="Accepted")].message}'; }
told_unreadable() { refusal | grep '^SpecUnreadable spec.sites\[0\].gateway.label' > /dev/null; }
eventually 20 told_unreadable
check "its status names the field: $(refusal | cut -d'"' -f 1)" told_unreadable
warned() { kubectl get events.events.k8s.io -n network -o json | jq -e '.items[] | select(.regarding.name == "long" and .reason == "SpecUnreadable")' > /dev/null; }
eventually 20 warned
check "and so does an event" warned
kubectl delete vpcpeering -n network long --timeout=20s > /dev/null && result=0 || result=$?
check "it can be deleted" [ $result = 0 ]

echo "-- the API server is away, and its history is compacted meanwhile"
full=$(rules)
gateway_of_one() { field one '{.status.sites[?(@.name=="amsterdam")].gateways[0].instanceID}'; }
lost=$(gateway_of_one)
"$here/apiserver.sh" stop
away=$SECONDS
remove_a_rule
eventually 60 has_rules "$full"
check "a drift is repaired from what is known ($((SECONDS - away)) s)" has_rules "$full"
api -X DELETE "$cloud/v2/instances/$lost" > /dev/null
# A minute of it, as an upgrade of a control plane takes: the repair above went on from what was cached.
while [ $((SECONDS - away)) -lt 60 ]; do sleep 0.2; done
revision=$(curl -sS --max-time 5 http://127.0.0.1:2379/v3/kv/range -d '{"key":"AA=="}' | jq -r .header.revision)
curl -sS --fail --max-time 5 http://127.0.0.1:2379/v3/kv/compaction -d "{\"revision\": $revision, \"physical\": true}" > /dev/null
"$here/apiserver.sh" start
peering two 172.17 10.11.0.0/24 | kubectl apply -f - > /dev/null
eventually 60 has_groups 4
check "back again, it is in step with what is new" has_groups 4
status_caught_up() { local now; now=$(gateway_of_one) && [ -n "$now" ] && [ "$now" != "$lost" ]; }
eventually 60 status_caught_up
check "and the status tells of the gateway that was lost meanwhile and made anew" status_caught_up

echo "-- the API server ends in order, as in an upgrade, and comes back"
"$here/apiserver.sh" end
"$here/apiserver.sh" start
observed() { [ "$(field two '{.status.observedGeneration}')" = "$(field two '{.metadata.generation}')" ]; }
kubectl patch vpcpeering -n network two --type=merge -p '{"spec":{"verification":{"interval":"11s"}}}' > /dev/null
eventually 40 observed
check "a change after it is taken up" observed

echo "-- the network to the API server is gone, without a word"
lost=$(log_lines "cannot be watched")
nft -f - << 'RULES'
table inet outages { chain out { type filter hook output priority 0; tcp dport 6443 drop; tcp sport 6443 drop; }; }
RULES
begin=$SECONDS
more_lost() { [ "$(log_lines "cannot be watched")" -gt "$lost" ]; }
eventually 20 more_lost
check "a watch that is half open is found in 10 s ($((SECONDS - begin)) s)" [ $((SECONDS - begin)) -le 10 ]
nft delete table inet outages
kubectl patch vpcpeering -n network two --type=merge -p '{"spec":{"suspend":true}}' > /dev/null
eventually 40 observed
check "and is taken up again" observed
kubectl patch vpcpeering -n network two --type=merge -p '{"spec":{"suspend":false}}' > /dev/null

echo "-- an object is deleted while the cloud cannot be reached"
nft -f - << 'RULES'
table inet outages { chain out { type filter hook output priority 0; tcp dport 7701 reject with tcp reset; }; }
RULES
kubectl delete vpcpeering -n network two --wait=false > /dev/null
eventually 60 ready_reason two Deleting
check "the status says that it is being deleted" ready_reason two Deleting
nft delete table inet outages
is_gone() { ! kubectl get vpcpeering -n network "$1" > /dev/null 2>&1; }
eventually 90 is_gone two
check "the cloud is back: what was its is gone, and then the object" has_groups 2
check "and so is its Secret" [ "$(kubectl get secrets -n network -o name | grep -c two || true)" = 0 ]

echo "-- the custom resource definition is deleted, and applied again"
kubectl delete crd vpcpeerings.vpcpeering.dev --timeout=120s > /dev/null
check "first the objects were taken down in the cloud" has_groups 0
check "with their instances" [ "$(instances)" = 0 ]
kubectl apply --server-side -k "$root/crds" > /dev/null
kubectl wait --for=condition=Established --timeout=30s crd/vpcpeerings.vpcpeering.dev > /dev/null
peering three 172.18 10.12.0.0/24 | kubectl apply -f - > /dev/null
eventually 90 has_groups 2
check "an object of the new one is taken up" has_groups 2

check "no secret was logged" bash -c '! grep -rqF -e "$1" -e wrong-key "$2"/controller.log' _ "$VULTR_API_KEY" "$work"
[ $checks_failed = 0 ]
