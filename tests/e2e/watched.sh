# A peering on real hosts, with a watcher beside it that shares no code with the product: what matrix.sh, soak.sh, chaos.sh and
# tests/bench/repair.sh have in common. Needs $story, its name; sets $root, $here, $work and $bin.
# shellcheck shell=bash disable=SC2154

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(readlink -f "$here/../..")
export VPCP_LAB_DIR=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}
work=$VPCP_LAB_DIR/run-$story
bin=${VPCP_BIN:-$root/build/release/bin}
log_level=${log_level:-trace}
lag_limit=2  # Ready and the edge may be green for so many seconds after traffic has died: what a probe a second can see, three times
# shellcheck source=deploy/lab/story.sh
. "$root/deploy/lab/story.sh"
# shellcheck source=deploy/lab/running.sh
. "$root/deploy/lab/running.sh"
# shellcheck source=tests/e2e/drift_faults.sh
. "$here/drift_faults.sh"

# --- the watcher -----------------------------------------------------------------------------------------------------------

watchers=()
start_watching() {
  local from to
  while read -r from to; do
    "$here/watch.py" traffic "$VPCP_LAB_DIR" "$from" "$to" > "$work/traffic-$from.log" 2>> "$work/watch.log" < /dev/null 8>&- &
    watchers+=($!)
  done <<< "app-server $db_ip
db-server $app_ip"
  # Not through a function: $! must be the watcher itself, which nsenter becomes.
  nsenter --net=/run/netns/vpcp-lab-ctl -- "$here/watch.py" told http://127.0.0.1:9090/metrics > "$work/told.log" 2>> "$work/watch.log" < /dev/null 8>&- &
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
# dead_between FROM TO: seconds without traffic, and the longest times that Ready and the edge were green in it. The fault was made after FROM: a probe that was
# under way then may be lost as well.
dead_between() {
  judged | awk -v from="$1" -v to="$2" '
    $1 >= from - 0.5 && $1 <= to {
      early = $1 < from ? from - $1 : 0
      dead += $2
      if ($3 - early > ready) ready = $3 - early
      if ($4 - early > edge) edge = $4 - early
    }
    END {printf "%.1f %.1f %.1f\n", dead, ready, edge}'
}
# honest FROM TEXT: since FROM, neither Ready nor the edge was green for longer than $lag_limit seconds while traffic was dead
honest() {
  local lies
  lies=$(judged | awk -v from="$1" -v most="$lag_limit" '$1 >= from && ($3 > most || $4 > most)')
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
count_of() { metrics | awk -v kind="kind=\"$1\"" '/^vpcp_drift_detected_total\{/ && index($0, kind) {n += $NF} END {print n + 0}'; } # KIND
# Ready, with traffic, as this process says itself: the status file may be that of a dead one.
ready_now() { grep -q '^vpcp_peering_ready{.* 1$' <<< "$(metrics)" && is_ready; }
well() { ready_now && traffic; }

# --- how such a story begins and ends --------------------------------------------------------------------------------------

# begin TEXT: the machine is held and prepared; from here on everything is taken down when the script ends, however it ends.
begin() {
  "$root/deploy/lab/preflight.sh"
  hold_machine 1200
  echo "$1"
  prepare_machine
  at_the_end take_down
}
take_down() { stop_watching; stop_everything; }
# end: the closing line; 0 when no check failed
end() {
  printf '\n%s: %d checks passed, %d failed\n' "$story" "$checks_passed" "$checks_failed"
  [ "$checks_failed" = 0 ]
}

keep_secrets() { VPCP_BIN=$bin "$here/secrets.sh" "$work/known-secrets" "$work/operator-ssh" "$work/state"; }

# start_peering INTERVAL: of examples/ams-blr.yaml, with probes that often, from nothing to traffic
start_peering() {
  make_folders
  start_lab
  ssh_secret web-ssh
  sed "s/interval: 10s/interval: $1/" "$root/examples/ams-blr.yaml" > "$work/.ams-blr.yaml"
  mv "$work/.ams-blr.yaml" "$work/manifests/ams-blr.yaml"
  start_controller
  check "Ready=True" wait_for 240 is_ready
  app_ip=$(vpc_ip_of App-Server)
  db_ip=$(vpc_ip_of DB-Server)
  check "traffic both ways" wait_for 30 traffic
}

scene_start() {
  chapter "1. The lab, the controller at $log_level level, the watcher"
  start_peering 1s
  start_watching
  sleep 2
  watched() { [ "$(grep -c ' 1$' "$work/traffic-app-server.log")" -ge 10 ] && [ "$(grep -c ' 1$' "$work/traffic-db-server.log")" -ge 10 ] && grep -q 'told 1 1' "$work/told.log"; }
  check "the watcher sees ten probes a second answered, and what the metrics say" wait_for 15 watched
  keep_secrets
}
