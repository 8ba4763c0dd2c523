#!/bin/bash
# Builds the fuzz targets and runs each of them on its corpus and on what libFuzzer makes of it.
#   tests/fuzz/run.sh [SECONDS]         of each target (default 15), as many at once as there are processors
#   tests/fuzz/run.sh TARGET FILE...    only these inputs, once: to replay a finding
# A finding ends in exit code 1, with the input in build/reports/fuzz and what is wrong with it on the screen.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
build=$root/build/asan
reports=$root/build/reports/fuzz
targets=()
for source in "$here"/*.cpp; do
  name=$(basename "$source" .cpp)
  [ "$name" = entry ] || targets+=("$name")
done

if [[ ${1:-} =~ ^[a-z] ]]; then
  target=$1
  shift
  "$root/deploy/build.sh" asan "fuzz_$target" > /dev/null
  exec "$build/tests/fuzz/fuzz_$target" "$@"
fi
seconds=${1:-15}
"$root/deploy/build.sh" asan fuzz_targets > /dev/null
rm -rf "$reports"
mkdir -p "$reports"

# Private keys are made here rather than kept in the tree.
mkdir -p "$build/corpus/ssh_keys"
for type in ed25519 ecdsa; do
  for phrase in '' secret; do
    key=$build/corpus/ssh_keys/$type${phrase:+-locked}
    [ -e "$key" ] || { ssh-keygen -q -t $type -N "$phrase" -C fuzz -f "$key" && rm "$key.pub"; }
  done
done

export LSAN_OPTIONS=suppressions=$here/lsan.supp:print_suppressions=0
run_one() { # TARGET: what libFuzzer adds to the corpus stays in build/, so that the next run begins where this one ended
  local target=$1 log=$reports/$1.log
  mkdir -p "$build/corpus/$target"
  # The longest input is a host's report of 30 kB. An input that takes 5 s, or 1 GB, is a finding too.
  if "$build/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=32768 -print_final_stats=1 \
    -artifact_prefix="$reports/$target-" "$build/corpus/$target" "$here/corpus/$target" > "$log" 2>&1; then
    printf 'fuzz: %-14s %9d inputs, coverage %5d, no finding\n' "$target" \
      "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)"
  else
    printf 'fuzz: %-14s FINDING: tests/fuzz/run.sh %s %s\n' "$target" "$target" "$(ls "$reports/$target"-* 2> /dev/null | head -n 1)"
    grep -nE 'property broken|ERROR|runtime error|SUMMARY|#[0-9] ' "$log" | head -n 25
    return 1
  fi
}

status=0
running=0
for target in "${targets[@]}"; do
  [ $running -lt "$(nproc)" ] || { wait -n || status=1; running=$((running - 1)); }
  run_one "$target" &
  running=$((running + 1))
done
while [ $running -gt 0 ]; do
  wait -n || status=1
  running=$((running - 1))
done
exit $status
