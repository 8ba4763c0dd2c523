#!/bin/bash
# Random faults of hosts, of the line, of the cloud's API, and kill -9 of the controller, on real hosts. It always comes right: no
# twin, no orphan, and Ready is never green over dead traffic.
#   tests/e2e/chaos.sh [--seed N] [--seconds S | --faults F]      (seed 8038, 180 s; a new seed with VPCP_LONG, as tests/run.sh --long has it)
# The same seed makes the same faults in the same order, with the same pauses; what it says in the end makes as many of them. Needs VPCP_BIN: folder of the programs; without it they
# are built. Ends in "chaos: N checks passed, M failed"; exit code 0 only for M = 0, 2 when the machine cannot run it.
set -euo pipefail
story=chaos
# shellcheck source=tests/e2e/watched.sh
. "$(dirname "$(readlink -f "$0")")/watched.sh"

seed=8038 seconds=180 faults=${VPCP_CHAOS_FAULTS:-}
[ -z "${VPCP_LONG:-}" ] || seed=$RANDOM  # what a change must pass is the same each time; new ground is for the long run
while [ $# -gt 1 ]; do
  case $1 in
    --seed) seed=$2 ;;
    --seconds) seconds=$2 ;;
    --faults) faults=$2 ;;
    *) break ;;
  esac
  shift 2
done
[ $# = 0 ] || { sed -n '4s/^# *//p' "$0" >&2; exit 2; }

# --- faults that are no row of the drift matrix ----------------------------------------------------------------------------------

cloud_fault() { api POST /lab/v1/faults "{\"kind\":\"$1\",\"match\":{\"method\":\"$2\",\"path\":\"^/v2/\"},\"count\":$3}"; }
inject_cloud_throttles() { cloud_fault throttle '.*' 3; }
inject_cloud_broken() { cloud_fault error500 '.*' 3; }
inject_cloud_loses_answer() { cloud_fault lost_answer POST 1; }
inject_cloud_slow() { cloud_fault slow GET 3; }
inject_line_cut() { "$lab" link ams blr --delay ${link_delay}ms --down && sleep 3 && "$lab" link ams blr --delay ${link_delay}ms --up; }
inject_line_bad() { "$lab" link ams blr --delay 150ms --jitter 20ms --loss 10% && sleep 3 && "$lab" link ams blr --delay ${link_delay}ms --up; }
inject_power_cut() { "$lab" power-cut gateway-a && "$lab" power-on gateway-a; }
inject_controller_killed() {
  stop_controller KILL
  start_controller
}
others=(cloud_throttles cloud_broken cloud_loses_answer cloud_slow line_cut line_bad power_cut controller_killed controller_killed)

# What comes right by itself or by the controller; a refusal needs somebody to take it back. What must be prepared has its time in the matrix.
mapfile -t kinds < <(drift_rows | awk '$4 !~ /^refused/ {print $1}' | while read -r row; do declare -F "prepare_$row" > /dev/null || echo "$row"; done)
kinds+=("${others[@]}")

# --- what must hold --------------------------------------------------------------------------------------------------------------

count() { api GET "/v2/$1" | jq --arg list "$2" '.[$list] | length'; } # PATH LIST
no_twins() {
  [ "$(api GET /v2/instances | jq -r '[.instances[].label] | sort | join(" ")')" = "App-Server DB-Server Gateway-A Gateway-B" ] &&
    [ "$(count vpcs vpcs)" = 2 ] && [ "$(count firewalls firewall_groups)" = "$groups" ]
}
nothing_left() { [ "$(count instances instances)" = 0 ] && [ "$(count vpcs vpcs)" = 0 ] && [ "$(count firewalls firewall_groups)" = 0 ]; }

come_right() { # ROUND FAULTS
  local began=$SECONDS
  if wait_for 240 well && wait_for 60 no_twins; then
    passed "$(printf 'round %2d, right after %3d s: %s' "$1" $((SECONDS - began)) "$2")"
  else
    failed "$(printf 'round %2d, not right within %d s: %s' "$1" $((SECONDS - began)) "$2")"
    { message_of Ready; api GET /v2/instances | jq -r '.instances[].label' | xargs; } | shown
  fi
}

scene_chaos() {
  chapter "2. Chaos, seed $seed"
  local began deadline round=0 names kind i
  made=0
  groups=$(count firewalls firewall_groups)
  check "four servers, two VPCs, $groups firewall groups" no_twins
  began=$(now)
  deadline=$((SECONDS + seconds))
  RANDOM=$seed
  while if [ -n "$faults" ]; then [ $made -lt "$faults" ]; else [ $SECONDS -lt $deadline ]; fi; do
    names=''
    for ((i = 0; i < 5; i++)); do
      kind=${kinds[RANDOM % ${#kinds[@]}]}
      names+=" $kind"
      "inject_$kind" > /dev/null 2>&1 || true # it may strike a server that is off
      sleep "$((RANDOM % 3)).$((RANDOM % 10))"
      made=$((made + 1))
    done
    round=$((round + 1))
    come_right $round "$names"
    [ "$checks_failed" = 0 ] || break
  done
  say "$made faults"
  honest "$began" "neither Ready nor the edge was green for more than $lag_limit s while no traffic crossed"
}

scene_deleted() {
  chapter "3. The object is deleted"
  stop_watching
  api DELETE /lab/v1/faults > /dev/null
  rm "$work/manifests/ams-blr.yaml"
  check "the cloud holds nothing" wait_for 240 nothing_left
}

begin "Amsterdam and Bangalore on this machine, broken at random: tests/e2e/chaos.sh --seed $seed"
scene_start
scene_chaos
scene_deleted
echo "again: tests/e2e/chaos.sh --seed $seed --faults $made"
end
