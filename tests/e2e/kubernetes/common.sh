# What the scripts of this folder share; sourced after `bin` (folder of our programs) and `work` (folder for logs) are set.
# shellcheck shell=bash
root=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/../../..")
cloud=http://127.0.0.1:7701
export VULTR_API_KEY=kubernetes-test-key
checks_failed=0
mkdir -m 0755 "$work"
trap 'echo "$0: failed in line $LINENO"; tail -n 15 "$work"/*.log' ERR

check() { # TEXT COMMAND…
  if "${@:2}" > /dev/null; then echo "ok      $1"; else
    checks_failed=$((checks_failed + 1))
    echo "FAILED  $1"
  fi
}
eventually() { # SECONDS COMMAND…
  local end=$((SECONDS + $1))
  until "${@:2}"; do
    [ $SECONDS -lt $end ] || return 1
    read -rt 0.1 <> <(:) || true
  done
}
api() { curl -sS --fail --max-time 10 -H "Authorization: Bearer $VULTR_API_KEY" -H 'Content-Type: application/json' "$@"; }
requests() { api $cloud/lab/v1/requests; }
# The cloud without hosts: an account that remembers who asked for what.
start_cloud() { # OPTIONS of vultr-lab
  "$bin/vultr-lab" serve --listen 127.0.0.1:7701 --backend memory --log-level warn --rate-limit 0 --vpc-linger-seconds 1 "$@" > "$work/lab.log" 2>&1 &
  cloud_pid=$!
  eventually 20 requests > /dev/null 2>&1
}
serves() { curl -sS --fail --max-time 5 "http://127.0.0.1:$1/readyz" > /dev/null 2>&1; } # PORT
instances() { api $cloud/v2/instances | jq '.instances | length'; }
has_instances() { [ "$(instances)" -gt 0 ]; }
