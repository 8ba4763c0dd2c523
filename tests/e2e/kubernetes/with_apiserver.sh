#!/bin/bash
# Runs a command beside a real API server: with_apiserver.sh COMMAND…
#
# etcd and kube-apiserver (TLS, RBAC, our CRD) run in a network, process and mount namespace of their own, on its loopback, with
# their state on a tmpfs of that namespace: when this process ends, however it ends, the kernel takes all of it away.
# The command finds KUBECONFIG (a client certificate of system:masters), kubectl in PATH, and in KUBE_DIR the files below:
#   ca.crt  admin.crt  admin.key  token (of user "token-user", no rights)  apiserver.log  audit.log (of Secrets)  etcd.log
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../../..")

if [ "${1:-}" != --inside ]; then
  [ $# -gt 0 ] || { sed -n '2,7s/^# //p' "$0" >&2; exit 2; }
  "$here/assets.sh"
  exec unshare --net --mount --pid --fork --kill-child --mount-proc "$0" --inside "$@"
fi
shift

export KUBE_DIR=/mnt  # a folder that every Debian has; what it holds outside is only covered here
mount -t tmpfs -o mode=0700 tmpfs "$KUBE_DIR"
bin=$("$here/assets.sh" --where)
export PATH=$bin:$PATH KUBECONFIG=$KUBE_DIR/admin.conf HOME=$KUBE_DIR
cd "$KUBE_DIR"
ip link set lo up
ip address add 198.18.0.1/32 dev lo  # what the server announces: loopback is refused there

# shellcheck source=tests/e2e/kubernetes/certificates.sh
. "$here/certificates.sh"
umask 077
certificate_authority
certificate server /CN=kube-apiserver "subjectAltName=IP:127.0.0.1,IP:198.18.0.1,DNS:localhost,DNS:kubernetes.default.svc"
certificate admin /O=system:masters/CN=admin "extendedKeyUsage=clientAuth"
key service-account
openssl rand -hex 16 > token
echo "$(cat token),token-user,token-user" > tokens.csv

kubectl config set-cluster test --server=https://127.0.0.1:6443 --certificate-authority=ca.crt --embed-certs > /dev/null
kubectl config set-credentials admin --client-certificate=admin.crt --client-key=admin.key --embed-certs > /dev/null
kubectl config set-context test --cluster=test --user=admin > /dev/null
kubectl config use-context test > /dev/null

etcd --data-dir=etcd --listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379 \
  --listen-peer-urls=http://127.0.0.1:2380 --initial-advertise-peer-urls=http://127.0.0.1:2380 --initial-cluster=default=http://127.0.0.1:2380 \
  > etcd.log 2>&1 &
"$here/apiserver.sh" start
kubectl apply --server-side -k "$root/crds" > /dev/null
kubectl wait --for=condition=Established --timeout=30s crd/vpcpeerings.vpcpeering.dev > /dev/null
cd "$root"
"$@"
