# Two controllers on one API server, and the reigns that the cloud's log tells of. Sourced after common.sh.
# shellcheck shell=bash

# Each controller is a user of its own, so that the kernel can cut off one of them.
declare -A pid uid
start() { # NAME UID PORT [VARIABLE=VALUE…]: with these in its environment
  local name=$1 port=$3
  uid[$1]=$2
  install -m 0400 -o "$2" "$KUBECONFIG" "$work/$1.conf"
  setpriv --reuid "$2" --regid "$2" --clear-groups -- env "${@:4}" "$bin/vpc-peering-controller" run --store kubernetes \
    --kubeconfig "$work/$name.conf" --lease-namespace vpcp-system --vultr-url "$cloud" --metrics-listen "127.0.0.1:$port" --log-format text \
    > "$work/$name.log" 2>&1 &
  pid[$name]=$!
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
keep_drifting() { while :; do drift 2> /dev/null || true; sleep 1; done; }
# What the log of the cloud says of two controllers, in the end.
check_reigns() {
  check "no effect came from an earlier reign after a later one had begun" bash -c 'printf "%s\n" "$1" | sort -nc' _ "$(effects)"
  check "every effect in the cloud carries its number" [ "$(requests | jq '[.last[] | select(.method != "GET" and .agent != "drift" and (.agent | test("transition=") | not))] | length')" = 0 ]
  echo "effects by reign: $(effects | sort | uniq -c | tr -s ' \n' ' ')"
}
