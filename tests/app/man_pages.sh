#!/bin/bash
# The manual pages name every variable of the environment and every option of vpcpctl; of the controller's options they name those that matter.
#   man_pages.sh BIN
set -euo pipefail
bin=$1
man=$(readlink -f "$(dirname "$(readlink -f "$0")")/../../docs/man")
missing=0
page() { sed -e 's/\\-/-/g' -e 's/\\f[A-Z]//g' "$man/$1"; }
named() { # PAGE WORD
  grep -qE -- "(^|[^A-Za-z_-])$2([^A-Za-z_-]|$)" <<< "$(page "$1")" || { echo "$1 does not name $2"; missing=1; }
}
words=0
for word in $("$bin/vpc-peering-controller" run --help | grep -oE 'VPCP_[A-Z_]+|VULTR_API_KEY' | sort -u); do named vpc-peering-controller.8 "$word"; words=$((words + 1)); done
commands=$("$bin/vpcpctl" --help | sed -n '/^Subcommands:/,/^$/p' | grep -oE '^  [a-z-]+' | tr -d ' ')
for command in $commands; do
  named vpcpctl.1 "$command"
  for word in $("$bin/vpcpctl" "$command" --help | grep -oE '(^|[ ,])--[a-z-]+|VPCP_[A-Z_]+|VULTR_API_KEY' | tr -d ' ,' | sort -u); do
    [ "$word" = --help ] || named vpcpctl.1 "$word"
    words=$((words + 1))
  done
done
[ $words -gt 30 ] || { echo "only $words words were found: the form of --help has changed"; missing=1; }
[ $missing = 0 ]
