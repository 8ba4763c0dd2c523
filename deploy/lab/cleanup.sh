#!/bin/bash
# Takes the lab down, however it was left: running, killed with -9, or half started, and with it what a story kept beside it
# (run-NAME: keys, manifests, state). The image stays.
# Finds what is the lab's by name: network namespaces and cgroups "vpcp-lab*", mounts below $VPCP_LAB_DIR/run.
set -euo pipefail
lab=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}
[ "$(id -u)" = 0 ] || { echo "cleanup: taking the lab down needs root." >&2; exit 2; }

# The controller and the lab's API live in the control namespace and end cleanly when asked.
processes_inside() { [ ! -e /run/netns/vpcp-lab-ctl ] || ip netns pids vpcp-lab-ctl 2> /dev/null | grep -vx "$$" || true; }
for signal in TERM KILL; do
  mapfile -t pids < <(processes_inside)
  [ ${#pids[@]} -gt 0 ] || break
  kill -$signal "${pids[@]}" 2> /dev/null || true
  deadline=$((SECONDS + 20))
  while [ -n "$(processes_inside)" ] && [ $SECONDS -lt $deadline ]; do sleep 0.1; done
done

# A lab that was killed has a reaper, which removes the same and holds the lab's lock meanwhile: not both at once.
exec 9>> /run/vpcp-lab.lock
flock -w 30 9 || true

# A Kubernetes node in the control namespace has ended with it; its pods' cgroups are in each hierarchy.
mapfile -t node_groups < <(find /sys/fs/cgroup -maxdepth 5 -type d -name vpcp-lab-node 2> /dev/null)
deadline=$((SECONDS + 10))
for group in "${node_groups[@]}"; do
  until find "$group" -depth -type d -exec rmdir {} + 2> /dev/null || [ $SECONDS -ge $deadline ]; do sleep 0.1; done
done

# Hosts that outlived it. Hybrid machines have systemd's own hierarchy beside the unified one.
mapfile -t groups < <(awk '$3 == "cgroup2" || ($3 == "cgroup" && $4 ~ /name=systemd/) {print $2 "/vpcp-lab"}' /proc/mounts)
members() { find "${groups[@]}" -name cgroup.procs -exec cat {} + 2> /dev/null | grep -vx 0 || true; }
deadline=$((SECONDS + 10))
while mapfile -t pids < <(members) && [ ${#pids[@]} -gt 0 ] && [ $SECONDS -lt $deadline ]; do
  kill -KILL "${pids[@]}" 2> /dev/null || true
  sleep 0.05
done
for group in "${groups[@]}"; do
  [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} + 2> /dev/null || true
done

while read -r _ point _; do
  umount -l "$point" 2> /dev/null || true
done < <(grep -F " $lab/run/" /proc/mounts || true)
for netns in /run/netns/vpcp-lab-*; do
  [ ! -e "$netns" ] || ip netns del "${netns##*/}"
done
rm -rf "$lab"/run "$lab"/run-* /run/vpcp-lab.lock /run/systemd/nspawn/propagate/vpcp-lab-*
