# The demo on Kubernetes: what running.sh and scenes.sh do with a folder of manifests, done with kubectl on a node of the lab.
# Sourced after them.
# shellcheck shell=bash disable=SC2154,SC2034,SC2317

node=$root/deploy/lab/kubernetes/node.sh
lab_listen=0.0.0.0:8080 # pods do not reach the loopback of the control namespace
deployment=deployment/vpc-peering-controller
namespace=${object%%.*} name=${object#*.}
k() { "$node" kubectl "$@"; }

prepare_kubernetes() {
  progress "The Kubernetes programs" "$root/tests/e2e/kubernetes/assets.sh" --node
  progress "Packages of the node" "$root/deploy/install.sh" node container
  [ -n "${VPCP_BIN:-}" ] || progress "Build what else is in the image" "$root/deploy/build.sh" release vpcpctl
  progress "Container image" env VPCP_BIN="$bin" "$root/deploy/container.sh" --compiled
}

start_node() {
  "$node" up || { failed "the node did not start"; exit 1; }
  "$node" load "$root/build/container/image.tar"
  say "a node is Ready: $(k version -o json | jq -r '.serverVersion.gitVersion'), $(k get node node -o jsonpath='{.status.nodeInfo.containerRuntimeVersion}')"
}
stop_node() {
  [ ! -e "$VPCP_LAB_DIR/run/node.pid" ] || {
    k logs -n vpcp-system -l app.kubernetes.io/component=controller --prefix --tail=-1 > "$work/controller.log" 2> /dev/null || true
    "$node" inside sh -c 'cat /mnt/log/kubelet.log' > "$work/kubelet.log" 2> /dev/null || true
    k get events -A > "$work/events.log" 2> /dev/null || true
  }
  "$node" down
}

# The account's key, then the deployment: what a user types (deploy/kubernetes/README.md).
install_controller() {
  k create namespace vpcp-system | shown
  printf %s "$api_key" | k create secret generic vultr -n vpcp-system --from-file=apiKey=/dev/stdin | shown
  k apply -k "$root/deploy/kubernetes/overlays/lab" 2> /dev/null | shown
}
declare_object() {
  start_node
  install_controller
  k create namespace "$namespace" > /dev/null
  k create secret generic web-ssh -n "$namespace" --from-file=id="$work/operator-ssh" > /dev/null
}
start_controller() {
  k scale -n vpcp-system $deployment --replicas=2 > /dev/null
  k rollout status -n vpcp-system $deployment --timeout=120s > "$work/rollout.log" 2>&1 || { k describe pods -n vpcp-system | tail -n 30 | shown; failed "the controller did not start"; exit 1; }
}
no_pods() { [ -z "$(k get pods -n vpcp-system -o name)" ]; }
stop_controller() {
  k scale -n vpcp-system $deployment --replicas=0 > /dev/null
  wait_for 60 no_pods
}
leader() { k get lease -n vpcp-system vpc-peering-controller -o jsonpath='{.spec.holderIdentity}' | cut -d_ -f1; }
controller_metrics() { k get --raw "/api/v1/namespaces/vpcp-system/pods/$(leader):9090/proxy/metrics"; }
condition_field() { # TYPE FIELD
  k get vpcpeering -n "$namespace" "$name" -o "jsonpath={.status.conditions[?(@.type==\"$1\")].$2}" 2> /dev/null || true
}
withdraw_object() { k delete vpcpeering -n "$namespace" "$name" --wait=false | shown; }
forgotten() {
  [ -z "$(k get vpcpeerings -n "$namespace" -o name)" ] && [ "$(k get secrets -n "$namespace" -o name)" = secret/web-ssh ]
}

scene_start() {
  chapter "1. The lab, a Kubernetes node in it, and the controller"
  make_folders
  start_lab
  say "vultr-lab answers the Vultr API; its servers are real Linux hosts"
  declare_object
  start_controller
  k get pods -n vpcp-system -o wide | shown
  say "kubectl apply -f examples/ams-blr.yaml"
  k apply -f "$root/examples/ams-blr.yaml" | shown
  say "kubectl wait --for=condition=Ready vpcp/$name"
}
scene_shown() {
  k wait -n "$namespace" --for=condition=Ready "vpcpeering/$name" --timeout=10s | shown
  k get vpcp -n "$namespace" -o wide | shown
}

scene_keep() {
  chapter "It stays up: look around"
  cat <<TEXT
  deploy/lab/lab kubectl get vpcp -n $namespace -o wide   the object
  deploy/lab/lab kubectl describe vpcp -n $namespace $name
  deploy/lab/lab kubectl logs -n vpcp-system -l app.kubernetes.io/component=controller -f
  deploy/lab/lab ps                                 the servers
  deploy/lab/lab ssh app-server                     a shell on one of them
  deploy/lab/lab power-cut gateway-b                pull a plug
  deploy/lab/lab kubectl delete vpcp -n $namespace $name
  deploy/lab/lab down                               the end of it
TEXT
}
