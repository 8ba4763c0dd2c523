#!/bin/bash
# The clock of a controller's node is stepped by hours, forth and back, while it leads and while it waits: the lead stays where it is, the
# leader goes on acting, and nobody else begins. libfaketime is that clock; the monotonic one goes on, as it does when a real clock is set.
# Run by with_apiserver.sh: clock.sh BIN
set -euo pipefail
bin=$1
work=$KUBE_DIR/clock
# shellcheck source=tests/e2e/kubernetes/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
# shellcheck source=tests/e2e/kubernetes/two_controllers.sh
. "$(dirname "$(readlink -f "$0")")/two_controllers.sh"
chmod 0711 "$KUBE_DIR"
start_cloud

# set_clock NAME SECONDS: that much before (-) or after (+) the clock of everybody else, at the next look at it.
set_clock() {
  echo "$2" > "$work/$1.clock.new"
  chmod 0644 "$work/$1.clock.new" # the controllers are users of their own
  mv "$work/$1.clock.new" "$work/$1.clock"
}
start_with_clock() { # NAME UID PORT
  start "$@" LD_PRELOAD="$(echo /usr/lib/*/faketime/libfaketimeMT.so.1)" FAKETIME_TIMESTAMP_FILE="$work/$1.clock" FAKETIME_NO_CACHE=1 \
    FAKETIME_DONT_FAKE_MONOTONIC=1
}
# A Lease lasts 15 s and is renewed every 2 s: who would lose it by a wrong clock has lost it after 20.
reign_holds() {
  local end=$((SECONDS + 20))
  while [ $SECONDS -lt $end ]; do
    leads 9301 && waits 9302 || return 1
    read -rt 0.3 <> <(:) || true
  done
}
renewed_by_clock_of() { # HOURS: what the Lease says of when it was renewed, from now
  local renewed
  renewed=$(kubectl get lease -n vpcp-system -o json | jq -r '.items[0].spec.renewTime')
  awk -v at="$(date -d "$renewed" +%s)" -v now="$(date +%s)" -v hours="$1" 'BEGIN {d = at - now - hours * 3600; exit !(d > -60 && d < 60)}'
}

# What the controller will see, as its user.
fake_clock() {
  setpriv --reuid 65001 --regid 65001 --clear-groups -- env LD_PRELOAD="$(echo /usr/lib/*/faketime/libfaketimeMT.so.1)" \
    FAKETIME_TIMESTAMP_FILE="$work/one.clock" FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 date +%s
}
set_clock one +18000
check "the clock of a user of the controller's kind can be stepped" [ $(($(fake_clock) - $(date +%s))) -ge 17990 ]

kubectl create namespace vpcp-system > /dev/null
kubectl create namespace network > /dev/null
set_clock one +0
set_clock two +0
start_with_clock one 65001 9301
eventually 20 leads 9301
start_with_clock two 65002 9302
kubectl apply -f "$root/examples/ams-blr.yaml" > /dev/null
eventually 30 acted_under 0
eventually 20 waits 9302
keep_drifting &
drifting=$!

step() { # TEXT NAME SECONDS: the cloud's log, which is bounded, begins anew
  set_clock "$2" "$3"
  api -X DELETE $cloud/lab/v1/requests > /dev/null
  check "$1: the lead stays where it was" reign_holds
  check "and the leader goes on acting, under the same number" [ "$(effects | sort -u)" = 0 ]
}
step "the leader's clock is 5 h ahead" one +18000
check "its Lease tells that clock's time" renewed_by_clock_of 5
step "and back" one +0
step "the clock of the one that waits is 5 h ahead" two +18000
step "and back" two +0

set_clock one +18000
set_clock two -10
begin=$(date +%s%N)
kill -TERM "${pid[one]}"
eventually 10 leads 9302
took=$((($(date +%s%N) - begin) / 1000000))
check "a Lease from 5 h ahead that was given up is taken within 2 s ($took ms)" [ $took -le 2000 ]
eventually 60 acted_under 1

kill $drifting
check_reigns
[ $checks_failed = 0 ]
