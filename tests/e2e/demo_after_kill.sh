#!/bin/bash
# The demo, on a machine where an earlier one was killed with -9 while its servers booted, and with it the lab, its reaper and the controller;
# a real Prometheus scrapes it, and every query of dashboard and alerts finds its data there.
# Needs VPCP_BIN, or builds the programs; exit code and last line are the demo's.
set -euo pipefail
demo=$(dirname "$(readlink -f "$0")")/../../deploy/lab/demo.sh
hosts=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}/run/hosts
log=$(mktemp "${TMPDIR:-/tmp}/vpcp-killed-demo.XXXXXX")
set -m # a process group of its own, which dies as one
"$demo" > "$log" 2>&1 < /dev/null &
killed=$!
set +m
trap 'kill -KILL -- -$killed 2> /dev/null || true; rm -f "$log"' EXIT
servers() { find "$hosts" -name nspawn.pid 2> /dev/null | wc -l; } # of this run: the demo begins with a clean machine

deadline=$((SECONDS + 1200)) # packages, build and image are in it
until grep -q '== 2\. ' "$log" && [ "$(servers)" -ge 2 ]; do
  kill -0 $killed 2> /dev/null && [ $SECONDS -lt $deadline ] || { tail -n 20 "$log"; echo "demo_after_kill: no server booted"; exit 1; }
  read -rt 0.1 <> <(:) || true
done
kill -KILL "$(pgrep -P "$(cat /run/vpcp-lab.lock)" -f '^vultr-lab reap ')" # not of the demo's process group
kill -KILL -- -$killed
wait $killed 2> /dev/null || true
trap - EXIT
rm -f "$log"
[ -e /run/netns/vpcp-lab-ctl ] || { echo "demo_after_kill: nothing was left to clean up, so nothing is proven"; exit 1; }
echo "A demo was killed while its servers booted; what it left is still there."
exec "$demo" --monitoring
