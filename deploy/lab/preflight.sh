#!/bin/bash
# Can the lab run on this machine (with --node: its Kubernetes node too)? Silent and 0, or one sentence that says what is missing and 2. Leaves nothing behind.
# What needs a tool that is not installed yet is passed over: ask again after deploy/install.sh lab.
set -euo pipefail
lab=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}
needed_mb=3072

missing() { echo "This machine cannot run the lab: $1." >&2; exit 2; }
have() { command -v "$1" > /dev/null; }

[ "$(uname -s)" = Linux ] || missing "it needs Linux"
[ "$(id -u)" = 0 ] || missing "it needs root (sudo deploy/lab/demo.sh)"
# shellcheck disable=SC1091
os=$(. /etc/os-release 2> /dev/null && echo "${ID:-} ${VERSION_ID:-}") || os=unknown
[ "$os" = "debian 12" ] || missing "it needs Debian 12, and this is '$os'"
have apt-get || missing "it needs apt-get"

place=$lab
while [ ! -d "$place" ]; do place=$(dirname "$place"); done
free_mb=$(df -Pm "$place" | awk 'NR == 2 {print $4}')
[ "$free_mb" -ge $needed_mb ] || missing "it needs $needed_mb MB of free disk below $lab, and there are $free_mb"

awk '$3 == "cgroup2" {found = 1} END {exit !found}' /proc/mounts || missing "no cgroup v2 hierarchy is mounted"
[ "${1:-}" != --node ] || grep -q ' cgroup .*memory' /proc/mounts ||
  missing "its Kubernetes node needs cgroup v1 hierarchies beside the unified one (it has not been tried without)"
[ -c /dev/net/tun ] || missing "there is no /dev/net/tun (kernel option TUN)"

# What follows is tried in namespaces of its own, which vanish with the trial.
trial() { unshare --net --mount --propagation private sh -c "$1" > /dev/null 2>&1; }
trial true || missing "it may not make network and mount namespaces (a container without the right to?)"
folder=$(mktemp -d "$place/.vpcp-preflight.XXXXXX")
trap 'rm -rf "$folder"' EXIT
mkdir "$folder"/{low,up,work,top}
trial "mount -t overlay overlay -o lowerdir=$folder/low,upperdir=$folder/up,workdir=$folder/work $folder/top" ||
  missing "overlay file systems cannot be mounted below $place"
for root in $(awk '$3 == "cgroup2" || ($3 == "cgroup" && $4 ~ /name=systemd/) {print $2}' /proc/mounts); do
  { mkdir "$root/vpcp-lab-preflight.$$" && rmdir "$root/vpcp-lab-preflight.$$"; } 2> /dev/null ||
    missing "cgroups cannot be made below $root"
done
if have ip; then
  trial "ip link add trial0 type veth peer name trial1" || missing "the kernel has no virtual Ethernet pairs (veth)"
  trial "ip link add trial0 type bridge" || missing "the kernel has no bridges"
  trial "ip tuntap add trial0 mode tap" || missing "the kernel refuses TAP devices"
fi
if have nft; then
  trial "nft add table bridge trial && nft add table inet trial && nft 'add chain inet trial input { type filter hook input priority 0; }'" ||
    missing "the kernel has no nftables for bridges and IP"
fi
