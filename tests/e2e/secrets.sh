#!/bin/bash
# Every key that a running lab and its hosts know, appended to a file that only we can read: secrets.sh FILE [PRIVATE-KEY-FILE | STATE-DIRECTORY]…
# Of a state directory: the key that seals it, and the SSH client keys of its peerings, which are told last (VPCP_BIN: folder of the programs).
# `watch.py secrets FILE` then says whether a text has one of them.
set -euo pipefail
lab=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")/deploy/lab/lab
file=$1
shift
umask 077

# The first two lines of such a file are the same for every key.
own_lines() { grep -v -- ----- | tail -n +3; }

# Of a copy: a controller that runs has the lock of the directory itself.
keys_of_state() {
  local copy object
  base64 -w 0 "$1/key"
  echo
  copy=$(mktemp -d)
  cp -a "$1"/{format,key,objects,secrets} "$copy"
  for object in "$copy"/objects/*.json; do
    object=$(basename "$object" .json)
    "$VPCP_BIN/vpc-peering-controller" export --state "$copy" --output "$copy/record" "${object/./\/}" > /dev/null
    sed -n 's/^  ssh\.key: //p' "$copy/record" | base64 -d | own_lines
    rm "$copy/record"
  done
  rm -r "$copy"
}

{
  cat "${VPCP_LAB_DIR:-/var/lib/vpcp-lab}/run/api-key"
  echo
  for host in gateway-a gateway-b; do
    "$lab" ssh $host 'wg show wg0 private-key; wg show wg0 preshared-keys | cut -f2'
  done
  for host in gateway-a gateway-b app-server db-server; do
    "$lab" ssh $host 'cat /etc/ssh/ssh_host_ed25519_key' | own_lines
  done
  for keys in "$@"; do
    if [ -d "$keys" ]; then keys_of_state "$keys"; else grep -hv -- ----- "$keys"; fi
  done
} >> "$file"
