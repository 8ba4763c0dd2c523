#!/bin/bash
# The controller under valgrind's memcheck, on real hosts: from nothing to Ready, drift, the page and the metrics, removal, the end. No error,
# and no memory that nobody points to any more.
#   tests/e2e/valgrind.sh     VPCP_BIN: folder of the programs; without it they are built
# Ends in "valgrind: N checks passed, M failed"; exit code 0 only for M = 0, 2 when the machine cannot run it.
set -euo pipefail
story=valgrind
log_level=info
# shellcheck source=tests/e2e/watched.sh
. "$(dirname "$(readlink -f "$0")")/watched.sh"
report=$work/memcheck.log
controller_start_limit=60
controller_under=(valgrind --log-file="$report" --leak-check=full --show-leak-kinds=definite
  --errors-for-leak-kinds=definite --num-callers=40 --error-exitcode=99)

served() { in_control curl -sf --max-time 20 "http://127.0.0.1:9090$1" > /dev/null; }
gone() { [ "$(api GET /lab/v1/instances | jq '.instances | length')" = 0 ] && [ ! -e "$(status_file)" ]; }

begin "Amsterdam and Bangalore on this machine, by a controller under valgrind."
chapter "1. From nothing to Ready"
start_peering 5s
chapter "2. Drift, looks, removal"
while read -r row kind <&7; do
  "inject_$row" > /dev/null 2>&1 || true
  seen() { [ "$(count_of "$kind")" -gt 0 ]; }
  check "$row is seen" wait_for 60 seen
  check "and put right" wait_for 60 "check_$row"
done 7<<'ROWS'
server_route ServerRouteMissing
peer_removed PeersChanged
config_edited ConfigFileChanged
forwarding ForwardingOff
ROWS
check "the page" served /
check "the metrics" served /metrics
rm "$work/manifests/ams-blr.yaml"
check "everything is taken down" wait_for 300 gone
chapter "3. What valgrind saw"
check "SIGTERM: the controller ends with 0" ended_well
check "no error, nothing lost" grep -q 'ERROR SUMMARY: 0 errors' "$report"
grep -q 'ERROR SUMMARY: 0 errors' "$report" || tail -n 60 "$report" | shown
end
