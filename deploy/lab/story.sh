# The teller of demo.sh: a timeline, checks, waits with a deadline, and progress while something long runs.
# shellcheck shell=bash

story_started=${EPOCHREALTIME/./}
checks_passed=0
checks_failed=0

elapsed() { # since the story began, as seconds with one decimal
  local now=${EPOCHREALTIME/./}
  local tenths=$(((now - story_started) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}
say() { printf '[%7ss] %s\n' "$(elapsed)" "$*"; }
chapter() { printf '\n[%7ss] == %s\n' "$(elapsed)" "$*"; }
shown() { sed 's/^/             | /'; }

passed() {
  checks_passed=$((checks_passed + 1))
  say "  ok    $*"
}
failed() {
  checks_failed=$((checks_failed + 1))
  say "  FAIL  $*"
}
# check TEXT COMMAND...: one check of the count that the demo ends with.
check() {
  local text=$1
  shift
  if "$@" > /dev/null 2>&1; then passed "$text"; else failed "$text"; fi
}

# at_the_end COMMAND...: runs when the script ends, however it ends: told to, or because nobody reads what it prints any more, when each
# further word would end it before all is taken down.
at_the_end() {
  # shellcheck disable=SC2064
  trap "ending $*" EXIT
  trap 'exit 130' INT TERM HUP
}
ending() {
  local status=$?
  trap - EXIT INT TERM
  trap '' PIPE HUP
  set +e
  "$@"
  exit $status
}

# wait_for SECONDS COMMAND...: until the command succeeds; 1 when the time is over.
wait_for() {
  local deadline=$((EPOCHSECONDS + $1))
  shift
  until "$@" > /dev/null 2>&1; do
    [ "$EPOCHSECONDS" -lt $deadline ] || return 1
    sleep 0.1
  done
}

# progress TEXT COMMAND...: runs it with its output in a log; shows that it lives: on a terminal one line that moves, else a
# line each 15 seconds. A failure shows the end of the log and ends the story; Ctrl-C ends the command and what it started.
progress() {
  local text=$1 log pid status last traps shown_at=$SECONDS began=$SECONDS
  shift
  log=$(mktemp /tmp/vpcp-demo.XXXXXX)
  traps=$(trap -p INT TERM)
  set -m  # a process group of its own: what ignores Ctrl-C as a background command does is ended as one
  "$@" > "$log" 2>&1 < /dev/null 8>&- &
  pid=$!
  set +m
  # shellcheck disable=SC2064
  trap "kill -TERM -- -$pid 2> /dev/null || true; wait $pid || true; rm -f $log; exit 130" INT TERM
  while kill -0 $pid 2> /dev/null; do
    last=$(tail -n 1 "$log" | tr -d '\r' | cut -c1-80)
    if [ -t 1 ]; then
      printf '\r\033[K[%7ss] %s … %s' "$(elapsed)" "$text" "$last"
    elif [ $((SECONDS - shown_at)) -ge 15 ]; then
      say "$text … $last"
      shown_at=$SECONDS
    fi
    sleep 0.3
  done
  [ ! -t 1 ] || printf '\r\033[K'
  status=0
  wait $pid || status=$?
  trap - INT TERM
  eval "$traps"
  if [ $status -ne 0 ]; then
    say "$text: failed"
    tail -n 30 "$log" | shown
    rm -f "$log"
    exit $status
  fi
  say "$text: done in $((SECONDS - began)) s"
  rm -f "$log"
}
