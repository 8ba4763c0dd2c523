#!/bin/bash
# Makes docs/reference/ anew from what was built: docs/reference.sh [--check] [BUILD-DIRECTORY]
# cli.md is the programs' own help, object.md the custom resource definition; conditions.md is written by a test from the table in src/views.
# With --check nothing is written: it fails when cli.md or object.md is not current (of conditions.md the test itself tells).
set -euo pipefail
root=$(readlink -f "$(dirname "$(readlink -f "$0")")/..")
check=
if [ "${1:-}" = --check ]; then check=yes; shift; fi
build=${1:-$root/build/release}

help_of() { # PROGRAM [COMMAND]: with nothing in the environment that it would show as a default
  local program=$1
  shift
  env -i "$build/bin/$program" "$@" --help | sed 's/[[:space:]]*$//'
}
commands_of() { # PROGRAM: the names under "Subcommands:" of its help
  help_of "$1" | awk '/^Subcommands:/ {inside = 1; next} inside && /^  [a-z]/ {print $1} inside && /^$/ {exit}'
}
chapter() { # HEADING PROGRAM [COMMAND]
  printf '\n%s\n\n```\n' "$1"
  shift
  help_of "$@"
  printf '```\n'
}
command_line() {
  cat <<'HEAD'
# Command line

The programs' own help, by `docs/reference.sh`. Manual pages: `man vpcpctl`, `man vpc-peering-controller` ([docs/man](../man)). What `explain`
advises, reason by reason: [conditions.md](conditions.md).
HEAD
  local program command
  for program in vpcpctl vpc-peering-controller; do
    local commands
    commands=$(commands_of "$program")
    [ -n "$commands" ] || { echo "$program --help names no commands" >&2; return 1; }
    chapter "## $program" "$program"
    for command in $commands; do chapter "### $program $command" "$program" "$command"; done
  done
}

stale=0
page() { # NAME COMMAND…: what the command prints is docs/reference/NAME
  local text
  text=$("${@:2}")
  if [ -z "$check" ]; then
    printf '%s\n' "$text" > "$root/docs/reference/$1"
  elif ! diff -u "$root/docs/reference/$1" - <<< "$text"; then
    echo "docs/reference/$1 is not current: run docs/reference.sh" >&2
    stale=1
  fi
}
page object.md "$root/crds/reference.py"
page cli.md command_line
[ -z "$check" ] || exit $stale
cmake --build "$build" --target views_test > /dev/null
VPCP_UPDATE_DOCS=1 "$build/tests/views_test" --gtest_filter='ReasonsDoc.*' --gtest_brief=1
