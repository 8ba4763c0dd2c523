# The scenes of matrix.sh. Needs watched.sh.
# shellcheck shell=bash disable=SC2154

report=$root/build/reports/drift.md

# The ledger has a drift of this kind at this lane that was seen since.
in_ledger() { # KIND LANE SINCE
  "$bin/vpcpctl" drift "${object#*.}" -n "${object%%.*}" --state "$work/state" -o json |
    jq -e --arg kind "$1" --arg lane "$2" --argjson since "${3%.*}" \
      'any(.drift[]; .what == $kind and .where == $lane and (.detectedAt | fromdate) >= $since)'
}

# What is ours or the owner's on the hosts that a fault is not about: files, routes, tunnels.
host_of() { case $1 in amsterdam/gateway-0) echo gateway-a ;; bangalore/gateway-0) echo gateway-b ;; *) echo "${1#*/}" ;; esac; }
others_of() { # LANE
  local host others=() looks=()
  for host in gateway-a gateway-b app-server db-server; do
    [ "$host" = "$(host_of "$1")" ] || others+=("$host")
  done
  for host in "${others[@]}"; do
    { fingerprint "$host" || true; on "$host" 'wg show wg0 dump 2> /dev/null | tail -n +2 | cut -f1,3,4,8'; } > "$work/look-$host" 2>&1 &
    looks+=($!)
  done
  wait "${looks[@]}" || true
  for host in "${others[@]}"; do
    echo "== $host"
    cat "$work/look-$host"
  done
}

# One row: broken, seen under its name, right again, with traffic, and nobody else disturbed. Appends to the report.
row() { # ROW KIND LANE OUTCOME
  local row=$1 kind=$2 lane=$3 outcome=$4 began before seen='' right='' deadline others
  wait_for 60 well || { failed "$row: not well before the fault"; return; }
  others_of "$lane" > "$work/others.before"
  before=$(detected)
  began=$(now)
  "inject_$row" > /dev/null 2>&1 || true
  if [ "$outcome" != quiet ] && "check_$row" > /dev/null 2>&1; then
    # A fault of files on a host may be put right before we look, but then it has been seen.
    [ "$kind" != - ] && [ "$(count_of "$kind")" != "$(awk -v kind="$kind" '$1 == kind {n += $2} END {print n + 0}' <<< "$before")" ] ||
      { failed "$row: the fault had no effect, so nothing was proven"; return; }
  fi
  deadline=$((SECONDS + 60))
  while [ $SECONDS -lt $deadline ] && { [ -z "$seen" ] || [ -z "$right" ]; }; do
    [ -n "$seen" ] || ! seen_of "$kind" "$outcome" "$before" "$lane" "$began" || seen=$(since "$began")
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
  others=$(comm -13 <(echo "$before") <(detected) | awk -v kind="$kind" '$1 != kind {print $1}' | xargs)
  told_row "$row" "$kind" "$outcome" "$began" "$seen" "$right" "$others"
  undisturbed "$row" "$lane"
}
seen_of() { # KIND OUTCOME BEFORE LANE SINCE
  case $2 in
    refused:*) grep -qw -- "${2#refused:}" "$(status_file)" ;;
    *) [ "$1" = - ] || { [ "$(count_of "$1")" -gt "$(awk -v kind="$1" '$1 == kind {n += $2} END {print n + 0}' <<< "$3")" ] &&
        in_ledger "$1" "$4" "$5" > /dev/null 2>&1; } ;;
  esac
}
# A gateway that is made anew brings another key of its host and may bring another address, which its peers follow.
undisturbed() { # ROW LANE
  [[ $1 != instance_deleted && $1 != instance_reinstalled ]] || return 0
  wait_for 30 well || true
  others_of "$2" > "$work/others.after"
  cmp -s "$work/others.before" "$work/others.after" || {
    failed "$1: other hosts were disturbed"
    { diff "$work/others.before" "$work/others.after" || true; } | head -n 10 | shown
  }
}
told_row() { # ROW KIND OUTCOME BEGAN SEEN RIGHT OTHERS
  local dead green
  read -r dead green <<< "$(dead_between "$4" "$(now)")"
  printf '| %s | %s | %s | %s | %s | %s | %s | %s |\n' "$1" "$2" "$3" "${5:--}" "${6:--}" "$dead" "$green" "${7:-}" >> "$report"
  if [ -n "$5" ] && [ -n "$6" ]; then
    passed "$(printf '%-26s %-24s seen %5s s, right %5s s, no traffic %5s s, Ready meanwhile %s s' "$1" "$2" "$5" "$6" "$dead" "$green")"
  else
    failed "$(printf '%-26s %-24s seen %s, right %s' "$1" "$2" "${5:-never}" "${6:-never}")"
  fi
}

scene_drift() {
  chapter "2. Every drift"
  local name kind lane outcome began
  began=$(now)
  mkdir -p "${report%/*}"
  cat > "$report" <<'TEXT'
# Drift matrix

Seconds since the fault. "No traffic" and "Ready meanwhile" are of an observer with probes of its own, ten a second.

| row | kind | outcome | seen | right again | no traffic | Ready meanwhile | also seen |
| --- | --- | --- | --- | --- | --- | --- | --- |
TEXT
  while read -r name kind lane outcome <&7; do
    [ ${#rows[@]} -eq 0 ] || [[ " ${rows[*]} " == *" $name "* ]] || continue
    row "$name" "$kind" "$lane" "$outcome"
  done 7< <(drift_rows)
  check "well in the end" wait_for 120 well
  honest "$began" "neither Ready nor the edge was green for more than $lag_limit s while no traffic crossed"
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

# --- secrets ---------------------------------------------------------------------------------------------------------------

scene_secrets() {
  chapter "4. Secrets"
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
