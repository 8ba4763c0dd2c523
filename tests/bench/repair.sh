#!/bin/bash
# How soon drift is seen and traffic is back, on real hosts: prints a table, and writes it to build/reports/bench-repair.md. A figure over its
# goal is no failure, one that could not be measured is. 20 runs of each take some 40 minutes.
#   tests/bench/repair.sh            all parts: drift silence power slow harmless deleted cost; VPCP_BENCH_RUNS (20)
#   tests/bench/repair.sh PART…      only these
# The times of traffic are those of tests/e2e/watch.py: ten probes a second each way by ICMP and TCP, none of our code.
set -euo pipefail
story=bench-repair
bench=$(dirname "$(readlink -f "$0")")
log_level=info
# shellcheck source=tests/e2e/watched.sh
. "$bench/../e2e/watched.sh"
# shellcheck source=tests/bench/figures.sh
. "$bench/figures.sh"
runs=${VPCP_BENCH_RUNS:-20}
report=$root/build/reports/bench-repair.md
all=(drift silence power slow harmless deleted cost)
parts=("$@")
[ $# -gt 0 ] || parts=("${all[@]}")
for part in "${parts[@]}"; do
  [[ " ${all[*]} " == *" $part "* ]] || { sed -n '4,5s/^# *//p' "$0" >&2; exit 2; }
done

# Nothing is in step with the seconds of the controller or of a host: up to a second later, by chance.
some_time() { sleep "0.$((RANDOM % 900 + 100))"; }
# declared SED-ARGUMENTS: the object is examples/ams-blr.yaml with these changes from now on.
declared() {
  sed -e '' "$@" "$root/examples/ams-blr.yaml" > "$work/.next.yaml"
  mv "$work/.next.yaml" "$work/manifests/ams-blr.yaml"
}
each_second=(-e 's/interval: 10s/interval: 1s/')
began() { now >> "$work/$1.began"; } # NAME: a run of it begins
ended() { now >> "$work/$1.ended"; }

# goes_on NAME ROUND ROUNDS: all is well, and a fault may be made. What is repaired more than five times within ten minutes at one place is somebody's
# doing, and then repaired slowly ("Fighting"), so that the controller is started anew each so many ROUNDS: it knows of no repairs then.
goes_on() {
  [ "$2" = 0 ] || [ $(($2 % $3)) != 0 ] || { stop_controller && start_controller; }
  wait_for 120 well || { failed "$1: not well before the fault"; return 1; }
}

measure_drift() {
  chapter "Local drift: fault to traffic back, $runs times each"
  local name row round
  while read -r name row <&7; do
    for ((round = 0; round < runs; round++)); do
      goes_on "$name" $round 5 || return 0
      some_time
      began "$name"
      "inject_$row" > /dev/null 2>&1 || true
      wait_for 60 "check_$row" || true
      wait_for 60 traffic || true
      ended "$name"
    done
    say "$name"
  done 7<<'ROWS'
route server_route
peer peer_removed
unit unit_stopped
sysctl forwarding
ROWS
}

# Traffic goes on while a file has other content, so the host itself says when it was right again.
measure_file() {
  local round
  for ((round = 0; round < runs; round++)); do
    goes_on file $round 5 || return 0
    some_time
    on gateway-b "began=\${EPOCHREALTIME/./}; sed -i 's/^ListenPort.*/ListenPort = 51999/' /etc/wireguard/wg0.conf
      until grep -q '^ListenPort = 51820' /etc/wireguard/wg0.conf; do sleep 0.02; done
      echo \$((\${EPOCHREALTIME/./} - began))" >> "$work/file.us"
  done
  say "file"
}

told_edge() { tail -n 1 "$work/told.log" | grep " $1\$" > /dev/null; }
measure_silence() {
  chapter "Silent death: the wire between the regions, cut and joined $runs times"
  local round
  for ((round = 0; round < runs; round++)); do
    goes_on link $round $((runs + 1)) || return 0
    some_time
    began cut
    "$lab" link ams blr --down > /dev/null
    wait_for 30 told_edge 0 || true
    ended cut
    some_time
    began joined
    "$lab" link ams blr --delay ${link_delay}ms --up > /dev/null
    wait_for 30 told_edge 1 || true
    ended joined
  done
}

measure_power() {
  chapter "Silent death: the power of Gateway-B, cut $runs times"
  local round
  for ((round = 0; round < runs; round++)); do
    goes_on power $round 5 || return 0
    some_time
    began power
    "$lab" power-cut gateway-b > /dev/null
    wait_for 30 told_edge 0 || true
    ended power
    "$lab" power-on gateway-b > /dev/null || true
  done
}

measure_slow() {
  chapter "Silent death with probes every 10 s: the wire cut $runs times"
  local round
  declared
  for ((round = 0; round < runs; round++)); do
    goes_on slow $round $((runs + 1)) || return 0
    sleep $((RANDOM % 10))
    some_time
    began slow
    "$lab" link ams blr --down > /dev/null
    wait_for 60 told_edge 0 || true
    ended slow
    "$lab" link ams blr --delay ${link_delay}ms --up > /dev/null
  done
  declared "${each_second[@]}"
}

# What is lost of the probes between App-Server and DB-Server while something else changes: a probe is given up after a second.
measure_harmless() {
  chapter "Changes that need not cut, $runs of each"
  local round mtu edges
  wait_for 60 well || { failed "MTU: not well before the change"; return 0; }
  sleep 2
  began mtu
  for ((round = 0; round < runs; round++)); do
    mtu=$((1420 - 20 * (1 - round % 2)))
    declared "${each_second[@]}" -e "/^  tunnel:/a\\    mtu: $mtu"
    wait_for 30 mtu_is $mtu || { failed "MTU: not $mtu within 30 s"; return 0; }
  done
  ended mtu
  # A third site; its edges come and go, and with them a peer of each gateway and a route of each server.
  alone='[[amsterdam, bangalore]]' joined='[[amsterdam, bangalore], [amsterdam, spare], [bangalore, spare]]'
  with_spare "$alone"
  wait_for 120 spare_is_made || { failed "peers: no third gateway within 120 s"; return 0; }
  sleep 2
  began peers
  for ((round = 0; round < runs; round++)); do
    edges=$joined
    [ $((round % 2)) = 0 ] || edges=$alone
    with_spare "$edges"
    wait_for 30 peers_and_routes_are $((2 - round % 2)) || { failed "peers: not $((2 - round % 2)) within 30 s"; return 0; }
  done
  ended peers
  sleep 2
  declared "${each_second[@]}"
}
mtu_is() { on gateway-a "ip link show wg0" | grep "mtu $1 " > /dev/null && on gateway-b "ip link show wg0" | grep "mtu $1 " > /dev/null; }
with_spare() { # EDGES
  declared "${each_second[@]}" -e "s/topology: .*/topology: {type: Custom, edges: $1}/" \
    -e '$a\  - {name: spare, region: ams, vpc: {cidr: 172.16.3.0/24}, gateway: {label: Gateway-C, plan: vc2-1c-1gb, os: Ubuntu 22.04 LTS x64}}'
}
spare_is_made() { on gateway-c "systemctl is-active wg-quick@wg0" && well; }
peers_and_routes_are() { # COUNT of peers: 2 with the third site, 1 without
  local host
  for host in gateway-a gateway-b; do peers_are $host "$1" || return 1; done
  for host in app-server db-server; do
    [ "$(on $host 'ip -4 route show 172.16.3.0/24 | wc -l')" = $(($1 - 1)) ] || return 1
  done
}

measure_deleted() {
  chapter "Gateway-A deleted in the cloud, $runs times"
  local round old new boot
  for ((round = 0; round < runs; round++)); do
    goes_on deleted $round 5 || return 0
    some_time
    old=$(id_of Gateway-A)
    began deleted
    api DELETE "/v2/instances/$old" > /dev/null || true
    made() { new=$(id_of Gateway-A) && [ -n "$new" ] && [ "$new" != "$old" ]; }
    wait_for 60 made || { failed "deleted: no new gateway within 60 s"; return 0; }
    now >> "$work/deleted.made"
    wait_for 120 traffic || { failed "deleted: no traffic within 120 s"; return 0; }
    boot=$(on gateway-a "stat -c %.Y /run/cloud-init/result.json")
    echo "$boot" >> "$work/deleted.booted"
    ended deleted
  done
}

# Without the observer, which scrapes ten times a second.
measure_cost() {
  stop_watching
  measure_idle
  measure_stream
}
measure_idle() {
  chapter "A quiet minute with streams and probes every 10 s"
  local ticks
  declared
  wait_for 60 settled || true
  ticks=$(cpu_ticks "$controller_pid")
  sleep 60
  ticks=$(($(cpu_ticks "$controller_pid") - ticks))
  figure "CPU of the controller per host" "$(calc "$ticks * 100 / $(getconf CLK_TCK) / 60 / 4" 3)" "% of a core" 0.1 "4 hosts, 60 s, at log level $log_level"
}

# What a stream costs on the host that it follows: its shell, with all that it has waited for, and what runs beside it.
stream_cost() { # prints CPU ticks so far, and MB (PSS) now
  on gateway-a '
    tree() { for pid; do echo "$pid"; tree $(cat "/proc/$pid/task/$pid/children"); done; }
    for pid in $(tree $(pgrep -o -f "[v]pcp-watch")); do
      sed "s/^.*) //" "/proc/$pid/stat" | awk "{print \$12 + \$13 + \$14 + \$15, 0}"
      awk "/^Pss:/ {print 0, \$2}" "/proc/$pid/smaps_rollup"
    done 2> /dev/null | awk "{ticks += \$1; kb += \$2} END {printf \"%d %.1f\\n\", ticks, kb / 1024}"'
}
measure_stream() {
  chapter "A quiet minute of a stream on its host"
  local before after memory
  read -r before memory < <(stream_cost) || true
  sleep 60
  read -r after memory < <(stream_cost) || true
  [ "${before:-0}" -gt 0 ] && [ "${after:-0}" -ge "$before" ] || memory=''
  figure "CPU of a stream on its host" "${memory:+$(calc "($after - $before) * 100 / $(getconf CLK_TCK) / 60" 3)}" "% of a core" 0.5 "Gateway-A, 60 s"
  figure "memory of a stream on its host" "$memory" MB 3 "PSS of its processes"
}

tell() { # what the logs say, as figures
  local name goal p50 p99 count what
  while read -r name goal what; do
    [ -e "$work/$name.began" ] || [ -e "$work/$name.us" ] || continue
    read -r p50 p99 count < <("$bench/repair_times.py" "$work" "$name") || p50='' p99='' count=0
    figure "$what, p50" "$p50" s "${goal%/*}" "$count runs"
    figure "$what, p99" "$p99" s "${goal#*/}" "$count runs"
  done <<'GOALS'
route 1.0/2.0 route of a server deleted
peer 1.0/2.0 peer removed
unit 1.0/2.0 unit stopped
sysctl 1.0/2.0 forwarding off
file 1.0/2.0 file edited (right again on the host)
cut 2.0/2.0 link cut, edge told dead
joined 2.0/2.0 link back, edge told up
power 2.0/2.0 power of a gateway cut, edge told dead
slow 12/12 link cut at an interval of 10 s, edge told dead
deleted 13/13 gateway deleted, beyond its boot
GOALS
  while read -r name what; do
    [ -e "$work/$name.began" ] || continue
    read -r p50 _ count < <("$bench/repair_times.py" "$work" "$name") || p50='' count=0
    figure "probes lost while $what" "$p50" "" 0 "of $count, $runs changes"
  done <<'CHANGES'
mtu the MTU changes
peers peers and routes come and go
CHANGES
}

begin "Amsterdam and Bangalore on this machine, broken $runs times in each way."
scene_start
for part in "${parts[@]}"; do
  case $part in
    drift) measure_drift; measure_file ;;
    *) "measure_$part" ;;
  esac
done
stop_watching
tell
table
[ "$unmeasured" = 0 ] && [ "$checks_failed" = 0 ]
