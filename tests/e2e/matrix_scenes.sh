# The scenes of matrix.sh. Needs story.sh, running.sh and drift_faults.sh.
# shellcheck shell=bash disable=SC2154

report=$root/build/reports/drift.md
lag_limit=2  # Ready may be green for so many seconds after traffic has died: what a probe a second can see, three times

# --- the watcher -----------------------------------------------------------------------------------------------------------

watchers=()
start_watching() {
  local from to
  while read -r from to; do
    "$here/watch.py" traffic "$VPCP_LAB_DIR" "$from" "$to" > "$work/traffic-$from.log" 2>> "$work/watch.log" < /dev/null 8>&- &
    watchers+=($!)
  done <<< "app-server $db_ip
db-server $app_ip"
  in_control "$here/watch.py" told http://127.0.0.1:9090/metrics > "$work/told.log" 2>> "$work/watch.log" < /dev/null 8>&- &
  watchers+=($!)
  "$here/watch.py" arguments > "$work/arguments.log" 2>> "$work/watch.log" < /dev/null 8>&- &
  watchers+=($!)
}
stop_watching() {
  [ ${#watchers[@]} -gt 0 ] || return 0
  kill "${watchers[@]}" 2> /dev/null || true
  wait "${watchers[@]}" 2> /dev/null || true
  watchers=()
}

now() { date +%s.%N; }
since() { awk -v from="$1" -v to="$(now)" 'BEGIN {printf "%.1f", to - from}'; }
judged() { "$here/watch.py" judge "$work/told.log" "$work/traffic-app-server.log" "$work/traffic-db-server.log"; }
# dead_between FROM TO: seconds without traffic, and the longest time that Ready was green in it
dead_between() {
  judged | awk -v from="$1" -v to="$2" '$1 >= from - 0.5 && $1 <= to {dead += $2; if ($3 > green) green = $3} END {printf "%.1f %.1f\n", dead, green}'
}
# honest FROM TEXT: since FROM, Ready was never green for longer than $lag_limit seconds while traffic was dead
honest() {
  local lies
  lies=$(judged | awk -v from="$1" -v most="$lag_limit" '$1 >= from && $3 > most')
  if [ -z "$lies" ]; then passed "$2"; else
    failed "$2: $(wc -l <<< "$lies") times (when, dead for, Ready green for, edge green for):"
    shown <<< "$lies"
  fi
}

# --- what is asked ---------------------------------------------------------------------------------------------------------

traffic() { reaches app-server "$db_ip" && reaches db-server "$app_ip"; }
metrics() { in_control curl -sf --max-time 2 http://127.0.0.1:9090/metrics; }
# detected: "KIND COUNT", a line each
detected() { metrics | sed -n 's/^vpcp_drift_detected_total{.*kind="\([^"]*\)".* \([0-9]*\)$/\1 \2/p' | sort; }
count_of() { detected | awk -v kind="$1" '$1 == kind {n += $2} END {print n + 0}'; }
# Ready, with traffic, as this process says itself: the status file may be that of a dead one.
ready_now() { metrics | grep -q '^vpcp_peering_ready{.* 1$' && is_ready; }
well() { ready_now && traffic; }

# --- scenes ----------------------------------------------------------------------------------------------------------------

scene_start() {
  chapter "1. The lab, the controller at trace level, the watcher"
  make_folders
  start_lab
  ssh_secret web-ssh
  sed 's/interval: 10s/interval: 1s/' "$root/examples/ams-blr.yaml" > "$work/.ams-blr.yaml"
  mv "$work/.ams-blr.yaml" "$work/manifests/ams-blr.yaml"
  start_controller
  check "Ready=True" wait_for 240 is_ready
  app_ip=$(vpc_ip_of App-Server)
  db_ip=$(vpc_ip_of DB-Server)
  check "traffic both ways" wait_for 30 traffic
  start_watching
  sleep 2
  watched() { [ "$(grep -c ' 1$' "$work/traffic-app-server.log")" -ge 10 ] && [ "$(grep -c ' 1$' "$work/traffic-db-server.log")" -ge 10 ] && grep -q 'told 1 1' "$work/told.log"; }
  check "the watcher sees ten probes a second answered, and what the metrics say" wait_for 15 watched
  keep_secrets
}

# One row: broken, seen under its name, right again, with traffic. Appends to the report.
row() { # ROW KIND LANE OUTCOME; the lane is for people
  local row=$1 kind=$2 outcome=$4 began before seen='' right='' deadline others
  wait_for 60 well || { failed "$row: not well before the fault"; return; }
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
    [ -n "$seen" ] || ! seen_of "$kind" "$outcome" "$before" || seen=$(since "$began")
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
}
seen_of() { # KIND OUTCOME BEFORE
  case $2 in
    refused:*) grep -qw -- "${2#refused:}" "$(status_file)" ;;
    *) [ "$1" = - ] || [ "$(count_of "$1")" -gt "$(awk -v kind="$1" '$1 == kind {n += $2} END {print n + 0}' <<< "$3")" ] ;;
  esac
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
  honest "$began" "Ready was never green for more than $lag_limit s while no traffic crossed"
}

# --- secrets ---------------------------------------------------------------------------------------------------------------

keep_secrets() { "$here/secrets.sh" "$work/known-secrets" "$work/operator-ssh"; }
scene_secrets() {
  chapter "3. Secrets"
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
    check "none in the $where: $(find ${places[$where]} -type f -exec cat {} + | "$here/watch.py" secrets "$work/known-secrets")" \
      eval 'find ${places[$where]} -type f -exec cat {} + | "$here/watch.py" secrets "$work/known-secrets"'
  done
  planted() { ! (cat "$work/controller.log"; tail -n 1 "$work/known-secrets") | "$here/watch.py" secrets "$work/known-secrets"; }
  check "and one that is put there is found" planted
}
