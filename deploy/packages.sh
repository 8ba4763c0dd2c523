# The one list of Debian packages. Sourced by every script that installs; sets arrays, does nothing.
# shellcheck shell=bash disable=SC2034

# To compile everything.
build_packages=(
  ca-certificates g++ cmake ninja-build pkg-config
  libcpprest-dev libssl-dev nlohmann-json3-dev libssh-dev libsodium-dev libspdlog-dev libyaml-cpp-dev libcli11-dev
  prometheus-cpp-dev libcurl4-openssl-dev
  libgtest-dev libgmock-dev
)

# To run the lab: hosts as systemd-nspawn machines, namespaces, WireGuard's tools for looking around.
lab_packages=(
  debootstrap systemd-container dpkg-dev wireguard-tools openssh-client nftables iptables iproute2 iputils-ping
  procps util-linux zstd curl jq
)

# To check the code.
check_packages=(clang-format git python3)

# To run the tests: programs only. A script that installs openssh-server must keep its service from starting. zsh, fish: the shells that
# vpcpctl's completion is for.
test_packages=(openssh-server python3-yaml python3-jsonschema zsh fish)

# To test against a real Kubernetes API server; venv: for a Go toolchain from PyPI where none is installed.
kubernetes_packages=(libfaketime openssl jq curl iproute2 nftables util-linux python3-venv python3-yaml)

# To run a Kubernetes node in the lab: containers, and pods' networks.
node_packages=(containerd runc containernetworking-plugins gcc libc6-dev)

# To build the container image without an engine.
container_packages=(buildah debootstrap ca-certificates jq util-linux)

# To make the Debian package.
package_packages=(dpkg-dev)

# To read the sources for bugs.
tidy_packages=(clang-14 clang-tidy)

# To build with sanitizers, and to fuzz the parsers (libFuzzer): clang. It compiles the tests in half the time that g++ takes.
# llvm-14: names for addresses, which suppressions are told by.
clang_packages=(clang-14 llvm-14 libclang-rt-14-dev openssh-client)

# To check metrics, alert rules and the dashboard against a real Prometheus.
monitoring_packages=(prometheus curl python3 python3-yaml python3-jsonschema)

# To look for errors of memory in a whole run.
valgrind_packages=(valgrind libc6-dbg)

# To look at the page as a browser does; python3-websocket: for the browser's own protocol.
page_packages=(chromium fonts-dejavu-core python3 python3-websocket)

# To point other clients of Vultr's API at the lab; venv: for Ansible from PyPI.
clients_packages=(openssl socat ca-certificates util-linux curl jq python3-venv)
