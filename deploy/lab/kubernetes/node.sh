#!/bin/bash
# A Kubernetes node in the lab, at the controller's port of its network: kubelet, containerd, scheduler, controller manager, API server.
#   node.sh up             starts it in the running lab and returns when it is Ready
#   node.sh load IMAGE…    gives it container images (archives)
#   node.sh kubectl …      kubectl, as its administrator
#   node.sh inside …       a command in its namespaces; its logs are in /mnt/log and /mnt/pods-log
#   node.sh down           ends it; nothing is left
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../../..")
lab=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}
pid_file=$lab/run/node.pid
admin=$lab/run/node-admin.conf
netns=vpcp-lab-ctl
cgroup=vpcp-lab-node
pause=$root/build/container/pause.tar
die() { echo "node: $1" >&2; exit "${2:-1}"; }

init() { # the process id of its process 1: the one child of the unshare that made it
  local outer children
  outer=$(cat "$pid_file" 2> /dev/null) && children=$(cat "/proc/$outer/task/$outer/children" 2> /dev/null) && [ -n "$children" ] && echo "${children%% *}"
}
inside() {
  local pid
  pid=$(init) || die "it does not run"
  nsenter --target "$pid" --mount --pid --net --uts --ipc --cgroup --wdns=/mnt -- env PATH="$(bin):$PATH" KUBECONFIG=/mnt/admin.conf HOME=/mnt "$@"
}
# With the caller's files, and in the lab's network.
as_admin() { nsenter --net=/run/netns/$netns -- env KUBECONFIG="$admin" "$(bin)/kubectl" "$@"; }
bin() { "$root/tests/e2e/kubernetes/assets.sh" --where; }

make_pause() { # the one image that no registry is asked for
  [ ! -s "$pause" ] || return 0
  local work
  work=$(mktemp -d)
  mkdir "$work/root"
  gcc -static -O2 -o "$work/root/pause" "$here/pause.c"
  tar --sort=name --numeric-owner --owner=0 --group=0 --mtime=@0 -C "$work/root" -cf "$work/layer.tar" .
  jq -nc --arg layer "sha256:$(sha256sum < "$work/layer.tar" | cut -d' ' -f1)" \
    '{architecture: "amd64", os: "linux", config: {Entrypoint: ["/pause"], User: "65535:65535"}, rootfs: {type: "layers", diff_ids: [$layer]}}' > "$work/config.json"
  echo '[{"Config": "config.json", "RepoTags": ["localhost/pause:1"], "Layers": ["layer.tar"]}]' > "$work/manifest.json"
  mkdir -p "$(dirname "$pause")"
  tar -C "$work" -cf "$pause.new" manifest.json config.json layer.tar
  mv "$pause.new" "$pause"
  rm -rf "$work"
}

cgroups() { # a folder in each hierarchy, below this process's own
  local controller path folder
  while IFS=: read -r _ controller path; do
    [ -n "$controller" ] || continue
    folder=/sys/fs/cgroup/${controller#name=}${path%/}/$cgroup
    mkdir -p "$folder"
    if [ "$controller" = cpuset ]; then
      for file in cpus mems; do cat "${folder%/*}/cpuset.$file" > "$folder/cpuset.$file"; done
    fi
    echo "$folder"
  done < /proc/self/cgroup
}

up() {
  [ -e /run/netns/$netns ] || die "the lab does not run" 2
  ! init > /dev/null || die "it runs already"
  grep -q ' cgroup .*memory' /proc/mounts || die "it needs cgroup v1 hierarchies (a machine with the unified one only has not been tried)" 2
  make_pause
  local folders log=$lab/run/node.log deadline=$((SECONDS + 120))
  folders=$(cgroups)
  (
    while read -r folder; do echo "$BASHPID" > "$folder/cgroup.procs"; done <<< "$folders"
    exec nsenter --net=/run/netns/$netns setsid unshare --mount --pid --fork --kill-child --cgroup --uts --ipc "$here/init.sh" < /dev/null > "$log" 2>&1 8>&-
  ) &
  echo $! > "$pid_file"
  ready() { init > /dev/null && inside cat /mnt/admin.conf > "$admin" 2> /dev/null && as_admin wait --for=condition=Ready node/node --timeout=1s > /dev/null 2>&1; }
  (umask 077 && : > "$admin")
  until ready; do
    [ $SECONDS -lt $deadline ] && [ -d "/proc/$(cat "$pid_file")" ] || { tail -n 20 "$log" >&2; die "it did not become ready"; }
    read -rt 0.2 <> <(:) || true
  done
  load "$pause"
}

load() {
  local archive
  for archive in "$@"; do
    inside ctr -a /mnt/run/containerd.sock -n k8s.io images import - < "$archive" > /dev/null
  done
}

down() {
  local outer first
  if outer=$(cat "$pid_file" 2> /dev/null); then
    first=$(init || true)
    [ -z "$first" ] || kill -KILL "$first" 2> /dev/null || true
    while kill -0 "$outer" 2> /dev/null; do read -rt 0.1 <> <(:) || true; done
    rm -f "$pid_file" "$admin"
  fi
  remove_cgroups
}
remove_cgroups() {
  local deadline=$((SECONDS + 10)) left
  while left=$(find /sys/fs/cgroup -maxdepth 5 -type d -name $cgroup 2> /dev/null) && [ -n "$left" ] && [ $SECONDS -lt $deadline ]; do
    # shellcheck disable=SC2086
    find $left -depth -type d -exec rmdir {} + 2> /dev/null || read -rt 0.1 <> <(:) || true
  done
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
  up) up ;;
  down) down ;;
  load) load "$@" ;;
  kubectl) as_admin "$@" ;;
  inside) inside "$@" ;;
  *) sed -n '2,7s/^# //p' "$0" >&2; exit 2 ;;
esac
