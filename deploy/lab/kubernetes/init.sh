#!/bin/bash
# Process 1 of the node (started by node.sh in namespaces of its own): its end is the end of everything in it.
# etcd, containerd and the Kubernetes programs, their state on a tmpfs that goes with them: nothing of it is seen outside.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
kubernetes=$(readlink -f "$here/../../../tests/e2e/kubernetes")
control_plane=$("$kubernetes/assets.sh" --where)
node_programs=$(readlink -f "$here/../../../build/kubernetes/node")
export PATH=$control_plane:$PATH
node_ip=10.77.0.1 service_ip=10.96.0.1

# --- what it sees -------------------------------------------------------------------------------------------------------
mount --make-rprivate /
umount -Rl /run/netns 2> /dev/null || true # copies of what others have mounted there
mount --make-rshared /                     # the kubelet's volumes must reach the containers
mount -t proc proc /proc
mount -t sysfs sysfs /sys
hostname node
mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
while IFS=: read -r _ controller _; do
  [ -n "$controller" ] || continue
  mkdir "/sys/fs/cgroup/${controller#name=}"
  case $controller in
    name=*) mount -t cgroup -o "none,$controller" cgroup "/sys/fs/cgroup/${controller#name=}" ;;
    *) mount -t cgroup -o "$controller" cgroup "/sys/fs/cgroup/$controller" ;;
  esac
done < /proc/self/cgroup
mount -t tmpfs tmpfs /run
mount -t tmpfs -o mode=0700 tmpfs /mnt
cd /mnt
mkdir -p log run cni kubelet fake pods-log var-upper var-work
# The kubelet writes below /var and sets sysctls of the whole machine, whatever its flags say: copies for it alone.
mount -t overlay -o lowerdir=/var,upperdir=/mnt/var-upper,workdir=/mnt/var-work overlay /var
for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
  copy=/mnt/fake/${setting//[\/=]/_}
  echo "${setting#*=}" > "$copy"
  mount --bind "$copy" "/proc/sys/${setting%=*}"
done
printf '127.0.0.1 localhost\n%s node\n' $node_ip > hosts
mount --bind hosts /etc/hosts

# --- its network: addresses of its own on loopback; pods leave by the lab's port, and from there nobody comes in -----------
ip link set lo up
ip address add $node_ip/32 dev lo
ip address add $service_ip/32 dev lo # the Service "kubernetes": no kube-proxy is needed
nft -f - << 'RULES'
table ip vpcp-node {
  chain leave { type nat hook postrouting priority srcnat; ip saddr 10.88.0.0/24 oifname "eth0" masquerade; }
  chain enter { type filter hook input priority filter; iifname "eth0" tcp dport { 443, 2379, 10250 } drop; }
}
RULES

# --- certificates and configuration ----------------------------------------------------------------------------------------
# shellcheck source=tests/e2e/kubernetes/certificates.sh
. "$kubernetes/certificates.sh"
login() { # FILE SUBJECT [NAMES]: a certificate of that user, and a kubeconfig with it
  certificate "$1" "$2" "keyUsage=digitalSignature
extendedKeyUsage=serverAuth,clientAuth
subjectAltName=${3:-DNS:none}"
  kubectl config --kubeconfig "$1.conf" set-cluster node --server=https://$node_ip:443 --certificate-authority=ca.crt --embed-certs > /dev/null
  kubectl config --kubeconfig "$1.conf" set-credentials user --client-certificate="$1.crt" --client-key="$1.key" --embed-certs > /dev/null
  kubectl config --kubeconfig "$1.conf" set-context node --cluster=node --user=user > /dev/null
  kubectl config --kubeconfig "$1.conf" use-context node > /dev/null
}
(
  umask 077
  certificate_authority
  key service-account
  login apiserver /CN=kube-apiserver "IP:$node_ip,IP:$service_ip,IP:127.0.0.1,DNS:kubernetes.default.svc"
  login admin /O=system:masters/CN=admin
  login controller-manager /CN=system:kube-controller-manager
  login scheduler /CN=system:kube-scheduler
  login kubelet /O=system:nodes/CN=system:node:node "IP:$node_ip,DNS:node"
  login apiserver-kubelet /O=system:masters/CN=kube-apiserver-kubelet-client
)
sed "s,@NODE_IP@,$node_ip,g" "$here/kubelet.yaml" > kubelet.yaml
cp "$here/pods.conflist" cni/
cp "$here/containerd.toml" containerd.toml

# --- what runs -------------------------------------------------------------------------------------------------------------
declare -A programs
run() { # NAME COMMAND…
  local name=$1
  shift
  "$@" >> "log/$name.log" 2>&1 &
  programs[$!]=$name
}
run etcd etcd --data-dir etcd --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
  --listen-peer-urls http://127.0.0.1:2380 --log-level warn
run containerd containerd -c containerd.toml
run kube-apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 --bind-address=0.0.0.0 --secure-port=443 --advertise-address=$node_ip \
  --service-cluster-ip-range=10.96.0.0/16 --tls-cert-file=apiserver.crt --tls-private-key-file=apiserver.key --client-ca-file=ca.crt \
  --service-account-issuer=https://kubernetes.default.svc --service-account-key-file=service-account.key --service-account-signing-key-file=service-account.key \
  --kubelet-client-certificate=apiserver-kubelet.crt --kubelet-client-key=apiserver-kubelet.key --kubelet-certificate-authority=ca.crt \
  --kubelet-preferred-address-types=InternalIP --requestheader-client-ca-file=ca.crt --requestheader-allowed-names=none \
  --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction
until kubectl --kubeconfig admin.conf get --raw /readyz > /dev/null 2>&1; do read -rt 0.1 <> <(:) || true; done
run kube-controller-manager "$node_programs/kube-controller-manager" --kubeconfig=controller-manager.conf --authentication-kubeconfig=controller-manager.conf \
  --authorization-kubeconfig=controller-manager.conf --root-ca-file=ca.crt --service-account-private-key-file=service-account.key \
  --use-service-account-credentials --flex-volume-plugin-dir=/mnt/kubelet/volume-plugins --bind-address=127.0.0.1 --leader-elect=false
run kube-scheduler "$node_programs/kube-scheduler" --kubeconfig=scheduler.conf --authentication-kubeconfig=scheduler.conf --authorization-kubeconfig=scheduler.conf \
  --bind-address=127.0.0.1 --leader-elect=false
run kubelet "$node_programs/kubelet" --config=kubelet.yaml --kubeconfig=kubelet.conf --root-dir=/mnt/kubelet --hostname-override=node --node-ip=$node_ip

trap 'exit 0' TERM
while :; do # orphans come here, too, to be reaped
  ended=0
  wait -n -p ended || true
  [ -z "${programs[$ended]:-}" ] || { echo "node: ${programs[$ended]} has ended"; exit 1; }
done
