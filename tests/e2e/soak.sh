#!/bin/bash
# A healthy peering over a bad line: 150 ms each way with jitter and 5 % loss. Nothing may be reported, written or restarted.
#   tests/e2e/soak.sh [SECONDS]       (120)
# Needs VPCP_BIN: folder of the programs; without it they are built.
# Ends in "soak: N checks passed, M failed"; exit code 0 only for M = 0, 2 when the machine cannot run it.
set -euo pipefail
story=soak
# shellcheck source=tests/e2e/watched.sh
. "$(dirname "$(readlink -f "$0")")/watched.sh"
seconds=${1:-${VPCP_SOAK_SECONDS:-120}}
servers=(gateway-a gateway-b app-server db-server)

# Every file of the host that we could write, with its time, and everything that a restart would change.
state_of() { # HOST
  on "$1" "find /etc /var/lib/vpcp -type f -printf '%p %T@ %i\n' 2> /dev/null | sort
    cat /proc/sys/kernel/random/boot_id
    ip -o link | awk '{print \$1, \$2}'; ip -4 route | sort; nft list ruleset | sed 's/packets [0-9]* bytes [0-9]*//'
    sysctl -n net.ipv4.ip_forward net.ipv4.conf.all.rp_filter; wg show wg0 dump 2> /dev/null | tail -n +2 | cut -f1,3,4,8
    systemctl show -p InvocationID,NRestarts wg-quick@wg0 ssh systemd-networkd; pgrep wireguard-go || true"
}
states() { for host in "${servers[@]}"; do state_of $host > "$work/$host.$1"; done; } # NAME
cloud_writes() { api GET /lab/v1/requests | jq .writes; }
warnings() { grep -c '"type":"Warning"' "$work/state/events.log" || true; }
edge_up() { grep -q '^ *health: Up$' "$(status_file)"; }
lost_percent() { # FROM TO LOG: of the watcher's echoes
  awk -v from="$1" -v to="$2" '$2 == "icmp" && $1 >= from && $1 < to {n++; lost += !$3} END {printf "%.1f", n ? 100 * lost / n : 0}' "$3"
}

scene_soak() {
  chapter "2. $seconds s of 150 ms, 10 ms of jitter and 5 % loss each way"
  "$lab" link ams blr --delay 150ms --jitter 10ms --loss 5% > /dev/null
  check "well over such a line" wait_for 60 well
  local began ended before writes warned unwell=0 loss not_ready
  before=$(detected) writes=$(cloud_writes) warned=$(warnings)
  states before
  began=$(now)
  local deadline=$((SECONDS + seconds))
  while [ $SECONDS -lt $deadline ]; do
    edge_up || unwell=$((unwell + 1))
    sleep 1
  done
  ended=$(now)
  states after
  loss=$(lost_percent "$began" "$(calc_minus "$ended" 2)" "$work/traffic-app-server.log")
  check "the line was bad: the watcher lost $loss % of its echoes" awk -v loss="$loss" 'BEGIN {exit !(loss > 4 && loss < 18)}'
  not_ready=$(awk -v from="$began" -v to="$ended" '$1 >= from && $1 < to {n++; bad += ($3 != 1 || $4 != 1)} END {print (n > 0 ? bad : "nobody looked")}' "$work/told.log")
  check "Ready and the edge up all the time (otherwise: $not_ready looks)" [ "$not_ready" = 0 ]
  check "the edge's health was Up at every look (otherwise: $unwell)" [ $unwell = 0 ]
  check "no drift was seen" [ "$(detected)" = "$before" ]
  check "no warning was given" [ "$(warnings)" = "$warned" ]
  check "nothing was written in the cloud" [ "$(cloud_writes)" = "$writes" ]
  for host in "${servers[@]}"; do
    check "$host: no file written, nothing restarted" same_state $host
    same_state $host || diff "$work/$host.before" "$work/$host.after" | head -n 10 | shown
  done
}
calc_minus() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.3f", a - b}'; }
same_state() { [ -s "$work/$1.before" ] && cmp -s "$work/$1.before" "$work/$1.after"; }

begin "Amsterdam and Bangalore on this machine, over a bad line."
scene_start
scene_soak
end
