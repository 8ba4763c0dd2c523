# The scenes of matrix.sh. Needs watched.sh.
# shellcheck shell=bash disable=SC2154

report=$root/build/reports/drift.md

# The ledger has a drift of this kind at this lane that was seen since.
in_ledger() { # KIND LANE SINCE
  "$bin/vpcpctl" drift "${object#*.}" -n "${object%%.*}" --state "$work/state" -o json |
    jq -e --arg kind "$1" --arg lane "$2" --argjson since "${3%.*}" \
      'any(.drift[]; .what == $kind and .where == $lane and (.detectedAt | fromdate) >= $since)'
}

# Nothing that drifted is still open, and all is well.
closed() {
  "$bin/vpcpctl" drift "${object#*.}" -n "${object%%.*}" --state "$work/state" -o json | jq -e 'all(.drift[]; .repairedAt != null)'
}
settled() { well && closed; }

# new_drift: what was seen since it was asked last, "KIND@LANE" a line each, as the log tells; "KIND@?" what only the metrics count.
# In $work/drift.new.
drift_mark=0 drift_counted=
new_drift() {
  local counted end kind
  counted=$(detected)
  end=$(stat -c %s "$work/controller.log")
  head -c "$end" "$work/controller.log" | tail -c +$((drift_mark + 1)) |
    sed -nE 's/.* W Drift found .* drift=([^ ]+) +lane=([^ ]+).*/\1@\2/p' | sort -u > "$work/drift.new"
  for kind in $(comm -13 <(echo "$drift_counted") <(echo "$counted") | awk '{print $1}'); do
    grep -q "^$kind@" "$work/drift.new" || echo "$kind@?" >> "$work/drift.new"
  done
  drift_mark=$end drift_counted=$counted
}

# One row: broken, seen under its name, right again, with traffic, all hosts as before, the broken one too, and nothing else seen.
# Appends to the report.
row() { # ROW KIND LANE OUTCOME
  local row=$1 kind=$2 lane=$3 outcome=$4 began before seen='' right='' deadline
  wait_for 60 settled || { failed "$row: not well before the fault"; return; }
  looked_before || { failed "$row: a host could not be looked at before the fault"; return; }
  if declare -F "prepare_$row" > /dev/null; then
    "prepare_$row" > /dev/null 2>&1 || failed "$row: could not be prepared"
  fi
  before=$(count_of "$kind")
  began=$(now)
  "inject_$row" > /dev/null 2>&1 || true
  if [ "$outcome" != quiet ] && "check_$row" > /dev/null 2>&1; then
    # A fault of files on a host may be put right before we look, but then it has been seen.
    [ "$kind" != - ] && [ "$(count_of "$kind")" != "$before" ] ||
      { failed "$row: the fault had no effect, so nothing was proven"; return; }
  fi
  deadline=$((SECONDS + 90))
  while [ $SECONDS -lt $deadline ] && { [ -z "$seen" ] || [ -z "$right" ]; }; do
    [ -n "$seen" ] || ! seen_of "$row" "$kind" "$outcome" "$before" "$lane" "$began" || seen=$(since "$began")
    case $outcome in
      refused:*) right=${seen:+-} ;;
      *) [ -n "$right" ] || ! { "check_$row" && traffic; } > /dev/null 2>&1 || right=$(since "$began") ;;
    esac
    sleep 0.1
  done
  if declare -F "undo_$row" > /dev/null; then
    "undo_$row" > /dev/null 2>&1 || true
    wait_for 90 "check_$row" || failed "$row: not right after it was undone"
  fi
  told_row "$row" "$kind" "$outcome" "$began" "$seen" "$right"
  wait_for 60 settled || failed "$row: not well, or drift still open, a minute after it was right"
  wait_for 20 same_but "$(drift_changes "$row")" "$work/looks.before" || { failed "$row: hosts are not as before the fault"; differences; }
  mv "$work/looks.after" "$work/looks.before"
  [ "$(condition Fighting)" != True ] || failed "$row: the rows before it have been taken for a fight: $(message_of Fighting)"
  as_declared "$row" "$kind@$lane"
}
# The look after a fault is the one before the next.
looked_before() { whole_look "$work/looks.before" || looks > "$work/looks.before"; }
seen_of() { # ROW KIND OUTCOME BEFORE LANE SINCE
  case $3 in
    refused:*) grep -qw -- "${3#refused:}" "$(status_file)" ;;
    *) [ "$2" = - ] || { [ "$(count_of "$2")" -gt "$4" ] &&
        named "$1" "$2" "$5" "$6"; } ;;
  esac
}
# At its lane, or where the same follows from it: of two hosts that are broken alike, the one that is repaired first can teach the other.
named() { # ROW KIND LANE SINCE
  local lane
  for lane in "$3" $(drift_also "$1" | sed -n "s/^$2@//p"); do
    ! in_ledger "$2" "$lane" "$4" > /dev/null 2>&1 || return 0
  done
  return 1
}
# Of drift, no more was seen than the row declares, on any host, until the hosts were as before.
as_declared() { # ROW OWN
  local beyond
  new_drift
  printf ' %s |\n' "$(grep -vxF -- "$2" "$work/drift.new" | xargs)" >> "$report"
  beyond=$(comm -13 <({ echo "$2"; drift_also "$1"; } | sort -u) <(sort -u "$work/drift.new") | xargs)
  [ -z "$beyond" ] || failed "$1: drift that the row does not declare: $beyond"
}
# What the host itself tells of may stay green over dead traffic for a second; what has to be missed, or is of the cloud, for $lag_limit.
lag_limit_of() { # ROW KIND
  [[ $1 != @(firewall_kernel|silent_cloud) ]] || { echo "$lag_limit"; return; }
  case $2 in
    - | Instance* | FirewallGroup* | FirewallRules* | Tags* | VpcDescription*) echo "$lag_limit" ;;
    *) echo 1 ;;
  esac
}
told_row() { # ROW KIND OUTCOME BEGAN SEEN RIGHT
  local dead green edge most
  read -r dead green edge <<< "$(dead_between "$4" "$(now)")"
  printf '| %s | %s | %s | %s | %s | %s | %s | %s |' "$1" "$2" "$3" "${5:--}" "${6:--}" "$dead" "$green" "$edge" >> "$report"
  if [ -n "$5" ] && [ -n "$6" ]; then
    passed "$(printf '%-26s %-24s seen %5s s, right %5s s, no traffic %5s s, green meanwhile: Ready %s s, edge %s s' "$1" "$2" "$5" "$6" "$dead" "$green" "$edge")"
  else
    failed "$(printf '%-26s %-24s seen %s, right %s' "$1" "$2" "${5:-never}" "${6:-never}")"
  fi
  most=$(lag_limit_of "$1" "$2")
  awk -v ready="$green" -v edge="$edge" -v most="$most" 'BEGIN {exit ready > most || edge > most}' ||
    failed "$1: Ready was green for $green s of dead traffic, the edge for $edge s ($most at most)"
}

scene_drift() {
  chapter "2. Every drift"
  local name kind lane outcome
  mkdir -p "${report%/*}"
  cat > "$report" <<'TEXT'
# Drift matrix

Seconds since the fault. "No traffic", and how long Ready and the edge were green in it, are of an observer with probes of its own, ten a second.

| row | kind | outcome | seen | right again | no traffic | Ready green | edge green | also seen |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
TEXT
  new_drift
  check "the set-up is no drift" [ ! -s "$work/drift.new" ]
  while read -r name kind lane outcome <&7; do
    ! wanted "$name" || row "$name" "$kind" "$lane" "$outcome"
  done 7< <(drift_rows)
  check "well in the end" wait_for 120 well
}

# --- a narrow path ---------------------------------------------------------------------------------------------------------

# A file of DB-Server comes whole to App-Server: its packets are as large as the path lets them be.
large_file() {
  [ "$(on app-server "timeout 5 python3 -c 'import urllib.request; print(len(urllib.request.urlopen(\"http://$db_ip:8000/file\").read()))'")" = 500000 ]
}
stalls() { ! large_file && traffic; }
# Both gateways, now and after a reboot, and the status.
mtu_follows() { # MTU
  local gateway
  for gateway in gateway-a gateway-b; do
    on $gateway "ip link show wg0 | grep -w 'mtu $1' > /dev/null && grep -qx 'MTU = $1' /etc/wireguard/wg0.conf" || return 1
  done
  grep -qw "pathMTU: $1" "$(status_file)" && ready_now
}
scene_narrow_path() {
  chapter "3. A path that carries only packets of 1,400 bytes"
  on db-server 'mkdir -p /run/large && head -c 500000 /dev/zero > /run/large/file && ufw allow 8000/tcp > /dev/null && systemd-run -q -u large python3 -m http.server -d /run/large 8000'
  check "a large file crosses the tunnel" wait_for 20 large_file
  "$lab" link ams blr --delay ${link_delay}ms --mtu 1400
  check "on a narrow path it does not, though pings and connections pass" stalls
  stop_controller KILL
  start_controller
  # 1,400 less the 60 of WireGuard over IPv4, in steps of 16, to which it pads.
  check "the controller, started anew, measures it and lowers the MTU of the tunnel" wait_for 60 mtu_follows 1328
  check "the large file crosses again" wait_for 20 large_file
  check "which is no drift" [ "$(count_of MtuChanged)" = 0 ]
  on db-server 'systemctl stop large; ufw delete allow 8000/tcp > /dev/null'
  "$lab" link ams blr --delay ${link_delay}ms
}

# --- a VPC that is deleted, with the gateway in it ---------------------------------------------------------------------------

# Of a site that has nothing else: a cloud deletes no VPC that a server is in.
third_site='
  - name: third
    region: ams
    vpc: {cidr: 172.16.3.0/24, description: VPC-C}
    gateway: {label: Gateway-C}'
vpc_of() { instance "$1" '.vpcs[0].id'; }
third_joined() { peers_are gateway-a 2 && peers_are gateway-b 2 && pings gateway-c "$(on gateway-a 'ip -o -4 address show dev wg0' | awk '{sub("/.*", "", $4); print $4}')" && settled; }
third_anew() { [ "$(id_of Gateway-C)" != "$1" ] && [ "$(vpc_of Gateway-C)" != "$2" ] && third_joined; } # OLD-INSTANCE OLD-VPC
third_gone() { [ -z "$(id_of Gateway-C)" ] && peers_are gateway-a 1 && peers_are gateway-b 1 && settled; }
declare_manifest() { mv "$1" "$work/manifests/ams-blr.yaml"; }

scene_vpc_deleted() {
  chapter "6. A VPC that is deleted"
  local began id vpc manifest=$work/manifests/ams-blr.yaml
  wait_for 60 settled || failed "not well before it"
  looks > "$work/looks.before" || failed "a host could not be looked at"
  cp -p "$manifest" "$work/.two.yaml"
  { cat "$manifest" && echo "$third_site"; } > "$work/.three.yaml"
  declare_manifest "$work/.three.yaml"
  check "a third site, of a gateway alone, joins" wait_for 120 third_joined
  id=$(id_of Gateway-C) vpc=$(vpc_of Gateway-C)
  stop_controller KILL
  began=$(now)
  check "while no controller runs its gateway is deleted" api DELETE "/v2/instances/$id"
  check "and its VPC, which is empty now" wait_for 20 api DELETE "/v2/vpcs/$vpc"
  start_controller
  check "the controller names both" wait_for 30 eval 'in_ledger VpcMissing third "$began" && in_ledger InstanceMissing third/gateway-0 "$began"'
  check "and makes another VPC, and a gateway in it that joins" wait_for 120 third_anew "$id" "$vpc"
  declare_manifest "$work/.two.yaml"
  check "the third site leaves" wait_for 120 third_gone
  if wait_for 20 same_but '' "$work/looks.before"; then passed "the hosts of the other two are as before"; else
    failed "the hosts of the other two are as before"
    differences
  fi
}

# --- secrets ---------------------------------------------------------------------------------------------------------------

scene_secrets() {
  chapter "8. Secrets"
  keep_secrets
  stop_watching
  metrics > "$work/metrics.txt" || true
  api GET /lab/v1/requests > "$work/requests.txt"
  local where
  declare -A places=([log]="$work/controller.log $work/vultr-lab.log" [status and events]="$work/state/status $work/state/events.log"
    [metrics]="$work/metrics.txt" ["arguments of every process"]="$work/arguments.log" ["request log of the cloud"]="$work/requests.txt"
    ["state folder"]="$work/state")
  for where in "${!places[@]}"; do
    # shellcheck disable=SC2086
    texts() { find ${places[$where]} -type f ! -path "$work/state/key" -exec cat {} +; }  # the key that seals the rest is itself
    check "none in the $where: $(texts | "$here/watch.py" secrets "$work/known-secrets")" \
      eval 'texts | "$here/watch.py" secrets "$work/known-secrets"'
  done
  planted() { ! (cat "$work/controller.log"; tail -n 1 "$work/known-secrets" | "$@") | "$here/watch.py" secrets "$work/known-secrets"; }
  check "and one that is put there is found" planted cat
  check "also where it is written in base64" planted base64 -w 0
}
