#!/bin/bash
# vpcpctl beside a controller, a state directory and a cloud whose machines have no hosts behind them: cloud.sh FOLDER-OF-PROGRAMS
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
bin=$(readlink -f "$1")
# shellcheck source=tests/app/vpcpctl/expect.sh
. "$here/expect.sh"
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}"; wait; rm -rf "$work"' EXIT
unset KUBECONFIG NO_COLOR VPCP_MANIFESTS
export VPCP_STATE=$work/state VPCP_VULTR_URL=http://127.0.0.1:7731 VULTR_API_KEY=key-of-the-vpcpctl-test LC_ALL=C.UTF-8
ctl() { "$bin/vpcpctl" "$@"; }
api() { printf 'Authorization: Bearer %s\n' "$VULTR_API_KEY" | curl -sS --fail --max-time 10 -H @- -H 'Content-Type: application/json' "$@"; }
eventually() { # SECONDS COMMAND…
  local end=$((SECONDS + $1))
  until "${@:2}" > /dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    read -rt 0.1 <> <(:) || true
  done
}
field() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }

"$bin/vultr-lab" serve --listen 127.0.0.1:7731 --backend memory --log-level warn --rate-limit 0 --vpc-linger-seconds 1 > "$work/lab.log" 2>&1 &
pids+=($!)
eventually 20 api "$VPCP_VULTR_URL/lab/v1/requests" && kill -0 "${pids[0]}" || { cat "$work/lab.log"; exit 1; }
mkdir -m 0700 "$work/manifests"
cp "$here/../../../examples/ams-blr.yaml" "$work/manifests/"
"$bin/vpc-peering-controller" run --manifests "$work/manifests" --state "$VPCP_STATE" --vultr-url "$VPCP_VULTR_URL" \
  --metrics-listen 127.0.0.1:7732 > "$work/controller.log" 2>&1 &
pids+=($!)
made() { [ "$(api "$VPCP_VULTR_URL/v2/instances" | field "['instances'].__len__()")" = 4 ]; }
eventually 60 made || { tail "$work/controller.log"; exit 1; }
# The last steps in the cloud are done, those too that wait for an instance to be ready and to have its address; no host ever answers.
no_step_left() { ctl plan ams-blr > "$work/plan"; [ $? = 1 ] && ! grep -q 'still being set up' "$work/plan"; }
eventually 60 no_step_left || cat "$work/plan"
expect "plan NAME whose hosts do not answer is no all clear: status 1" 1 "No changes are known, but nothing certain can be said: " ctl plan ams-blr
expect "it names who does not answer" 1 "amsterdam/gateway-0 could not be looked at" ctl plan network/ams-blr
sed '$a\  - {name: frankfurt, region: fra, vpc: {cidr: 172.16.3.0/24}, gateway: {label: Gateway-C}}' "$work/manifests/ams-blr.yaml" > "$work/three.yaml"
sed 's/namespace: network/namespace: default/' "$work/manifests/ams-blr.yaml" > "$work/elsewhere.yaml"
expect "plan -f goes by the namespace that is written, also by default" 2 "default/ams-blr" ctl plan -n network -f "$work/elsewhere.yaml"
sed 's/, namespace: network//' "$work/manifests/ams-blr.yaml" > "$work/nowhere.yaml"
expect "and by -n where none is" 1 "network/ams-blr" ctl plan -n network -f "$work/nowhere.yaml"
expect "changes beside what could not be looked at: status 2, and it is said" 2 "Nothing was touched. This is not all of it: " ctl plan -f "$work/three.yaml"

# A controller beside it, and one of an older version: one sentence, and what to do.
second() { VULTR_API_KEY=none timeout 20 "$bin/vpc-peering-controller" run --manifests "$work/manifests" --state "$1" --metrics-listen 127.0.0.1:7733; }
expect "a second controller on the state directory: status 1" 1 "is in use by another process: stop that one" second "$VPCP_STATE"
cp -r "$VPCP_STATE" "$work/newer"
format=$(cat "$work/newer/format")
echo $((format + 1)) > "$work/newer/format"
expect "one on that of a newer version: status 1" 1 "was written by a newer version: use a program of that version" second "$work/newer"

# An object of its own account, by a Secret in the manifests.
sed 's/name: ams-blr/name: other/; s/172\.16\./172.20./; s/10\.10\.0/10.11.0/; s/^spec:/&\n  mode: Plan\n  credentialsRef: {name: account}/' \
  "$work/manifests/ams-blr.yaml" > "$work/other.yaml"
(umask 077; printf '%s\n' 'kind: Secret' 'apiVersion: v1' 'metadata: {name: account, namespace: network}' 'stringData:' \
  "  apiKey: $VULTR_API_KEY" > "$work/manifests/account.yaml")
mv "$work/other.yaml" "$work/manifests/other.yaml"
stored() { ctl status other; }
eventually 20 stored || cat "$work/controller.log"
expect "mode Plan: the status says where all of it is shown" 0 "vpcpctl plan network/other" ctl status other
keyless() { env -u VULTR_API_KEY "$bin/vpcpctl" "$@"; }
expect "plan NAME with the key of credentialsRef" 2 "+ bangalore/db-server: Create DB-Server" keyless --manifests "$work/manifests" plan other
expect "explain --look with it" 2 "network/other" keyless --manifests "$work/manifests" explain other --look
expect "where the store has no such Secret, with the environment's" 2 "+ bangalore/db-server: Create DB-Server" ctl plan other
expect "with neither: what is missing, and both ways" 1 "there is no Secret network/account; create it with the key apiKey (or put the account's key into the environment: VULTR_API_KEY)" keyless plan other

everywhere() { ctl --manifests "$work/manifests" "$@"; } # in every account that an object names
uid=99999999-2222-4333-8444-555555555555
expect "no orphans" 0 "Every resource with a mark of ours belongs to an object" everywhere orphans
expect "no orphans are an empty list" 0 '"orphans": []' everywhere orphans -o json
expect "cost: nothing is no longer needed" 0 "Nothing of ours in the cloud is no longer needed." everywhere cost
api -X POST "$VPCP_VULTR_URL/v2/instances" -d "{\"region\": \"ams\", \"plan\": \"vc2-1c-1gb\", \"os_id\": 1743, \"label\": \"Old-Gateway\", \"tags\": [\"vpcp-$uid\"]}" > "$work/orphan"
id=$(field "['instance']['id']" < "$work/orphan")
expect "an orphan" 0 "Old-Gateway" everywhere orphans
expect "one in the account of a credentialsRef; of the controller's own nothing is known: status 1" 1 "Old-Gateway" keyless --manifests "$work/manifests" orphans
expect "its cost too" 1 "Ours, but no longer needed: 5.00 USD a month" keyless --manifests "$work/manifests" cost
expect "orphans -o wide says when it was made" 0 "TIME" everywhere orphans -o wide
expect "orphans -o json is JSON" 0 "instance $id 5.0 $uid" bash -c "
  '$bin/vpcpctl' --manifests '$work/manifests' orphans -o json | python3 -c 'import json, sys; o = json.load(sys.stdin)[\"orphans\"][0]; print(o[\"kind\"], o[\"id\"], o[\"monthlyCostUSD\"], o[\"ownerUID\"])'"
expect "orphans -o yaml is YAML" 0 "    id: $id" everywhere orphans -o yaml
expect "cost has what it costs" 0 "Ours, but no longer needed: 5.00 USD a month" everywhere cost
expect "and which it is" 0 "Old-Gateway" everywhere cost -o wide
expect "cost -o json has both" 0 "5.0 $id" bash -c "
  '$bin/vpcpctl' --manifests '$work/manifests' cost -o json | python3 -c 'import json, sys; bill = json.load(sys.stdin); print(bill[\"orphansMonthlyCostUSD\"], bill[\"orphans\"][0][\"id\"])'"
expect "with a key that is refused, what the store knows is shown" 1 "network/ams-blr" env VULTR_API_KEY=wrong "$bin/vpcpctl" cost
fix="Vultr answered 401: Invalid API token; put a valid key into VULTR_API_KEY, and admit this machine's address in the access control of Vultr's API"
expect "and why no more" 1 "what is ours but no longer needed could not be looked for in every account: $fix" env VULTR_API_KEY=wrong "$bin/vpcpctl" cost
expect "so say orphans" 1 "$fix" env VULTR_API_KEY=wrong "$bin/vpcpctl" orphans
sed 's/key-of-the-vpcpctl-test/wrong/' "$work/manifests/account.yaml" > "$work/wrong.yaml"
mkdir "$work/wrong" && (umask 077; cp "$work/wrong.yaml" "$work/wrong/account.yaml"; chmod 600 "$work/wrong/account.yaml")
expect "which names the Secret whose key it is" 1 "put a valid key into the Secret network/account" keyless --manifests "$work/wrong" orphans
expect "with no key there is none to look with" 1 "there is no Secret network/account" keyless orphans
expect "but what the store knows is shown" 1 "network/ams-blr" keyless cost
expect "and why no more" 1 "there is no Secret network/account" keyless cost
expect "which an answer for programs has, too" 1 '"notLookedThrough"' ctl orphans -o json
cp -r "$VPCP_STATE" "$work/one"
rm "$work/one"/{objects,status}/network.ams-blr.*
one() { env VPCP_STATE="$work/one" "$@"; } # the object that names an account, alone
expect "no object needs the environment's key: status 0 without one" 0 "" one env -u VULTR_API_KEY "$bin/vpcpctl" --manifests "$work/manifests" orphans
expect "one that is none was meant for an account, which was not looked through" 1 "VULTR_API_KEY" one env VULTR_API_KEY=$'two\nlines' "$bin/vpcpctl" --manifests "$work/manifests" orphans
expect "with the environment's key alone the other account is named, and there is no all-clear" 1 "in every account: spec.credentialsRef.name: there is no Secret network/account" ctl orphans
expect "an orphan is deleted by its name" 0 "deleted: instance Old-Gateway" ctl orphans --delete "$id" --yes

echo "$failures failed"
[ $failures = 0 ]
