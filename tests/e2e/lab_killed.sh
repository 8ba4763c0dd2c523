#!/bin/bash
# A lab on real hosts that is killed with -9: alone, what it leaves is gone within seconds; with its reaper, the next lab removes it. One that is
# started at once waits for the reaper and keeps its own. After a clean end nothing is left either, the reaper included. And what
# `lab ssh` started on a host ends with it.
# Needs root; VPCP_BIN: folder of the programs, without it they are built.
set -euo pipefail
root=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")
export VPCP_LAB_DIR=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}
work=$VPCP_LAB_DIR/run-killed
bin=${VPCP_BIN:-$root/build/release/bin}
# shellcheck source=deploy/lab/story.sh
. "$root/deploy/lab/story.sh"
# shellcheck source=deploy/lab/running.sh
. "$root/deploy/lab/running.sh"

mapfile -t groups < <(awk '$3 == "cgroup2" || ($3 == "cgroup" && $4 ~ /name=systemd/) {print $2 "/vpcp-lab"}' /proc/mounts)
members() { find "${groups[@]}" -name cgroup.procs -exec cat {} + 2> /dev/null | grep -vx 0 || true; }
reaper_of() { pgrep -P "$1" -f '^vultr-lab reap '; }
# remember: every process of the lab, into $processes
remember() { mapfile -t processes < <(members; reaper_of "$lab_pid"; echo "$lab_pid"); }
runs() { # PID; one that has ended and that its new parent has not noticed yet does not
  local state
  state=$(ps -o stat= -p "$1") && [[ $state != Z* ]]
}
left() { # what there is of a lab on the machine, one a line
  local path pid
  for path in /run/netns/vpcp-lab-* /run/systemd/nspawn/propagate/vpcp-lab-* /run/vpcp-lab.lock "$VPCP_LAB_DIR"/run/{hosts,tun} "${groups[@]}"; do
    [ ! -e "$path" ] || echo "$path"
  done
  grep -F " $VPCP_LAB_DIR/run/" /proc/mounts || true
  for pid in "${processes[@]}"; do ! runs "$pid" || echo "process $pid: $(tr '\0' ' ' < "/proc/$pid/cmdline")"; done
}
nothing_left() { [ -z "$(left)" ]; }
boot_host() { # LABEL
  local os
  os=$(api GET /v2/os | jq '.os[0].id')
  api POST /v2/instances "{\"region\":\"ams\",\"plan\":\"vc2-1c-1gb\",\"os_id\":$os,\"label\":\"$1\"}" > /dev/null
  wait_for 60 on "$1" true || { failed "the host $1 did not boot"; exit 1; }
}
kill_lab() {
  kill -KILL "$lab_pid"
  wait "$lab_pid" 2> /dev/null || true
}
gone_within() { # SECONDS TEXT
  if wait_for "$1" nothing_left; then passed "$2"; else failed "$2"; left | shown; fi
}
refused() { # a second lab beside the first
  ! VULTR_API_KEY=x timeout 10 "$bin/vultr-lab" serve --backend hosts --image "$image" --state "$work/second" --listen 127.0.0.1:8081 2> "$work/second.log" &&
    grep -q 'another lab is running' "$work/second.log"
}

hold_machine 600
prepare_machine
make_folders
at_the_end stop_everything

chapter "Killed alone"
start_lab
boot_host first
wait_for 60 booted first || { failed "it does not get through its boot"; exit 1; }
remember
reaper=$(reaper_of "$lab_pid") || { failed "it has no reaper"; exit 1; }
knows_no_key() { ! grep -qaF -f "$api_key_file" "/proc/$reaper/environ"; }
check "its reaper is a session of its own" test "$(ps -o sess= -p "$reaper" | tr -d ' ')" = "$reaper"
check "which does not know the API key" knows_no_key
kill_lab
gone_within 15 "no namespace, mount, group or process of it is left"

chapter "Killed, and started again at once"
start_lab
boot_host second
remember
kill_lab
start_lab
before=("${processes[@]}")
boot_host third
processes=("${before[@]}")
check "what the first one left is gone" test -z "$(left | grep process)"
check "the host of the second one runs, and no other" test "$(find "$VPCP_LAB_DIR/run/hosts" -name name -exec cat {} +)" = third
check "a third one is refused" refused
check "which does no harm" on third true

chapter "Killed with its reaper"
remember
reaper=$(reaper_of "$lab_pid")
kill -KILL "$reaper"
kill_lab
check "all of it is left" test -e /run/netns/vpcp-lab-fabric -a -d "$VPCP_LAB_DIR/run/hosts"
start_lab
check "the next lab has removed it" test -z "$(find "$VPCP_LAB_DIR/run/hosts" -mindepth 1 2> /dev/null)"

chapter "Ended as it should be"
boot_host fourth
remember
kill -TERM "$lab_pid"
check "it ends well" wait "$lab_pid"
lab_pid=
gone_within 1 "nothing is left"

chapter "A command on a host that shuts down"
# As systemd-shutdown does it with all processes: stopped first, then told to end; one that is busy is killed.
start_lab
boot_host fifth
{ on fifth sleep 600 || true; } &
command=$!
sleeps() { on fifth pgrep -x sleep; }
check "it runs" wait_for 10 sleeps
stopped_and_killed() {
  on fifth "pkill -STOP -x sleep; timeout 10 sh -c 'until grep -q ^State:.T /proc/\$(pgrep -x sleep)/status; do :; done' && pkill -KILL -x sleep"
}
check "it is stopped, and then killed" stopped_and_killed
ended() { ! runs "$command"; }
check "lab ssh ends when it is stopped and killed" wait_for 10 ended
ended || kill -KILL -- $(pgrep -P "$command") "$command"
wait "$command" 2> /dev/null || true

chapter "Started by a script that nobody listens to any more"
kill -TERM "$lab_pid"
wait "$lab_pid" || true
lab_pid=
told=$(mktemp)
talk() { # until its words reach nobody
  at_the_end stop_everything
  start_lab
  boot_host sixth
  remember
  printf '%s\n' "${processes[@]}" > "$told"
  while echo "It goes on."; do :; done
}
talk | grep -m 1 "It goes on" > /dev/null || true
mapfile -t processes < "$told"
rm -f "$told"
check "its host was there" test ${#processes[@]} -gt 5
gone_within 1 "nothing is left"

printf '\nlab_killed: %d checks passed, %d failed\n' "$checks_passed" "$checks_failed"
[ "$checks_failed" = 0 ]
