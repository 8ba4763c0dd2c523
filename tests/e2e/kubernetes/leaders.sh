#!/bin/bash
# Two controllers on one API server, and a cloud whose log tells under which reign each request was made: one leads, the other takes over
# when the first is told to end, stands still for 30 s, or is cut off; never do two act. Run by with_apiserver.sh: leaders.sh BIN
set -euo pipefail
bin=$1
work=$KUBE_DIR/leaders
# shellcheck source=tests/e2e/kubernetes/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
chmod 0711 "$KUBE_DIR"
start_cloud

# Each controller is a user of its own, so that the kernel can cut off one of them.
declare -A pid uid
start() { # NAME UID PORT
  uid[$1]=$2
  install -m 0400 -o "$2" "$KUBECONFIG" "$work/$1.conf"
  setpriv --reuid "$2" --regid "$2" --clear-groups -- "$bin/vpc-peering-controller" run --store kubernetes --kubeconfig "$work/$1.conf" \
    --lease-namespace vpcp-system --vultr-url $cloud --metrics-listen "127.0.0.1:$3" --log-format text > "$work/$1.log" 2>&1 &
  pid[$1]=$!
}
# leader_gauge PORT: 1 leads, 0 waits. Read to the end: a pipe that grep closes early is a failure of curl's, and no answer.
leader_gauge() { curl -sS --max-time 5 "http://127.0.0.1:$1/metrics" 2> /dev/null | awk '$1 == "vpcp_leader" {print $2}'; }
leads() { [ "$(leader_gauge "$1")" = 1 ]; }
waits() { [ "$(leader_gauge "$1")" = 0 ]; }
ended() { ! kill -0 "${pid[$1]}" 2> /dev/null; }

# A rule of a gateway's firewall group is removed by hand: the next pass adds it.
drift() {
  local group rule
  group=$(api $cloud/v2/firewalls | jq -r '.firewall_groups[0].id')
  rule=$(api "$cloud/v2/firewalls/$group/rules" | jq -r '.firewall_rules[0].id')
  api -X DELETE -A drift "$cloud/v2/firewalls/$group/rules/$rule" > /dev/null
}
# The number of the reign of each effect in the cloud, in order.
effects() { requests | jq -r '.last[] | select(.method != "GET") | .agent | capture("transition=(?<n>[0-9]+)") | .n'; }
acted_under() { [ "$(effects | grep -cx "$1" || true)" -gt 0 ]; }

kubectl create namespace vpcp-system > /dev/null
kubectl create namespace network > /dev/null
start one 65001 9301
eventually 20 leads 9301
start two 65002 9302
kubectl apply -f "$root/examples/ams-blr.yaml" > /dev/null
eventually 30 acted_under 0
check "the first leads and acts" leads 9301
check "the second is ready, and waits" waits 9302

keep_drifting() { while :; do drift 2> /dev/null || true; sleep 1; done; }
keep_drifting &
drifting=$!

begin=$(date +%s%N)
kill -TERM "${pid[one]}"
eventually 10 leads 9302
took=$((($(date +%s%N) - begin) / 1000000))
check "told to end, it lets the next begin within 2 s ($took ms)" [ $took -le 2000 ]
eventually 60 acted_under 1
check "which acts under a number of its own" acted_under 1
eventually 15 ended one
wait "${pid[one]}" && result=0 || result=$?
check "the first has ended well" [ $result = 0 ]

start one 65001 9301
kill -STOP "${pid[two]}"
frozen=$SECONDS
eventually 30 leads 9301
check "one that stands still is followed when its Lease has expired ($((SECONDS - frozen)) s)" [ $((SECONDS - frozen)) -ge 14 ]
eventually 60 acted_under 2
while [ $((SECONDS - frozen)) -lt 30 ]; do sleep 0.2; done
kill -CONT "${pid[two]}"
eventually 10 ended two
wait "${pid[two]}" && result=0 || result=$?
check "awake after 30 s, it ends at once" [ $result = 1 ]
check "and says why" grep -q "The lead is lost" "$work/two.log"

start two 65002 9302
eventually 20 serves 9302
nft -f - << RULES
table inet leaders { chain out { type filter hook output priority 0; meta skuid ${uid[one]} tcp dport 6443 drop; }; }
RULES
cut=$SECONDS
eventually 20 ended one
check "cut off from the API server, the leader ends in 10 s, before another may begin ($((SECONDS - cut)) s)" [ $((SECONDS - cut)) -le 13 ]
eventually 30 leads 9302
eventually 60 acted_under 3
nft delete table inet leaders

kill $drifting
check "no effect came from an earlier reign after a later one had begun" bash -c 'printf "%s\n" "$1" | sort -nc' _ "$(effects)"
check "every effect in the cloud carries its number" [ "$(requests | jq '[.last[] | select(.method != "GET" and .agent != "drift" and (.agent | test("transition=") | not))] | length')" = 0 ]
echo "effects by reign: $(effects | sort | uniq -c | tr -s ' \n' ' ')"
[ $checks_failed = 0 ]
