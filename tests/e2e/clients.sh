#!/bin/bash
# The clients that users have, as they come, against a lab without hosts: govultr, which vultr-cli and Terraform's provider are made of,
# and Ansible's vultr.cloud; govultr also with Vultr's own address, by deploy/lab/as-vultr. Each makes a network, finds it again by pages and filters, changes it and takes it down; then the lab is empty.
# Argument: the folder of our programs.
set -Eeuo pipefail
root=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")
bin=$(readlink -f "$1")
made=$("$root/tests/e2e/clients/assets.sh" --where)
plays=$root/tests/e2e/clients/ansible
export VULTR_API_KEY=clients-test-key
work=$(mktemp -d "${TMPDIR:-/tmp}/vpcp-clients.XXXXXX")
lab_pid=""
failed=0

clean_up() {
  [ -z "$lab_pid" ] || { kill "$lab_pid" && wait "$lab_pid"; } 2> /dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT
trap 'echo "$0: failed in line $LINENO" >&2; tail -n 15 "$work"/*.log >&2' ERR

api() { curl -sS --fail --max-time 10 -H "Authorization: Bearer $VULTR_API_KEY" "$lab$1"; }
start_lab() { # on a free port, at the rate limit of the real one
  "$bin/vultr-lab" serve --listen 127.0.0.1:0 --backend memory --boot-seconds 1 --vpc-linger-seconds 1 > "$work/lab.log" 2>&1 &
  lab_pid=$!
  local end=$((SECONDS + 20))
  until lab=$(grep -om 1 'http://127\.0\.0\.1:[0-9]*' "$work/lab.log") && api /lab/v1/healthz > /dev/null 2>&1; do
    [ $SECONDS -lt $end ] && kill -0 $lab_pid || return 1
    read -rt 0.1 <> <(:) || true
  done
}
check() { # TEXT COMMAND…: what the command says is shown only when it fails
  if "${@:2}" > "$work/check.out" 2>&1; then echo "ok      $1"; else
    failed=$((failed + 1))
    echo "FAILED  $1"
    tail -n 40 "$work/check.out"
  fi
}
is_empty() { # nothing that a client made is left, of any kind
  local kind
  for kind in instances vpcs ssh-keys firewalls; do
    api "/v2/$kind" | jq -e --arg kind "$kind" '.meta.total == 0 or error("\($kind): \(.meta.total) left")' || return 1
  done
  api /lab/v1/instances | jq -e '.instances == []'
}

# Lines of its own, one for each check.
tell_story() { # PROGRAM ARGUMENT…
  "$@" 2>&1 || failed=$((failed + 1))
}

ansible() { # PROGRAM ARGUMENT…
  HOME=$work VULTR_API_ENDPOINT=$lab/v2 ANSIBLE_COLLECTIONS_PATH=$made/ansible/collections ANSIBLE_INVENTORY_ENABLED=vultr.cloud.vultr,host_list \
    ANSIBLE_PYTHON_INTERPRETER=$made/ansible/bin/python ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false LC_ALL=C.UTF-8 "$made/ansible/bin/$1" "${@:2}"
}
play() { ansible ansible-playbook -i localhost, "$plays/$1.yml"; }
changes_nothing() { play make | tee /dev/stderr | grep 'changed=0 .*failed=0'; }
inventory_finds_both() {
  { cat "$plays/client.vultr.yml" && echo "api_endpoint: $lab/v2"; } > "$work/client.vultr.yml"
  ansible ansible-inventory -i "$work/client.vultr.yml" --list | tee /dev/stderr | jq -e '
    (.tag_client.hosts | sort) == ["client-db", "client-web"] and .tag_public.hosts == ["client-web"] and
    (._meta.hostvars | map(.ansible_host) | unique | length) == 2'
}

start_lab
echo "govultr, with the lab's address"
tell_story "$made/govultr" -url "$lab"
check "nothing is left" is_empty

echo "govultr, as vultr-cli and Terraform's provider use it: with no address but Vultr's own"
tell_story "$root/deploy/lab/as-vultr" --lab "${lab#http://}" "$made/govultr"
check "nothing is left" is_empty
no_lab() { # exit code 2, a sentence, and the command has not run
  local said status=0
  said=$("$root/deploy/lab/as-vultr" --lab 127.0.0.1:1 touch "$work/has-run" 2>&1) || status=$?
  [[ $status = 2 && $said == *"no vultr-lab answers at 127.0.0.1:1"* && ! -e $work/has-run ]]
}
nothing_behind() { [ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'vpcp-as-vultr.*')" ]; }
check "where no lab answers, as-vultr says so and runs nothing" no_lab
check "it leaves nothing behind" nothing_behind

echo "vultr.cloud, with the lab's address"
check "a network, a firewall and two servers are made" play make
check "made again, nothing changes" changes_nothing
check "a server is changed, stopped and started, and found by label and region" play change
check "the inventory has both, over two pages" inventory_finds_both
check "everything is removed" play remove
check "nothing is left" is_empty
exit $((failed > 0))
