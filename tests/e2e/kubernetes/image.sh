#!/bin/bash
# The container image: built from the Dockerfile, then run as a pod would run it (user 65532, no capability, read-only root, a service
# account) against a real API server: image.sh
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../../..")
out=$root/build/container
if [ "${1:-}" != --inside ]; then
  "$root/deploy/container.sh" --unpack
  exec "$here/with_apiserver.sh" "$0" --inside
fi
bin=$root/build/release/bin
work=$KUBE_DIR/image
# shellcheck source=tests/e2e/kubernetes/common.sh
. "$here/common.sh"

image=$out/root
inspect() { jq -e "$1" "$out/image.json"; }
check "it is no larger than 60 MB ($(du -sm "$image" | cut -f1) MB)" [ "$(du -sm "$image" | cut -f1)" -le 60 ]
check "it runs as 65532" inspect '.config.User == "65532:65532"'
check "it starts the controller for Kubernetes" inspect '.config.Entrypoint == ["/usr/bin/vpc-peering-controller"] and .config.Cmd[0:2] == ["run", "--store=kubernetes"]'
version=$(sed -n 's/^project(vpc-peering-controller VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
check "its labels say the version" inspect ".config.Labels[\"org.opencontainers.image.version\"] == \"$version\""
check "programs in it are found without their folder" inspect '.config.Env | index("PATH=/usr/bin")'
check "it has no shell" bash -c '! find "$1" -type f -name "*sh" -perm -111 | grep . > /dev/null' _ "$image"
check "nothing in it is set-user-ID" bash -c '! find "$1" -perm /6000 | grep . > /dev/null' _ "$image"
sbom=$image/usr/share/doc/vpc-peering-controller/sbom.spdx.json
check "its SBOM names the packages that it is made of" jq -e '.spdxVersion == "SPDX-2.3" and (.packages | map(.name) | (index("libc6") and index("libcpprest2.10") and index("libssh-4") and index("nlohmann-json3-dev") and index("libcli11-dev") and any(.[]; test("^libboost.*-dev$")))) and all(.packages[]; .versionInfo != "")' "$sbom"
check "by ids that SPDX admits, to which its relationships point" jq -e '([.packages[].SPDXID] | length == (unique | length)) and all(.packages[].SPDXID; test("^SPDXRef-[A-Za-z0-9.-]+$")) and
  (([.packages[].SPDXID, "SPDXRef-DOCUMENT"]) as $known | all(.relationships[]; [.spdxElementId, .relatedSpdxElement] | all(. as $id | $known | index($id))))' "$sbom"

mount --bind "$image" "$image"
account=$image/var/run/secrets/kubernetes.io/serviceaccount
mkdir -p "$account"
kubectl apply -f "$root/deploy/kubernetes/install.yaml" > /dev/null 2>&1
kubectl create token -n vpcp-system vpc-peering-controller --duration=1h > "$account/token"
cp "$KUBE_DIR/ca.crt" "$account/ca.crt"
printf vpcp-system > "$account/namespace"
chmod -R a+rX "$image/var"
chown 65532 "$account/token"
mount -o remount,bind,ro "$image"
check "it says its version" [ "$(unshare --root="$image" --setgid 65532 --setuid 65532 /usr/bin/vpc-peering-controller version)" = "vpc-peering-controller $version" ]

start_cloud
env -i VULTR_API_KEY="$VULTR_API_KEY" KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT=6443 \
  /usr/bin/unshare --root="$image" --setgid 65532 --setuid 65532 \
  /usr/bin/vpc-peering-controller run --store=kubernetes --metrics-listen=127.0.0.1:9331 --vultr-url $cloud > "$work/controller.log" 2>&1 &
controller=$!
eventually 20 serves 9331
check "with its service account it is in step" serves 9331
check "it has no capability" grep -qx 'CapEff:[[:space:]]*0000000000000000' "/proc/$controller/status"
kubectl create namespace network > /dev/null
kubectl apply -f "$root/examples/ams-blr.yaml" > /dev/null
eventually 60 has_instances
check "it does its work" has_instances
# As `kubectl exec` starts it: the pod's service account, and nothing else in the environment.
in_pod() {
  env -i KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT=6443 /usr/bin/unshare --root="$image" --setgid 65532 --setuid 65532 /usr/bin/vpcpctl "$@"
}
check "vpcpctl in it tells what is peered" bash -c '[[ "$1" == *ams-blr* ]]' _ "$(in_pod status -A)"
check "and why it is not ready" bash -c '[[ "$1" == *GatewaysReady* ]]' _ "$(in_pod explain network/ams-blr || true)"
kubectl delete vpcpeering -n network ams-blr --timeout=120s > /dev/null
kill -TERM $controller
wait $controller && result=0 || result=$?
check "it ends well when it is told to" [ $result = 0 ]
umount "$image"
rm -rf "${image:?}/var"
[ $checks_failed = 0 ]
