#!/bin/bash
# The Debian package on a real host: installed by apt with nothing but what a plain Debian 12 has, started, given an object,
# stopped, removed and purged.
#   tests/e2e/package.sh
# Ends in "package: N checks passed, M failed"; exit code 0 only for M = 0, 2 when the machine cannot run it.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
export VPCP_LAB_DIR=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}
work=$VPCP_LAB_DIR/run-package
bin=${VPCP_BIN:-$root/build/release/bin}
service=vpc-peering-controller
# shellcheck source=deploy/lab/story.sh
. "$root/deploy/lab/story.sh"
# shellcheck source=deploy/lab/running.sh
. "$root/deploy/lab/running.sh"

"$root/deploy/lab/preflight.sh"
hold_machine 1200
prepare_machine

at_the_end stop_everything

server() { on Service-Host "$@"; }
# Every link of the installed documents leads to a file of the package.
documents_hold() {
  rm -rf "$work/unpacked"
  dpkg-deb -x "$package" "$work/unpacked"
  "$root/tests/app/documents.py" "$work/unpacked/usr/share/doc/$service" > "$work/documents.log"
}
# What apt would fetch on a machine that has what the lab's host has, into $work/archives.
fetch_dependencies() {
  mkdir -p "$work/archives/partial" "$work/apt"
  apt-get -q update
  apt-get -q -y --download-only --no-install-recommends -o Dir::State::status="$image/var/lib/dpkg/status" \
    -o Dir::Cache::archives="$work/archives" -o Dir::State::extended_states="$work/apt/extended_states" install "$package"
  cp "$package" "$work/archives/"
}
exposure() { systemd-analyze security --offline=true "$root/deploy/debian/$service.service" | sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p'; }
at_most() { awk -v a="$1" -v b="$2" 'BEGIN {exit !(a != "" && a + 0 <= b)}'; }
answers() { server curl -sf --max-time 2 "http://127.0.0.1:9090/$1"; }
property() { server systemctl show -P "$1" $service; }
status_says() { server "cat /var/lib/$service/status/network.odd.yaml" | grep "$1" > /dev/null; }
state_of_package() { server dpkg-query -W -f "'\${db:Status-Abbrev}'" $service 2> /dev/null || true; }

chapter "1. The package"
make_folders
progress "Package" "$root/deploy/debian/build.sh"
package=$(readlink -f "$root"/build/release/package/*.deb)
if documents_hold; then passed "its documents are a tree in which every link holds"; else
  failed "its documents are a tree in which every link holds"
  tail -n 15 "$work/documents.log" | shown
fi
progress "Its dependencies, as apt resolves them" fetch_dependencies
say "exposure level of its unit, as systemd-analyze security counts: $(exposure)"
check "which is 2.0 at most" at_most "$(exposure)" 2.0

chapter "2. A server"
start_lab
api POST /v2/instances '{"region":"ams","plan":"vc2-1c-1gb","os_id":2136,"label":"Service-Host","hostname":"service-host"}' > /dev/null
wait_for 60 booted Service-Host || { failed "the server did not boot"; exit 1; }

chapter "3. Installed"
tar -C "$work/archives" --exclude=./partial --exclude=./lock -c . | server "mkdir -p /root/archives && tar -x -C /root/archives"
if server "apt-get -q -y --no-install-recommends install /root/archives/*.deb 2>&1" > "$work/apt.log"; then
  passed "apt installs it from these files alone"
else
  failed "apt installs it from these files alone"
  tail -n 15 "$work/apt.log" | shown
fi
check "it is not started by that" [ "$(property ActiveState) $(property UnitFileState)" = "inactive disabled" ]
check "it has a user of its own, without a shell" server "getent passwd vpc-peering | grep nologin > /dev/null"
check "its settings are for root's eyes only" [ "$(server stat -c "'%a %U'" /etc/$service/environment)" = "600 root" ]
check "the folder of manifests is for the service and root" [ "$(server stat -c "'%a %U:%G'" /etc/$service/manifests)" = "750 root:vpc-peering" ]

chapter "4. Started"
server "echo VULTR_API_KEY=a-key-of-the-test >> /etc/$service/environment"
server "cat > /etc/$service/manifests/odd.yaml" << 'YAML'
apiVersion: vpcpeering.dev/v1alpha1
kind: VPCPeering
metadata: {name: odd, namespace: network}
spec:
  sites:
  - {name: a, region: ams, vpc: {cidr: 172.16.1.0/24}}
  - {name: b, region: blr, vpc: {cidr: 172.16.1.0/25}}
YAML
check "systemctl enable --now" server systemctl enable --now $service
if wait_for 20 answers readyz; then passed "it is ready"; else
  failed "it is ready"
  server journalctl -u $service -n 20 --no-pager | shown
fi
check "it reads the manifests and writes its state" wait_for 15 status_says InvalidSpec
check "its state is for itself only" [ "$(server stat -c "'%a %U'" /var/lib/$service)" = "700 vpc-peering" ]
check "it has no capability" [ "$(server "grep CapBnd /proc/\$(systemctl show -P MainPID $service)/status" | awk '{print $2}')" = 0000000000000000 ]
check "no new privileges, system calls filtered" [ "$(server "awk '/NoNewPrivs|Seccomp:/ {printf \"%s\", \$2}' /proc/\$(systemctl show -P MainPID $service)/status")" = 12 ]
server journalctl -u $service --no-pager > "$work/journal.log"
check "its log is in the journal" grep -q InvalidSpec "$work/journal.log"
check "and the key is not in it" bash -c '! grep -q a-key-of-the-test "$0"' "$work/journal.log"
server "kill -9 \$(systemctl show -P MainPID $service)"
check "killed, it comes back by itself" wait_for 20 answers readyz

chapter "5. Stopped, removed, purged"
check "systemctl stop ends it well" server systemctl stop $service
check "with success" [ "$(property Result)" = success ]
server systemctl start $service
check "apt removes it" server apt-get -q -y remove $service
check "and stops it first" [ "$(server pgrep -xc vpc-peering-con || true)" = 0 ]
check "the key and the state are kept" server "grep -q a-key-of-the-test /etc/$service/environment && ls /var/lib/$service/objects/network.odd.json"
check "apt purges it" server apt-get -q -y purge $service
check "the settings are gone" server "test ! -e /etc/$service/environment"
check "the state of an object that still exists stays" server ls /var/lib/$service/objects/network.odd.json
check "nothing of the package is left" [ "$(state_of_package)" = "" ]

printf '\npackage: %d checks passed, %d failed\n' "$checks_passed" "$checks_failed"
[ "$checks_failed" = 0 ]
