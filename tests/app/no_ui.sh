#!/bin/bash
# The controller's port with the page and without it (--no-ui): then nothing of the page is there, and all else is.
#   tests/app/no_ui.sh FOLDER-OF-THE-PROGRAMS
set -euo pipefail
programs=$(readlink -f "$1")
page=$(dirname "$(readlink -f "$0")")/../../src/adapters/web/page
work=$(mktemp -d)
controller=""
stop() {
  [ -z "$controller" ] || { kill "$controller" && wait "$controller"; } 2> /dev/null || true
  controller=""
}
trap 'stop; rm -rf "$work"' EXIT

status_of() { curl -s --max-time 5 -o "$work/answer" -w '%{http_code}' "http://127.0.0.1:$port$1"; }
expect() { # STATUS PATH…
  local path status
  for path in "${@:2}"; do
    status=$(status_of "$path") || true
    [ "$status" = "$1" ] || { echo "${options[*]:-with the page}: $path answers $status, not $1"; exit 1; }
  done
}
start() { # OPTION…: without objects, so that no cloud is asked
  options=("$@")
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  mkdir -p "$work/manifests"
  VULTR_API_KEY=none "$programs/vpc-peering-controller" run --manifests "$work/manifests" --state "$work/state" --metrics-listen "127.0.0.1:$port" "$@" \
    2> "$work/log" &
  controller=$!
  local end=$((SECONDS + 30))
  until [ "$(status_of /readyz || true)" = 200 ]; do
    [ $SECONDS -lt $end ] && kill -0 $controller || { tail -n 5 "$work/log"; echo "the controller did not start"; exit 1; }
    read -rt 0.1 <> <(:) || true
  done
}

files=()
for file in "$page"/*; do [ "${file##*/}" = index.html ] || files+=("/${file##*/}"); done
[ ${#files[@]} -ge 2 ] || { echo "the page has no files"; exit 1; }

start
expect 200 / "${files[@]}" /metrics /healthz
# The events have no end: curl is ended, or ends with the reader.
grep -q '^event: overview' < <(timeout 3 curl -sN "http://127.0.0.1:$port/events") || { echo "the page has no events"; exit 1; }
stop

for off in --no-ui --ui=false; do
  start $off
  expect 404 / /index.html "${files[@]}" /events "/events?peering=network/ams-blr"
  expect 200 /metrics /healthz
  stop
done
echo "the page is there, and goes with --no-ui; the rest stays"
