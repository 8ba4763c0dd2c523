#!/bin/bash
# Installs what is needed, builds, and runs the tests. The last line is ctest's own.
#   tests/run.sh           the suites that a change must pass
#   tests/run.sh SUITE…    only these; tests/README.md says what each one proves
#   tests/run.sh --long    all suites, those too that take long
set -euo pipefail
root=$(readlink -f "$(dirname "$(readlink -f "$0")")/..")
cd "$root"

# Style first, since it is the quickest to fail; then what waits for most of its time, the stories on hosts and the tests with an API server, beside
# which the sanitized builds are made and tested; a ctest of the release build last, so that its line is the closing one.
sanitized=(style fuzz asan tsan)
long_sanitized=(tidy)
of_release=(sim app monitoring page kubernetes lab package matrix soak chaos)
long_of_release=(unit contract topologies valgrind image clients node demo-kubernetes)
on_hosts=(lab package matrix soak chaos topologies valgrind node demo-kubernetes)
at_the_end=(sim unit contract clients image) # of the release build: what takes a processor's time, or has the machine for itself
on_a_node=(node demo-kubernetes)
on_kubernetes=(kubernetes image "${on_a_node[@]}")

all=("${sanitized[@]}" "${long_sanitized[@]}" "${of_release[@]}" "${long_of_release[@]}")
suites=()
for argument in "$@"; do
  if [ "$argument" = --long ]; then
    suites=("${all[@]}")
    export VPCP_LONG=1 VPCP_SOAK_SECONDS=3600 VPCP_CHAOS_FAULTS=1000 VPCP_SCHEDULE_SECONDS=90 VPCP_SCHEDULE_FIRST=$((RANDOM * 32768))
  elif [[ " ${all[*]} " == *" $argument "* ]]; then
    suites+=("$argument")
  else
    sed -n '2,5s/^# //p' "$0" >&2
    echo "suites: ${all[*]}" >&2
    exit 2
  fi
done
[ ${#suites[@]} -gt 0 ] || suites=("${sanitized[@]}" "${of_release[@]}")

began=$SECONDS
say() { printf '== %4d s  %s\n' $((SECONDS - began)) "$*"; }
wants() { # SUITE…: one of them?
  local suite
  for suite in "$@"; do [[ " ${suites[*]} " != *" $suite "* ]] || return 0; done
  return 1
}

build() { # PRESET [TARGET…]: shows a line now and then, the errors when it fails
  say "building ($1)"
  deploy/build.sh "$@" 2>&1 | awk '
    /^\[[0-9]+\/[0-9]+\]/ {split($1, n, /[][\/]/); if (n[2] >= next_shown || n[2] == n[3]) {print "   " $1; fflush(); next_shown = n[2] + 40}; if (!/FAILED/) next}
    /^FAILED|error|Error|warning|ninja: build stopped|undefined reference/ {shown = 1}
    shown {print; fflush()}'
}

# Under the sanitizers: everything but the lab; real hosts show nothing more there and take minutes.
sanitized_log() { echo "build/$1/ctest-${2//|/-}.log"; } # PRESET LABELS
sanitized_tests() { # PRESET LABELS [PREFIX of the command]
  local names=external_symbolizer_path=/usr/lib/llvm-14/bin/llvm-symbolizer
  local -x TSAN_OPTIONS="suppressions=$root/tests/tsan.supp halt_on_error=1 $names" ASAN_OPTIONS="detect_leaks=1 $names" UBSAN_OPTIONS="$names"
  local -x LSAN_OPTIONS="suppressions=$root/tests/lsan.supp print_suppressions=0"
  "${@:3}" ctest --test-dir "build/$1" -L "^($2)\$" --output-on-failure --no-tests=error -j "$jobs" --quiet --output-log "$(sanitized_log "$1" "$2")"
}
sanitizer_spoke() { grep -E '(Address|Leak|Thread)Sanitizer:|runtime error:' "$(sanitized_log "$1" "$2")" > /dev/null 2>&1; }
sanitized() { # PRESET LABELS
  say "$1: $2"
  sanitized_tests "$1" "$2" || failed_tests "$1" "$2"
  say "$1: $(grep -E 'tests passed' "$(sanitized_log "$1" "$2")")"
}
failed_tests() { # PRESET LABELS: shows them, and ends
  grep -vE '^ *[0-9]+/[0-9]+ Test .* Passed' "$(sanitized_log "$1" "$2")" | tail -n 80
  exit 1
}

# A machine that cannot run the lab says so before the long builds, not after them.
! wants "${on_hosts[@]}" || deploy/lab/preflight.sh
! wants "${on_a_node[@]}" || deploy/lab/preflight.sh --node
deploy/install.sh build lab test check
jobs=$(nproc)

if wants style; then
  say "style: clang-format over every source"
  git ls-files -z -- '*.cpp' '*.h' | xargs -0 clang-format --dry-run --Werror
  # grep -q ends at its first match, the program before it then dies of SIGPIPE, and under pipefail what is true reads as false.
  ! git grep -nE '[^|]\| *grep -[a-zA-Z]*q' -- deploy tests ||
    { echo "style: write these as | grep PATTERN > /dev/null, which reads to the end" >&2; exit 1; }
fi

if wants tidy; then
  deploy/install.sh tidy
  say "tidy: clang-tidy over what is built for users"
  deploy/build.sh tidy src/page_assets.cpp > /dev/null # the one source that is made
  grep -o '"file": "[^"]*"' build/tidy/compile_commands.json | cut -d '"' -f 4 | xargs -P "$jobs" -n 1 clang-tidy -p build/tidy --quiet 2> /dev/null
fi

kubernetes_programs() { # [PREFIX of the commands]
  say "the Kubernetes programs"
  local of_a_node=()
  ! wants "${on_a_node[@]}" || of_a_node=(--node)
  "$@" tests/e2e/kubernetes/assets.sh ${of_a_node[@]+"${of_a_node[@]}"} || return
  "$@" tests/e2e/kubernetes/helm.sh
}

of_hosts=() waiting=() others=()
for suite in "${of_release[@]}" "${long_of_release[@]}"; do
  if ! wants $suite; then continue; fi
  if [[ " ${on_hosts[*]} " == *" $suite "* ]]; then of_hosts+=("$suite")
  elif [[ " ${at_the_end[*]} " == *" $suite "* ]]; then others+=("$suite")
  else waiting+=("$suite"); fi
done
# Without one that has something beside it, or one that ends the run, they are all for the end.
if [ ${#of_hosts[@]} -eq 0 ] || [ ${#others[@]} -eq 0 ]; then others+=(${waiting[@]+"${waiting[@]}"}) waiting=(); fi

for suite in monitoring page valgrind; do
  ! wants $suite || deploy/install.sh $suite
done
! wants lab || deploy/install.sh page  # one of its stories has a browser
! wants "${on_kubernetes[@]}" || deploy/install.sh kubernetes
! wants fuzz asan tsan || deploy/install.sh clang
if [ ${#of_hosts[@]} -gt 0 ]; then
  # It is fetched for the most part.
  mkdir -p build
  deploy/lab/image.sh > build/image.log 2>&1 < /dev/null &
  image=$!
  # It waits for one child, with which all in it end; and first of all goes what would clean up after that.
  trap '[ -z "$(jobs -pr)" ] || kill -KILL $image $(pgrep -P $image) || true' EXIT
  trap 'exit 130' INT TERM
fi
if [ $((${#of_hosts[@]} + ${#waiting[@]} + ${#others[@]})) -gt 0 ]; then
  # Of the tests only what is wanted: compiling all of them takes longer than running them.
  targets=(programs)
  ! wants monitoring page || targets+=(page_stage)
  ! wants kubernetes || targets+=(kubernetes_store_test)
  for suite in unit sim contract; do
    ! wants $suite || targets+=("suite_$suite")
  done
  build release "${targets[@]}"
fi

labels() { local IFS='|'; echo "^($*)\$"; } # SUITE…: as ctest selects them
release_tests=(ctest --test-dir build/release --output-on-failure --no-tests=error)
# One more at once than there are processors: those with an API server wait most of their time.
at_once=$((jobs + 1))

# ahead: what the suites after those on hosts need, and the simulation under the sanitizers, whose time is not the clock's, with the time of the
# processors that nobody else wants. What cannot be built is built again, and told of, where it is due; so is a test that failed, unless a
# sanitizer has spoken: a test may have got too little time.
passed_ahead() { echo "build/$1/passed-ahead"; }
ahead() {
  local sanitizer whole=0
  ! wants "${on_kubernetes[@]}" || kubernetes_programs tests/idle.sh || whole=1
  ! wants fuzz || tests/idle.sh deploy/build.sh asan fuzz_targets || whole=1
  for sanitizer in asan tsan; do
    wants $sanitizer || continue
    if tests/idle.sh deploy/build.sh $sanitizer && sanitized_tests $sanitizer sim tests/idle.sh; then touch "$(passed_ahead $sanitizer)"; else whole=1; fi
  done
  return $whole
}
rm -f "$(passed_ahead asan)" "$(passed_ahead tsan)" "$(sanitized_log asan sim)" "$(sanitized_log tsan sim)"
if [ ${#of_hosts[@]} -gt 0 ]; then
  ! wants "${on_a_node[@]}" || kubernetes_programs
  deploy/lab/preflight.sh
  say "the lab's host image"
  wait $image || deploy/lab/image.sh # which says why
  # Hosts wait for most of their time.
  ahead > build/ahead.log 2>&1 < /dev/null &
  beside=$!
  trap 'kill $beside 2> /dev/null || true' EXIT
  trap 'exit 130' INT TERM
  say "release, on hosts: ${of_hosts[*]}"
  "${release_tests[@]}" -L "$(labels "${of_hosts[@]}")"
  if [ ${#others[@]} -eq 0 ] && ! wants fuzz asan tsan; then exit 0; fi
  if [ ${#waiting[@]} -gt 0 ]; then
    ! wants "${on_kubernetes[@]}" || kubernetes_programs # waits for those that are being built
    say "release: ${waiting[*]}"
    "${release_tests[@]}" -j $at_once -L "$(labels "${waiting[@]}")"
  fi
  say "what has begun beside them, to its end"
  wait "$beside" || say "not all of it, see build/ahead.log"
  trap - EXIT INT TERM
fi

if wants fuzz; then
  build asan fuzz_targets
  say "fuzz: every parser of foreign bytes"
  tests/fuzz/run.sh "$([ -n "${VPCP_LONG:-}" ] && echo 3600 || echo 15)"
fi

for sanitizer in asan tsan; do
  wants $sanitizer || continue
  build $sanitizer
  if [ -e "$(passed_ahead $sanitizer)" ]; then
    say "$sanitizer: sim, beside the hosts: $(grep -E 'tests passed' "$(sanitized_log $sanitizer sim)")"
  else
    ! sanitizer_spoke $sanitizer sim || failed_tests $sanitizer sim
    sanitized $sanitizer sim
  fi
  sanitized $sanitizer 'unit|contract'
done

! wants "${on_kubernetes[@]}" || [ ${#others[@]} -eq 0 ] || kubernetes_programs
if wants clients; then
  say "the clients of Vultr's API"
  tests/e2e/clients/assets.sh
fi
[ ${#others[@]} -gt 0 ] || exit 0
say "release: ${others[*]}"
exec "${release_tests[@]}" -j $at_once -L "$(labels "${others[@]}")"
