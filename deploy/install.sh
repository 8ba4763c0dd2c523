#!/bin/bash
# Installs Debian packages that are missing: deploy/install.sh [--missing] GROUP...
# A GROUP is the name of a list in packages.sh without "_packages": build, lab, check, ...
# With --missing it installs nothing and names them, one a line.
# Prints one line a group of work, nothing when all is there. Exit code 2 and one sentence when it cannot.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=deploy/packages.sh
. "$here/packages.sh"

die() { echo "install: $1" >&2; exit 2; }

only_named=
if [ "${1:-}" = --missing ]; then only_named=yes; shift; fi
wanted=()
for group in "$@"; do
  declare -p "${group}_packages" > /dev/null 2>&1 || die "there is no package list named '$group' in deploy/packages.sh."
  declare -n list="${group}_packages"
  wanted+=("${list[@]}")
  unset -n list
done
[ ${#wanted[@]} -gt 0 ] || die "name at least one package list, for example: deploy/install.sh build lab."
command -v dpkg-query > /dev/null || die "this needs Debian's package tools (dpkg, apt-get)."

missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2> /dev/null || true)
  [ "${state%% *}" = ii ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0
[ -z "$only_named" ] || { printf '%s\n' "${missing[@]}"; exit 0; }
[ "$(id -u)" = 0 ] || die "packages are missing (${missing[*]}) and installing them needs root."

log=$(mktemp /tmp/vpcp-install.XXXXXX)
# The services that some packages bring (sshd, for example) must not start on the user's machine. A killed run leaves the
# file that forbids it, so that the next one knows it by its mark and takes it away.
policy=/usr/sbin/policy-rc.d
mark="# made by deploy/install.sh"
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\n%s\nexit 101\n' "$mark" > "$policy"
  chmod 755 "$policy"
fi
cleanup() {
  rm -f "$log"
  ! grep -qsxF "$mark" "$policy" || rm -f "$policy"
}
trap cleanup EXIT

echo "install: ${#missing[@]} packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt=(apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
started=$SECONDS
"${apt[@]}" update > "$log" 2>&1 || { tail -5 "$log" >&2; die "apt-get update failed (above): is a Debian mirror reachable?"; }
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" > "$log" 2>&1 ||
  { tail -8 "$log" >&2; die "apt-get install failed (above)."; }
echo "install: done in $((SECONDS - started)) s"
