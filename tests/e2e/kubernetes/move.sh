#!/bin/bash
# A peering moves from the directory store to a cluster: its record is exported, and the object in the cluster goes on from it. Nothing
# is made twice, and in the end all of it is removed. Run by with_apiserver.sh: move.sh BIN
set -euo pipefail
bin=$1
work=$KUBE_DIR/move
# shellcheck source=tests/e2e/kubernetes/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
start_cloud
controller=$bin/vpc-peering-controller
ids() { api $cloud/v2/instances | jq -r '.instances[].id' | sort; }
all_four() { [ "$(instances)" = 4 ]; }
all_running() { [ "$(api $cloud/v2/instances | jq '[.instances[] | select(.power_status == "running" and .server_status == "ok")] | length')" = 4 ]; }
settled() { # READS SECONDS: the cloud is read so often and not written to
  local before
  before=$(requests | jq .writes)
  eventually "$2" read_up_to $(($(requests | jq .reads) + $1))
  [ "$(requests | jq .writes)" = "$before" ]
}
read_up_to() { [ "$(requests | jq .reads)" -ge "$1" ]; }

refused() { # TEXT OBJECT: the export fails and says the text
  local said
  said=$("$controller" export --state "$work/state" --output "$work/backup.yaml" "$2" 2>&1) && return 1
  [[ $said == *"$1"* ]]
}

echo "-- in a directory"
mkdir -m 0755 "$work/manifests"
sed 's/interval: 10s/interval: 1s/' "$root/examples/ams-blr.yaml" > "$work/manifests/ams-blr.yaml"
"$controller" run --manifests "$work/manifests" --state "$work/state" --vultr-url $cloud --metrics-listen 127.0.0.1:9331 --log-format text > "$work/directory.log" 2>&1 &
pid=$!
eventually 60 all_four
check "four servers are made" all_four
eventually 60 all_running
check "and what they need in the cloud" eventually 60 settled 6 30 # the rules that wait for their addresses
check "export is refused while a controller works there" refused "is in use by another process" network/ams-blr
kill -TERM $pid
wait $pid
check "export" "$controller" export --state "$work/state" --output "$work/backup.yaml" network/ams-blr
check "which nobody else can read" [ "$(stat -c %a "$work/backup.yaml")" = 600 ]
check "and never writes over a file" refused "backup.yaml exists" network/ams-blr
mv "$work/backup.yaml" "$work/kept.yaml"
check "an object that is not there is named with those that are" refused "it has network/ams-blr" network/none
mv "$work/kept.yaml" "$work/backup.yaml"
before=$(ids)

echo "-- in a cluster"
kubectl create namespace network > /dev/null
kubectl apply -f "$work/backup.yaml" > /dev/null
"$controller" run --store kubernetes --lease-namespace network --vultr-url $cloud --metrics-listen 127.0.0.1:9332 --log-format text > "$work/cluster.log" 2>&1 &
pid=$!
eventually 20 serves 9332
sed '/^spec:/a\  restoreFrom: {name: ams-blr-backup}' "$work/manifests/ams-blr.yaml" | kubectl apply --validate=strict -f - > /dev/null
has_record() { kubectl get secret -n network ams-blr-vpcp-record > /dev/null 2>&1; }
eventually 30 has_record
check "it keeps the record as its own" has_record
check "and goes on without a change in the cloud" settled 12 60
check "with the same servers" [ "$(ids)" = "$before" ]
kubectl delete vpcpeering -n network ams-blr --timeout=120s > /dev/null
check "deleted, it takes away what the other object made" [ "$(instances)" = 0 ]
check "the backup, which people made, stays" kubectl get secret -n network ams-blr-backup
kill -TERM $pid
wait $pid
[ $checks_failed = 0 ]
