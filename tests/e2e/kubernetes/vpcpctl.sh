#!/bin/bash
# kubectl vpcp on a real API server, beside a controller and a cloud without hosts. Run by with_apiserver.sh; argument: the folder of
# our programs.
set -Eeuo pipefail
bin=$(readlink -f "$1")
work=$KUBE_DIR/vpcpctl
. "$(dirname "$(readlink -f "$0")")/common.sh"
export PATH=$bin:$PATH  # kubectl finds its plugins there
start_cloud
"$bin/vpc-peering-controller" run --store kubernetes --no-leader-elect --metrics-listen 127.0.0.1:9098 --vultr-url $cloud > "$work/controller.log" 2>&1 &
controller_pid=$!
kubectl create namespace network > /dev/null
says() { # WORDS COMMAND…: what it says, whatever its status
  local answer
  answer=$("${@:2}" 2>&1) || true
  [[ $answer == *"$1"* ]] || { echo "$answer" >&2; return 1; }
}
status_of() { local status=0; "${@:2}" > /dev/null 2>&1 || status=$?; [ $status = "$1" ]; }

check "no objects" says "There is no VPCPeering." kubectl vpcp status -A
kubectl apply -f "$root/examples/ams-blr.yaml" > /dev/null
check "the object appears" eventually 30 says "2      0/" kubectl vpcp status -n network
check "as a tree, with what the controller does" eventually 60 says "gateway-0" kubectl vpcp status -n network ams-blr
check "kubectl completes its commands" says $'explain\n:4' kubectl __complete vpcp ex
check "and names, from the cluster" eventually 30 says $'ams-blr\n:4' kubectl __complete vpcp status -n network am
check "of all namespaces" says "network" kubectl vpcp status -A -o wide
check "explain says what it waits for, and what to do" eventually 30 says "→ " kubectl vpcp explain -n network ams-blr
check "events, oldest first" eventually 30 says "Created" kubectl vpcp events -n network ams-blr
check "suspend is a patch of the spec" says "is suspended" kubectl vpcp suspend -n network ams-blr
check "it stands in the object" [ "$(kubectl get vpcp -n network ams-blr -o jsonpath='{.spec.suspend}')" = true ]
sed 's/name: ams-blr/name: other/; s/172\.16\./172.20./; s/10\.10\.0/10.11.0/' "$root/examples/ams-blr.yaml" > "$work/other.yaml"
before=$(requests | jq .writes)
check "plan of a new object: status 2" status_of 2 kubectl vpcp plan --vultr-url $cloud -n network -f "$work/other.yaml"
check "it names what would be made" says "+ bangalore/db-server: Create DB-Server" kubectl vpcp plan --vultr-url $cloud -n network -f "$work/other.yaml"
check "plan NAME is of the object as it is stored" says "network/ams-blr" kubectl vpcp plan --vultr-url $cloud -n network ams-blr
check "and touches nothing" [ "$(requests | jq .writes)" = "$before" ]
check "reconcile waits for the pass" says "was looked at" kubectl vpcp reconcile -n network ams-blr
check "a support bundle" says "no keys and no Secrets" kubectl vpcp support-bundle -n network -o "$work/bundle.tar"
check "which says how to add the log of a controller that runs in no pod" says "support-bundle -o vpcp-support.tar --log -" tar xOf "$work/bundle.tar" vpcp-support/log/controller.log
# No kubelet here: the API server knows the pod, and cannot ask for its log.
kubectl run controller-pod -n network --image=none --labels=app.kubernetes.io/part-of=vpc-peering-controller --overrides='{"spec": {"nodeName": "nowhere"}}' > /dev/null
check "a support bundle beside a pod" says "no keys and no Secrets" kubectl vpcp support-bundle -n network -o "$work/pod.tar"
check "tells of its log, or why that cannot be read" says "not readable: the API server answered" tar xOf "$work/pod.tar" vpcp-support/log/network.controller-pod.log
check "resume" says "is resumed" kubectl vpcp resume -n network ams-blr
check "an object that is not there: what there is" says "there is ams-blr" kubectl vpcp status -n network nope
check "that is status 1" status_of 1 kubectl vpcp status -n network nope
kubectl config set-credentials nobody --token="$(cat "$KUBE_DIR/token")" > /dev/null
kubectl config set-context nobody --cluster=test --user=nobody > /dev/null
check "no right: who can give it" says "ask who runs the cluster for the right" kubectl vpcp --context nobody status -A
check "no such context" says 'has no entry "elsewhere"' kubectl vpcp --context elsewhere status
kubectl config set-cluster dead --server=https://127.0.0.1:1 > /dev/null
kubectl config set-context dead --cluster=dead --user=admin > /dev/null
check "no API server there" says "reachable from here" kubectl vpcp --context dead status
kill $controller_pid $cloud_pid
[ $checks_failed = 0 ]
