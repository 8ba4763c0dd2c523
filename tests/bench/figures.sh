# What tests/bench/run.sh measures on the lab, and how a figure is kept. Needs story.sh and running.sh.
# shellcheck shell=bash disable=SC2154

figures=()
unmeasured=0

# figure NAME MEASURED UNIT GOAL [DETAIL]: lower is better; an empty measurement is one that failed.
figure() {
  local verdict=over unit=${3:+ $3}
  if [ -z "$2" ]; then
    verdict="not measured"
    unmeasured=$((unmeasured + 1))
  elif awk -v a="$2" -v b="$4" 'BEGIN {exit !(a <= b)}'; then
    verdict=ok
  fi
  figures+=("| $1 | ${2:--}$unit | at most $4$unit | $verdict | ${5:-} |")
  say "$1: ${2:--}$unit (goal: at most $4$unit): $verdict${5:+; $5}"
}

table() {
  mkdir -p "$(dirname "$report")"
  {
    echo "| figure | measured | goal | | how |"
    echo "| --- | --- | --- | --- | --- |"
    printf '%s\n' "${figures[@]}"
  } > "$report"
  printf '\n'
  cat "$report"
}

now_us() { echo "${EPOCHREALTIME/./}"; }
median() { sort -n | awk '{v[NR] = $1} END {if (NR) print v[int((NR + 1) / 2)]}'; }
calc() { awk "BEGIN {printf \"%.${2:-2}f\", $1}"; }
rss_mb() { awk '/^VmRSS:/ {printf "%.1f", $2 / 1024}' "/proc/$1/status"; }
cpu_ticks() { awk '{sub(/^.*\) /, ""); print $12 + $13}' "/proc/$1/stat"; }
metric() { # NAME-AND-LABELS as an extended regular expression: the sum of its series
  in_control curl -sf --max-time 2 "http://127.0.0.1:9090/metrics" | awk -v name="^$1" '$0 ~ name {sum += $NF} END {print sum + 0}'
}
passes() { metric 'vpcp_reconcile_total\{controller="peering"'; }

# --- the scenario ------------------------------------------------------------------------------------------------------

measure_start() {
  chapter "The lab, and the controller without anything to do"
  make_folders
  start_lab
  start_controller
  sleep 3
  figure "memory, idle" "$(rss_mb "$controller_pid")" MB 15 "VmRSS, no manifests"
  stop_controller
  ssh_secret web-ssh
  cp "$root/examples/ams-blr.yaml" "$work/manifests/"
  start_controller
  say "waiting for the hosts of examples/ams-blr.yaml"
  wait_for 400 is_ready || { failed "the peering was not ready within 400 s"; exit 1; }
  wait_for 30 settled || true
  stop_controller
  export app_ip db_ip gateway_a_ip gateway_b_ip gateway_a_public gateway_b_public
  app_ip=$(vpc_ip_of App-Server)
  db_ip=$(vpc_ip_of DB-Server)
  gateway_a_ip=$(vpc_ip_of Gateway-A)
  gateway_b_ip=$(vpc_ip_of Gateway-B)
  gateway_a_public=$(instance Gateway-A .public_ip)
  gateway_b_public=$(instance Gateway-B .public_ip)
  operator_access
}

settled() { # nothing decided for 12 s, which is longer than the time between two passes
  local lines
  lines=$(wc -l < "$work/controller.log")
  sleep 12
  [ "$(wc -l < "$work/controller.log")" = "$lines" ]
}

operator_access() { # an administrator's own key and ssh configuration
  local host
  for host in gateway-a gateway-b app-server db-server; do
    on $host "cat >> /root/.ssh/authorized_keys" < "$work/operator-ssh.pub"
  done
  cat > "$work/ssh_config" <<TEXT
Host *
  User root
  IdentityFile $work/operator-ssh
  IdentitiesOnly yes
  UserKnownHostsFile $work/known_hosts
  StrictHostKeyChecking accept-new
  BatchMode yes
  LogLevel ERROR
Host gateway-a
  HostName $gateway_a_public
Host gateway-b
  HostName $gateway_b_public
Host app-server
  HostName $(instance App-Server .public_ip)
Host db-server
  HostName $db_ip
  ProxyCommand ssh -F $work/ssh_config -W %h:%p gateway-b
TEXT
}

# --- first peering -----------------------------------------------------------------------------------------------------

strip_hosts() { # Takes the peering off the hosts, but not WireGuard and not the note that the packages are updated.
  local host
  for host in gateway-a gateway-b app-server db-server; do
    on $host '
      systemctl disable --now wg-quick@wg0; ip link del wg0
      ufw delete allow 51820/udp; ufw route delete allow in on wg0; ufw route delete allow out on wg0
      nft delete table inet vpcp; sysctl -qw net.ipv4.ip_forward=0
      rm -rf /etc/wireguard/* /etc/sysctl.d/99-vpcp.conf /etc/sysctl.d/99-peering.conf /etc/vpcp /etc/netplan/60-*.yaml \
        /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg /var/lib/vpcp/before /var/lib/vpcp/routes
      netplan generate
      for network in 10.10.0.0/24 172.16.1.0/24 172.16.2.0/24; do
        ip -4 route show "$network" | grep via > /dev/null && ip route del "$network"
      done' > /dev/null || true
  done
}

# Waits on both servers at once for traffic to the other one, and prints when the later of them had it, in microseconds.
watch_traffic() {
  local pids=() file from to
  while read -r from to file; do
    on "$from" "deadline=\$((SECONDS + 120)); until ping -nqc1 -W0.2 $to > /dev/null && timeout 0.6 bash -c 'exec 3<>/dev/tcp/$to/22'; do
      [ \$SECONDS -lt \$deadline ] || exit 1; sleep 0.02; done; echo \${EPOCHREALTIME/./}" > "$work/$file" < /dev/null &
    pids+=($!)
  done <<PATHS
app-server $db_ip seen-app
db-server $app_ip seen-db
PATHS
  wait "${pids[@]}"
  sort -n "$work/seen-app" "$work/seen-db" | tail -n 1
}

# time_to_traffic COMMAND...: seconds from its start to verified traffic both ways.
time_to_traffic() {
  local began seen watcher
  strip_hosts
  if reaches app-server "$db_ip" > /dev/null; then
    failed "there is traffic on stripped hosts" >&2
    return 1
  fi
  watch_traffic > "$work/seen" &
  watcher=$!
  began=$(now_us)
  "$@"
  wait $watcher || return 1
  seen=$(cat "$work/seen")
  [ -n "$seen" ] && took=$(calc "($seen - $began) / 1e6")
}
by_hand() { in_control "$here/manual.sh" "$work/ssh_config" > "$work/manual.log" 2>&1; }

measure_first_peering() {
  chapter "First peering: the controller, and the manual's steps as a script over ssh"
  local round ours=() theirs=() took a b
  in_control ssh -F "$work/ssh_config" app-server true  # its host key is known, as after a first login
  in_control ssh -F "$work/ssh_config" db-server true
  in_control ssh -F "$work/ssh_config" gateway-a true
  for round in 1 2 3 4 5; do
    if time_to_traffic start_controller; then ours+=("$took") && say "round $round: the controller  $took s"; fi
    stop_controller
    if time_to_traffic by_hand; then theirs+=("$took") && say "round $round: the script      $took s"; fi
  done
  a=$(printf '%s\n' "${ours[@]}" | median)
  b=$(printf '%s\n' "${theirs[@]}" | median)
  figure "first peering, ratio to the script" "$([ -z "$a" ] || [ -z "$b" ] || calc "$a / $b" 3)" "" 0.5 \
    "controller ${ours[*]} s, script ${theirs[*]} s"
}

# --- steady ------------------------------------------------------------------------------------------------------------

measure_steady() {
  chapter "A steady minute"
  strip_hosts
  start_controller
  wait_for 60 is_ready || true
  wait_for 60 settled || true
  local lines before ticks count cpu requests writes
  api DELETE /lab/v1/requests > /dev/null
  lines=$(wc -l < "$work/controller.log")
  before=$(passes)
  ticks=$(cpu_ticks "$controller_pid")
  sleep 60
  ticks=$(($(cpu_ticks "$controller_pid") - ticks))
  count=$(($(passes) - before))
  requests=$(api GET /lab/v1/requests)
  writes=$(jq .writes <<< "$requests")
  figure "steady pass, writes to the cloud" "$writes" "" 0 "$count passes in 60 s"
  figure "steady pass, lines in the log" "$(($(wc -l < "$work/controller.log") - lines))" "" 0 "each change of a host is a line"
  [ "$count" -gt 0 ] || { figure "steady pass" "" "" 0; return; }
  jq .operations <<< "$requests" > "$work/operations.log"
  figure "steady pass, API requests" "$(calc "$(jq .reads <<< "$requests") / $count")" "" $list_pages \
    "the lists of VPCs, instances and firewall groups, one page each"
  figure "memory with the scenario" "$(rss_mb "$controller_pid")" MB 25 VmRSS
  cpu=$(calc "$ticks * 1000 / $(getconf CLK_TCK) / $count / 4" 3)
  measure_look "$cpu"
}

# What a look must ask for in this scenario, whatever the controller did ask for: three lists of one page.
list_pages=3

measure_look() { # CPU-MILLISECONDS of the controller per host and pass
  local host role ssh_ms
  TIMEFORMAT='%3U %3S'
  ssh_ms=$({ time for _ in 1 2 3 4 5; do
    while read -r host role; do
      in_control "$here/look.sh" "$work/ssh_config" "$host" "$role" > /dev/null 2>> "$work/look.log" < /dev/null || echo "a look failed" >&2
    done <<HOSTS
gateway-a gateway
gateway-b gateway
app-server server
db-server server
HOSTS
  done; } 2>&1 | awk 'NF == 2 && $1 + 0 == $1 {printf "%.3f", ($1 + $2) * 1000 / 20} /failed/ {exit 1}') || ssh_ms=
  figure "CPU per host and pass, ratio to ssh" "$([ -z "$ssh_ms" ] || calc "$1 / $ssh_ms" 4)" "" 0.05 \
    "controller $1 ms, ssh and a script ${ssh_ms:--} ms"
}

measure_restart() {
  chapter "From the start to the end of the first pass"
  local times=() lengths=() began round
  for round in 1 2 3; do
    stop_controller
    began=$(now_us)
    start_controller
    if first_pass_soon 30; then times+=("$(calc "($(now_us) - $began) / 1e6")"); fi
    lengths+=("$(calc "$(metric 'vpcp_reconcile_seconds_sum\{controller="peering"')")")
    say "round $round: ${times[-1]:-} s"
  done
  figure "start to the first pass" "$(printf '%s\n' "${times[@]}" | median)" s 0.5 "${times[*]} s to its end; the pass itself, with 4 new SSH sessions, took ${lengths[*]} s"
}
first_pass_soon() { # SECONDS; asks more often than wait_for, whose tenth of a second would count here
  local deadline=$((SECONDS + $1))
  until [ "$(passes)" -gt 0 ]; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.01
  done
}

# --- a plan ------------------------------------------------------------------------------------------------------------

# vpcpctl plan of the scenario, beside what no planner can do without: the lists of the cloud that it asked for, and one look at the
# host that is farthest away (through its gateway), by curl and ssh.
measure_plan_command() {
  chapter "vpcpctl plan, and the listing and the look that it needs"
  [ -n "${VPCP_BIN:-}" ] || progress "Build vpcpctl" "$root/deploy/build.sh" release vpcpctl
  local round plans=() floors=() urls a b
  api DELETE /lab/v1/requests > /dev/null
  planned || { figure "plan, ratio to listing and look" "" "" 1.5; return; }
  mapfile -t urls < <(api GET /lab/v1/requests | jq -r '.last[] | select(.method == "GET") | "http://127.0.0.1:8080" + .path')
  for round in 1 2 3 4 5 6 7; do
    plans+=("$(seconds_of planned)")
    floors+=("$(seconds_of listing_and_look "${urls[@]}")")
  done
  a=$(printf '%s\n' "${plans[@]}" | median)
  b=$(printf '%s\n' "${floors[@]}" | median)
  figure "plan, ratio to listing and look" "$([ -z "$a" ] || [ -z "$b" ] || calc "$a / $b")" "" 1.5 \
    "plan of 4 hosts $a s; ${#urls[@]} requests by curl and a look at DB-Server by ssh $b s"
}
planned() { # nothing is to be changed: all of it was looked at
  VULTR_API_KEY=$api_key in_control "$bin/vpcpctl" --manifests "$work/manifests" --state "$work/state" --vultr-url http://127.0.0.1:8080 \
    plan -f "$root/examples/ams-blr.yaml" > "$work/plan.log" 2>&1
}
listing_and_look() { # URL…
  in_control curl -sf --max-time 10 -H @<(echo "Authorization: Bearer $api_key") "$@" > /dev/null &&
    in_control "$here/look.sh" "$work/ssh_config" db-server server < /dev/null
}
seconds_of() { # COMMAND…: nothing when it fails
  local began
  began=$(now_us)
  "$@" || return 0
  calc "($(now_us) - $began) / 1e6" 3
}
