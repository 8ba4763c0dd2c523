#!/bin/bash
# The figures: prints a table, and writes it to build/reports/bench.md. A figure over its goal is no failure, one that
# could not be measured is. Takes about four minutes once everything is built.
#   tests/bench/run.sh          everything
#   tests/bench/run.sh plan     only what needs no lab
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
export VPCP_LAB_DIR=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}
work=$VPCP_LAB_DIR/run-bench
bin=${VPCP_BIN:-$root/build/release/bin}
report=$root/build/reports/bench.md
# shellcheck source=deploy/lab/story.sh
. "$root/deploy/lab/story.sh"
# shellcheck source=deploy/lab/running.sh
. "$root/deploy/lab/running.sh"
# shellcheck source=tests/bench/figures.sh
. "$here/figures.sh"

measure_plan() {
  chapter "Planning a full mesh of 64 sites and 2,000 servers"
  [ -n "${VPCP_BIN:-}" ] || progress "Build" "$root/deploy/build.sh" release plan_bench
  local bench=${VPCP_PLAN_BENCH:-$root/build/release/tests/plan_bench} took
  took=$("$bench") || took=
  figure "plan() for 64 sites, 2,000 servers" "$took" ms 20
}

# 1,000 objects as a controller leaves them; the best of five runs, and the memory at its peak.
measure_status() {
  chapter "vpcpctl status of 1,000 peerings"
  [ -n "${VPCP_BIN:-}" ] || progress "Build vpcpctl" "$root/deploy/build.sh" release vpcpctl
  local state took
  state=$(mktemp -d)
  (
    # shellcheck source=tests/app/vpcpctl/state.sh
    . "$root/tests/app/vpcpctl/state.sh"
    write_peering "$state" p0
    for ((i = 1; i < 1000; i++)); do
      sed "s/\"name\": \"p0\"/\"name\": \"p$i\"/" "$state/objects/network.p0.json" > "$state/objects/network.p$i.json"
      sed "s/name: p0,/name: p$i,/" "$state/status/network.p0.yaml" > "$state/status/network.p$i.yaml"
    done
  )
  took=$(python3 - "$bin/vpcpctl" "$state" <<'PYTHON'
import resource, subprocess, sys, time
best = 1e9
for _ in range(5):
    began = time.monotonic()
    lines = subprocess.run([sys.argv[1], "--state", sys.argv[2], "status"], check=True, stdout=subprocess.PIPE).stdout.count(b"\n")
    best = min(best, time.monotonic() - began)
    assert lines == 1001, lines
print(round(best * 1000), round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1))
PYTHON
  ) || took=
  rm -rf "$state"
  figure "status of 1,000 peerings" "${took% *}" ms 150
  figure "status of 1,000 peerings, memory" "${took#* }" MB 40
}

# Over HTTP on loopback, and how long a pass waits to write its figures meanwhile.
measure_scrape() {
  chapter "A scrape of 1,000 peerings"
  [ -n "${VPCP_BIN:-}" ] || progress "Build" "$root/deploy/build.sh" release scrape_bench
  local bench=${VPCP_SCRAPE_BENCH:-$root/build/release/tests/scrape_bench} scrape alone beside
  read -r scrape alone beside < <("$bench") || true
  figure "scrape of 1,000 peerings" "$scrape" ms 50 "median of 9"
  figure "a pass's figures during a scrape" "$beside" ms 10 "the longest of 9 scrapes; without one $alone ms"
}

# In headless Chromium, from the controller's own server on loopback; the best of four loads.
measure_page() {
  chapter "The page of 64 sites"
  "$root/deploy/install.sh" page || true
  [ -n "${VPCP_BIN:-}" ] || progress "Build" "$root/deploy/build.sh" release page_stage
  local stage=${VPCP_PAGE_STAGE:-$root/build/release/tests/page_stage} paint drawn
  read -r paint drawn < <("$root/tests/page/browser_test.py" "$stage" Page.test_the_first_paint_comes_soon 2> /dev/null |
    sed -n 's/^first paint with 64 sites: \([0-9]*\) ms, all of them drawn: \([0-9]*\) ms.*/\1 \2/p') || true
  figure "first paint, 64 sites" "$paint" ms 300 "best of four loads; all 64 drawn after ${drawn:--} ms"
}

# Streams of 1,000 hosts in one process; the hosts are few real sshds.
measure_streams() {
  chapter "1,000 hosts followed"
  "$root/deploy/install.sh" test || true
  [ -n "${VPCP_BIN:-}" ] || progress "Build" "$root/deploy/build.sh" release stream_bench
  local bench=${VPCP_STREAM_BENCH:-$root/build/release/tests/stream_bench} took threads memory cpu
  read -r took threads memory cpu < <("$bench") || true
  figure "1,000 streams, threads" "$threads" "" 17 "one for 64 of them, and one that opens ways through jump hosts; all told something after ${took:--} s"
  figure "1,000 streams, memory" "$memory" MB 60 "VmRSS"
  figure "1,000 streams, CPU per stream" "$([ -z "$cpu" ] || calc "$cpu / 1000" 4)" "% of a core" 0.1 "30 s, each tells that it lives every 5 s"
}

finish() {
  local status=$?
  trap - EXIT INT TERM
  [ ! -d "$work" ] || stop_everything
  exit $status
}

case ${1:-all} in
  all) ;;
  plan) ;;
  *) sed -n '2,5s/^# //p' "$0" >&2; exit 2 ;;
esac
if [ "${1:-all}" = all ]; then
  "$root/deploy/lab/preflight.sh"
  hold_machine 1200
  prepare_machine
  trap finish EXIT
  trap 'exit 130' INT TERM
  measure_start
  measure_first_peering
  measure_steady
  measure_restart
  measure_plan_command
  stop_everything
  exec 8>&-
fi
measure_plan
measure_status
measure_scrape
measure_page
measure_streams
table
[ "$unmeasured" = 0 ]
