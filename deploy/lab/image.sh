#!/bin/bash
# Builds the image of the lab's hosts: a Debian 12 userland as a small cloud server has it (systemd, sshd, cloud-init,
# netplan, ufw with only 22/tcp open; WireGuard not installed, but installable offline by apt-get).
#   deploy/lab/image.sh          builds it unless it is there; prints a line for each step, the last one is the folder
#   deploy/lab/image.sh --path   only prints the folder
# The folder is $VPCP_LAB_DIR/image-<digest of this file>, so a changed recipe makes a new image; older ones are removed.
# It is built beside its place and renamed when complete: a killed build leaves nothing that looks like an image.
set -euo pipefail
self=$(readlink -f "$0")
lab=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}
image=$lab/image-$(sha256sum "$self" | cut -c1-12)
part=$image.part
log=$lab/image.log

say() { echo "image: $*"; }
die() {
  trap - EXIT
  echo "image: $1" >&2
  [ ! -s "$log" ] || tail -5 "$log" >&2
  exit 2
}

remove_older() {
  local old
  for old in "$lab"/image-*/; do
    # An older image may still carry hosts of a running lab: then it stays.
    [ "${old%/}" = "$image" ] || grep -qs "lowerdir=${old%/}," /proc/[0-9]*/mounts || rm -rf "$old"
  done
}

if [ "${1:-}" = --path ]; then
  echo "$image"
  exit 0
fi

# Mounts and processes of the build (debootstrap mounts /proc in its target) live in namespaces of their own, so
# that they end with this script even when it is killed.
if [ "${1:-}" != --inside ]; then
  [ "$(id -u)" = 0 ] || die "building the image needs root."
  mkdir -p "$lab"
  exec 9> "$lab/image.lock"
  flock 9
  [ -d "$image" ] || unshare --mount --pid --fork --kill-child --mount-proc --propagation private "$self" --inside
  remove_older
  echo "$image"
  exit 0
fi

# A progress line, then the command with its output in the log. It must not stand before "||" or after "if": there the
# shell would not stop at the first command that fails.
step() {
  doing=$1
  say "$doing"
  shift
  "$@" >> "$log" 2>&1
}

# The machine's own Debian sources, as "uri suite component".
debian_sources() {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(ORIGIN) $(CREATED_BY) $(REPO_URI) $(RELEASE) $(COMPONENT)' |
    awk '$1 == "Debian" && $2 == "Packages" && $4 ~ /^bookworm(-updates|-security)?$/ && $5 == "main" {print $3, $4, $5}' | sort -u
}

in_image() { # the build has no network services to start and no firewall of ours to touch
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 ${http_proxy:+http_proxy="$http_proxy"} \
    chroot "$part" "$@"
}

base_system() {
  debootstrap --variant=minbase \
    --include=systemd,systemd-sysv,udev,dbus,openssh-server,iproute2,iputils-ping,ca-certificates,netbase,procps,kmod,less,nano \
    bookworm "$part" "$mirror"
}

packages() {
  debian_sources | sed 's/^/deb /' > "$part/etc/apt/sources.list"
  rm -f "$part/etc/resolv.conf"
  cp -L /etc/resolv.conf "$part/etc/resolv.conf"
  printf '#!/bin/sh\nexit 101\n' > "$part/usr/sbin/policy-rc.d"
  chmod 755 "$part/usr/sbin/policy-rc.d"
  in_image apt-get -q -o Acquire::Retries=3 update
  # Before systemd-resolved comes and takes the image's resolv.conf over.
  mkdir -p "$part/opt/aptrepo"
  in_image sh -c 'cd /opt/aptrepo && apt-get -q -o APT::Sandbox::User=root -o Acquire::Retries=3 download wireguard wireguard-tools wireguard-go'
  in_image apt-get -q -o Acquire::Retries=3 -o Dpkg::Options::=--force-unsafe-io install -y --no-install-recommends \
    ufw iptables nftables netplan.io systemd-resolved cloud-init iperf3 tcpdump traceroute sudo curl conntrack jq netcat-openbsd
}

# A hosts' network leads nowhere, and still it must be able to "apt-get install wireguard": a repository of files.
# The lab's hosts have userspace WireGuard; the package below stands where the kernel's module would.
repository() {
  local pool=$part/opt/aptrepo stub
  stub=$(mktemp -d)
  chmod 755 "$stub"
  mkdir "$stub/DEBIAN"
  cat > "$stub/DEBIAN/control" <<'CONTROL'
Package: wireguard-userspace-module
Version: 1.0.20210914
Architecture: all
Maintainer: Lab <lab@localhost>
Provides: wireguard-modules (= 1.0.20210914)
Depends: wireguard-go
Description: stands in for the kernel module with userspace wireguard-go
CONTROL
  dpkg-deb --root-owner-group -b "$stub" "$pool/wireguard-userspace-module_1.0_all.deb"
  rm -rf "$stub"
  (cd "$pool" && dpkg-scanpackages -m . > Packages)
  rm -f "$part"/etc/apt/sources.list.d/*
  echo 'deb [trusted=yes] file:/opt/aptrepo ./' > "$part/etc/apt/sources.list"
}

# cloud-init as Vultr's servers have it: it writes 50-cloud-init.yaml anew at every boot unless its networking is
# disabled, root's login is open for keys, and apt's sources are left alone.
cloud_init() {
  cat > "$part/etc/cloud/cloud.cfg.d/90-lab.cfg" <<'YAML'
datasource_list: [NoCloud, None]
updates: {network: {when: [boot-new-instance, boot]}}
disable_root: false
users: []
locale: false
apt: {preserve_sources_list: true}
ssh_genkeytypes: [ed25519, ecdsa]
YAML
  cat > "$part/etc/sysctl.d/90-vultr.conf" <<'SYSCTL'
net.ipv4.conf.all.arp_filter = 1
net.ipv6.conf.all.accept_ra = 2
SYSCTL
}

# veth NICs have no permanent MAC address, which netplan's "match: macaddress" asks systemd-networkd for.
netplan_for_veth() {
  mv "$part/usr/libexec/netplan/generate" "$part/usr/libexec/netplan/generate.real"
  cat > "$part/usr/libexec/netplan/generate" <<'WRAPPER'
#!/bin/bash
# netplan's generator knows by its argv[0] that systemd called it.
(exec -a "$0" /usr/libexec/netplan/generate.real "$@"); rc=$?
sed -i 's/^PermanentMACAddress=/MACAddress=/' /run/systemd/network/10-netplan-*.{network,link} 2> /dev/null
exit $rc
WRAPPER
  chmod 755 "$part/usr/libexec/netplan/generate"
}

# "netplan apply" runs "udevadm trigger" on the NICs, which writes their uevent files: this folder becomes writable, the
# rest of /sys stays read-only, so that udevd is not started and networkd does not wait for it.
writable_nics() {
  cat > "$part/etc/systemd/system/lab-sysnet.service" <<'UNIT'
[Unit]
Description=Writable uevent files for this machine's own NICs
DefaultDependencies=no
Before=systemd-networkd.service sysinit.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'mkdir -p /run/sysnet && mount -t sysfs sysfs /run/sysnet && mount -o remount,rw /run/sysnet && mount --bind /run/sysnet/devices/virtual/net /sys/devices/virtual/net && umount /run/sysnet'
[Install]
WantedBy=sysinit.target
UNIT
  in_image systemctl -q enable lab-sysnet.service
}

# As on Vultr: incoming denied but 22/tcp, routed denied, active from the first boot. ufw looks at the kernel's tables
# while it writes its rules, so it does that in a network namespace of its own.
firewall() {
  mount -t proc proc "$part/proc"
  unshare --net chroot "$part" ufw allow 22/tcp
  umount "$part/proc"
  sed -i 's/^ENABLED=.*/ENABLED=yes/' "$part/etc/ufw/ufw.conf"
  sed -i 's/^DEFAULT_FORWARD_POLICY=.*/DEFAULT_FORWARD_POLICY="DROP"/' "$part/etc/default/ufw"
  in_image systemctl -q enable ufw
}

finish() {
  rm -f "$part/usr/sbin/policy-rc.d" "$part"/etc/ssh/ssh_host_* "$part/var/lib/dbus/machine-id" "$part/etc/hostname"
  rm -rf "$part"/var/lib/apt/lists/* "$part"/var/cache/apt/*.bin "$part"/var/cache/apt/archives/*.deb \
    "$part"/usr/share/doc/* "$part"/usr/share/man/* "$part"/usr/share/locale/*
  : > "$part/etc/machine-id"
  ln -sf ../run/systemd/resolve/stub-resolv.conf "$part/etc/resolv.conf"
  install -d -m 700 "$part/root/.ssh"
  in_image systemctl -q enable systemd-networkd systemd-resolved ssh
  in_image systemctl -q disable apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer \
    e2scrub_reap.service
  in_image systemctl -q mask systemd-networkd-wait-online.service dev-hugepages.mount sys-fs-fuse-connections.mount
}

doing="looking for a mirror"
# shellcheck disable=SC2154
trap 'status=$?; [ $status = 0 ] || die "it failed while $doing; the end of $log:"' EXIT
started=$SECONDS
rm -rf "$lab"/image-*.part
: > "$log"
mirror=$(debian_sources | awk '$2 == "bookworm" {print $1; exit}')
[ -n "$mirror" ] || die "apt has no Debian 12 (bookworm) source; add one and run apt-get update."
eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
[ -z "${http_proxy:-}" ] || export http_proxy

step "unpacking a Debian 12 base system (about 45 s)" base_system
step "installing cloud-init, netplan, ufw and tools (about 20 s)" packages
step "making the hosts' own package repository with wireguard" repository
configure() { cloud_init && netplan_for_veth && writable_nics && firewall && finish; }
step "configuring it as a cloud server" configure
mv "$part" "$image"
say "ready: $(du -sh "$image" | cut -f1) in $((SECONDS - started)) s"
