#!/bin/bash
# Can the lab run on this machine (with --node: its Kubernetes node too)? Silent and 0, or one sentence that says what is missing and 2. Leaves nothing behind.
# What needs a tool that is not installed yet is passed over: ask again after deploy/install.sh lab.
set -euo pipefail
root=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")
lab=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}

missing() { echo "This machine cannot run the lab: $1." >&2; exit 2; }
have() { command -v "$1" > /dev/null; }

[ "$(uname -s)" = Linux ] || missing "it needs Linux"
[ "$(id -u)" = 0 ] || missing "it needs root (sudo deploy/lab/demo.sh)"
# shellcheck disable=SC1091
os=$(. /etc/os-release 2> /dev/null && echo "${ID:-} ${VERSION_ID:-}") || os=unknown
[ "$os" = "debian 12" ] || missing "it needs Debian 12, and this is '$os'"
have apt-get || missing "it needs apt-get"

# What a run writes, by folder; folders of one file system share what is free there.
folder_there() { # the folder, or the one above it that exists
  local folder=$1
  while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
  echo "$folder"
}
declare -A needed_mb=() folders=() free_mb=()
writes() { # MB FOLDER
  local there disk
  there=$(folder_there "$2")
  disk=$(stat -c %d "$there")
  needed_mb[$disk]=$((${needed_mb[$disk]:-0} + $1))
  folders[$disk]=${folders[$disk]:+${folders[$disk]}, }$2
  free_mb[$disk]=$(df -Pm "$there" | awk 'NR == 2 {print $4}')
}
writes 1024 "$lab"    # the hosts' image, and their disks
writes 32 /tmp        # logs
writes 16 "$root/build/reports"
[ -n "${VPCP_BIN:-}" ] || writes 640 "$root/build"
[ "${1:-}" != --node ] || { writes 1280 "$root/build/kubernetes"; writes 512 "$lab"; }  # Kubernetes from source, images
if [ -n "$("$root/deploy/install.sh" --missing build lab)" ]; then
  writes 1024 /usr
  writes 384 /var/cache/apt
fi
for disk in "${!needed_mb[@]}"; do
  [ "${free_mb[$disk]}" -ge "${needed_mb[$disk]}" ] ||
    missing "it needs ${needed_mb[$disk]} MB of free disk for ${folders[$disk]}, and there are ${free_mb[$disk]}"
done
place=$(folder_there "$lab")

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
