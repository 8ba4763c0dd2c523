#!/bin/bash
# Every key that a running lab and its hosts know, appended to a file that only we can read: secrets.sh FILE [PRIVATE-KEY-FILE…]
# `watch.py secrets FILE` then says whether a text has one of them.
set -euo pipefail
lab=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")/deploy/lab/lab
file=$1
shift
umask 077
{
  cat "${VPCP_LAB_DIR:-/var/lib/vpcp-lab}/run/api-key"
  echo
  [ $# = 0 ] || grep -hv -- ----- "$@"
  for host in gateway-a gateway-b; do
    "$lab" ssh $host 'wg show wg0 private-key; wg show wg0 preshared-keys | cut -f2'
  done
  for host in gateway-a gateway-b app-server db-server; do
    # The first two lines of such a file are the same for every key.
    "$lab" ssh $host 'cat /etc/ssh/ssh_host_ed25519_key' | grep -v -- ----- | tail -n +3
  done
} >> "$file"
