#!/bin/bash
# Two controllers on one API server, and a cloud whose log tells under which reign each request was made: one leads, the other takes over
# when the first is told to end, stands still for 30 s, or is cut off; never do two act. Run by with_apiserver.sh: leaders.sh BIN
set -euo pipefail
bin=$1
work=$KUBE_DIR/leaders
# shellcheck source=tests/e2e/kubernetes/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
# shellcheck source=tests/e2e/kubernetes/two_controllers.sh
. "$(dirname "$(readlink -f "$0")")/two_controllers.sh"
chmod 0711 "$KUBE_DIR"
start_cloud
# Hosts do not answer at all, so that a pass has looks under way, seconds long, whenever it is told to end.
ip route add default dev lo
nft -f - << RULES
table inet silence { chain out { type filter hook output priority 0; tcp dport 22 drop; }; }
RULES

kubectl create namespace vpcp-system > /dev/null
kubectl create namespace network > /dev/null
start one 65001 9301
eventually 20 leads 9301
start two 65002 9302
kubectl apply -f "$root/examples/ams-blr.yaml" > /dev/null
eventually 30 acted_under 0
check "the first leads and acts" leads 9301
check "the second is ready, and waits" waits 9302

keep_drifting &
drifting=$!

looks() { [ -n "$(ss -Htn state syn-sent '( dport = :22 )')" ]; }
eventually 60 looks
begin=$(date +%s%N)
kill -TERM "${pid[one]}"
eventually 15 leads 9302
took=$((($(date +%s%N) - begin) / 1000000))
check "told to end, it lets the next begin within 2 s, though it waits for a silent host ($took ms)" [ $took -le 2000 ]
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
check_reigns
[ $checks_failed = 0 ]
