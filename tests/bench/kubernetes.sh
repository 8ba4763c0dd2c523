#!/bin/bash
# Our store and queue beside controller-runtime's on a real API server: prints a table, and writes it to build/reports/bench-kubernetes.md.
# A figure over its goal is no failure, one that could not be measured is. The two run one after the other: an idle machine makes a fair race.
#   tests/bench/kubernetes.sh            VPCP_BENCH_OBJECTS (10000), VPCP_BENCH_IDLE_SECONDS (60; the goal was set for 600)
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
out=$root/build/kubernetes
if [ "${1:-}" != --inside ]; then
  "$root/deploy/build.sh" release kube_bench > /dev/null
  "$root/tests/e2e/kubernetes/assets.sh"
  # shellcheck source=tests/e2e/kubernetes/go.sh
  . "$root/tests/e2e/kubernetes/go.sh"
  (cd "$here/controller_runtime" && GOTOOLCHAIN=local GOFLAGS=-mod=readonly "$(find_go)" build -o "$out/controller_runtime_bench" .)
  exec "$root/tests/e2e/kubernetes/with_apiserver.sh" "$(readlink -f "$0")" --inside
fi
objects=${VPCP_BENCH_OBJECTS:-10000}
idle_seconds=${VPCP_BENCH_IDLE_SECONDS:-60}
declare -A program=([ours]=$root/build/release/tests/kube_bench [theirs]=$out/controller_runtime_bench)
report=$root/build/reports/bench-kubernetes.md
mkdir -p "$(dirname "$report")"

# One request an object by a few connections; kubectl takes minutes for it. A line of input: {"path": …, "body": …}.
requests() { # METHOD CONTENT-TYPE
  local file=$KUBE_DIR/requests
  jq -r --arg method "$1" --arg type "$2" --arg dir "$KUBE_DIR" '"next", "fail", "output=/dev/null", "request=\($method)",
    "cacert=\($dir)/ca.crt", "cert=\($dir)/admin.crt", "key=\($dir)/admin.key", "header=\("Content-Type: " + $type | tojson)",
    "url=https://127.0.0.1:6443/apis/vpcpeering.dev/v1alpha1/namespaces/network/vpcpeerings\(.path)", "data=\(.body | tojson | tojson)"' | tail -n +2 > "$file"
  curl --no-progress-meter --parallel --parallel-max 20 -K "$file"
}
new_objects() { # FROM TO
  seq "$1" "$2" | jq -c '{path: "", body: {apiVersion: "vpcpeering.dev/v1alpha1", kind: "VPCPeering", metadata: {name: "many-\(.)", namespace: "network"}, spec: {
    sites: [{name: "x", region: "ams", vpc: {cidr: "172.16.1.0/24"}}, {name: "y", region: "blr", vpc: {cidr: "172.16.2.0/24"}}]}}}'
}
declare -A pid
start() { # WHO: sets ${pid[WHO]}; the first line of its answer is the time until it was in step
  mkfifo "$KUBE_DIR/$1.in" "$KUBE_DIR/$1.out"
  "${program[$1]}" < "$KUBE_DIR/$1.in" > "$KUBE_DIR/$1.out" 2> "$KUBE_DIR/$1.log" &
  pid[$1]=$!
  exec 5> "$KUBE_DIR/$1.in" 6< "$KUBE_DIR/$1.out"
}
stop() {
  exec 5>&- 6<&-
  kill -KILL "${pid[$1]}" 2> /dev/null || true
  wait "${pid[$1]}" 2> /dev/null || true
  rm "$KUBE_DIR/$1.in" "$KUBE_DIR/$1.out"
}
answer() { local line; read -rt 600 line <&6 || { tail -n 5 "$KUBE_DIR"/{ours,theirs}.log >&2; exit 1; }; echo "$line"; }
ask() { echo "$1" >&5; answer; }
resident_kb() { awk '/^VmRSS/ {print $2}' "/proc/${pid[$1]}/status"; }
cpu_ms() { awk '{print ($14 + $15) * 10}' "/proc/${pid[$1]}/stat"; }

declare -A figure
measure_full() { # WHO: with all the objects
  local before
  start "$1"
  figure[$1-synced]=$(($(answer) / 1000))
  sleep 3 # for its first passes over all of them
  figure[$1-memory]=$(resident_kb "$1")
  before=$(cpu_ms "$1")
  figure[$1-statuses]=$(($(ask "statuses 1000") / 1000))
  figure[$1-statuses-cpu]=$(($(cpu_ms "$1") - before))
  ask latency > /dev/null
  before=$(date +%s%N)
  for round in 1 2 3; do changes "$1" $round; done
  figure[$1-rate]=$((3000 * 1000000000 / ($(date +%s%N) - before)))
  figure[$1-latency]=$(ask latency)
  stop "$1"
}
changes() { # WHO ROUND: 1,000 specs change as quickly as the server takes them
  local port=$((51000 + $2 + ${#1} * 10)) # another one each time
  seq 1000 1999 | jq -c --argjson port $port '{path: "/many-\(.)", body: {spec: {tunnel: {listenPort: $port}}}}' | requests PATCH application/merge-patch+json
}
measure_idle() { # WHO: with one object
  local before
  start "$1"
  answer > /dev/null
  sleep 2
  before=$(cpu_ms "$1")
  sleep "$idle_seconds"
  figure[$1-idle-cpu]=$(($(cpu_ms "$1") - before))
  figure[$1-idle-memory]=$(resident_kb "$1")
  stop "$1"
}
row() { # TEXT UNIT OURS THEIRS GOAL
  awk -v text="$1" -v unit="$2" -v ours="$3" -v theirs="$4" -v goal="$5" 'BEGIN {
    printf "| %s | %s %s | %s %s | %s | %s |\n", text, ours, unit, theirs, unit, (theirs > 0 ? sprintf("%.2f", ours / theirs) : "-"), goal}'
}
table() {
  echo "| what | ours | controller-runtime | ratio | goal |"
  echo "| --- | --- | --- | --- | --- |"
  row "cold start with $objects objects, until in step" ms "${figure[ours-synced]}" "${figure[theirs-synced]}" 0.5
  row "resident memory after that" KiB "${figure[ours-memory]}" "${figure[theirs-memory]}" 0.4
  row "1000 statuses applied and seen back" ms "${figure[ours-statuses]}" "${figure[theirs-statuses]}" 1.0
  row "CPU for these" ms "${figure[ours-statuses-cpu]}" "${figure[theirs-statuses-cpu]}" 0.5
  row "idle, 1 object, $idle_seconds s: CPU" ms "${figure[ours-idle-cpu]}" "${figure[theirs-idle-cpu]}" 0.5
  row "idle, 1 object: memory (goal 15 MB)" KiB "${figure[ours-idle-memory]}" "${figure[theirs-idle-memory]}" -
  row "event to reconcile, p99, ${figure[ours-latency]#* } and ${figure[theirs-latency]#* } events, at ${figure[ours-rate]} and ${figure[theirs-rate]} changes a second" us "${figure[ours-latency]% *}" "${figure[theirs-latency]% *}" 1.0
}

kubectl create namespace network > /dev/null
new_objects 0 0 | requests POST application/json
for who in ours theirs; do measure_idle $who; done
new_objects 1 $((objects - 1)) | requests POST application/json
for who in ours theirs; do measure_full $who; done
table | tee "$report"
