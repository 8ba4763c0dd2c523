# Every drift that we know how to make, each as two functions: inject_ROW breaks something, check_ROW holds when it is right
# again; prepare_ROW comes before the fault; undo_ROW takes back what the controller must not or cannot repair. Needs deploy/lab/running.sh and a peering of
# examples/ams-blr.yaml that is Ready.
# shellcheck shell=bash disable=SC2154

# drift_rows: ROW KIND LANE OUTCOME, one a line.
#   KIND     as in status.drift[].what and the metric's label; "-" where the status tells it otherwise
#   OUTCOME  repaired: check_ROW holds again, by the controller alone, and traffic crosses
#            refused:REASON: the status names REASON (condition or drift) until undo_ROW
#            quiet: nothing is to be repaired, and nothing may be disturbed
# The same drift at the same host more than five times in ten minutes would be Fighting: rows of one kind take turns.
drift_rows() {
  cat <<'ROWS'
peer_removed             PeersChanged             amsterdam/gateway-0     repaired
peer_endpoint            PeersChanged             bangalore/gateway-0     repaired
peer_preshared_key       PeersChanged             amsterdam/gateway-0     repaired
peer_keepalive           PeersChanged             bangalore/gateway-0     repaired
listen_port              PeersChanged             bangalore/gateway-0     repaired
peer_unknown             PeerUnknown              amsterdam/gateway-0     repaired
allowed_ips_overlap      AllowedIpsOverlap        amsterdam/gateway-0     repaired
tunnel_key               TunnelKeyChanged         bangalore/gateway-0     repaired
config_edited            ConfigFileChanged        bangalore/gateway-0     repaired
config_deleted           ConfigFileChanged        amsterdam/gateway-0     repaired
config_exposed           ConfigFileExposed        bangalore/gateway-0     repaired
unit_disabled            UnitDisabled             amsterdam/gateway-0     repaired
unit_stopped             InterfaceMissing         amsterdam/gateway-0     repaired
unit_masked              UnitMasked               bangalore/gateway-0     repaired
process_killed           InterfaceMissing         bangalore/gateway-0     repaired
tunnel_mtu               MtuChanged               amsterdam/gateway-0     repaired
interface_down           InterfaceDown            bangalore/gateway-0     repaired
allowed_ips_reduced      PeersChanged             bangalore/gateway-0     repaired
tunnel_address           InterfaceAddressChanged  amsterdam/gateway-0     repaired
tunnel_address_twice     TunnelAddressDuplicate   bangalore/gateway-0     repaired
tunnel_address_elsewhere TunnelAddressDuplicate   amsterdam/gateway-0     repaired
peer_route               PeerRouteMissing         amsterdam/gateway-0     repaired
route_captured           RouteCaptured            amsterdam/gateway-0     repaired
route_captured_server    RouteCaptured            bangalore/db-server     repaired
default_route            DefaultRouteChanged      bangalore/gateway-0     repaired
forwarding               ForwardingOff            amsterdam/gateway-0     repaired
sysctl_file              SysctlFileChanged        bangalore/gateway-0     repaired
reverse_path_filter      ReversePathFilter        amsterdam/gateway-0     repaired
firewall_port            FirewallPortClosed       bangalore/gateway-0     repaired
firewall_routed          FirewallRoutedDenied     bangalore/gateway-0     repaired
firewall_kernel          FirewallRoutedDenied     amsterdam/gateway-0     repaired
mss_clamp                MssClampMissing          amsterdam/gateway-0     repaired
wireguard_missing        WireGuardMissing         bangalore/gateway-0     repaired
clock                    ClockWrong               amsterdam/gateway-0     refused:ClockWrong
vpc_nic_down             VpcNicDown               amsterdam/gateway-0     repaired
server_route             ServerRouteMissing       bangalore/db-server     repaired
server_route_elsewhere   ServerRouteMissing       amsterdam/app-server    repaired
netplan_removed          NetplanChanged           amsterdam/app-server    repaired
netplan_edited           NetplanChanged           bangalore/db-server     repaired
cloud_init_network       CloudInitNetworkEnabled  amsterdam/app-server    repaired
server_nic_down          VpcNicDown               amsterdam/app-server    repaired
silent_cloud             ServerRouteMissing       bangalore/db-server     repaired
path_cut                 -                        -                       refused:TunnelDead
config_immutable         ConfigFileChanged        amsterdam/gateway-0     refused:HostFileImmutable
disk_full                ConfigFileChanged        bangalore/gateway-0     refused:HostDiskFull
rebooted                 -                        amsterdam/gateway-0     quiet
cloud_init_again         -                        amsterdam/app-server    quiet
ssh_closed_in_cloud      FirewallRulesChanged     amsterdam/gateway-0     repaired
firewall_group_detached  FirewallGroupDetached    bangalore/gateway-0     repaired
firewall_group_deleted   FirewallGroupMissing     bangalore/gateway-0     repaired
tags_removed             TagsChanged              amsterdam/gateway-0     repaired
vpc_description          VpcDescriptionChanged    amsterdam               repaired
vpc_cidr                 -                        amsterdam               refused:VpcCidrChanged
instance_twin            InstanceTwin             amsterdam/gateway-0     repaired
instance_detached        InstanceDetached         bangalore/gateway-0     repaired
instance_halted          InstanceStopped          bangalore/gateway-0     repaired
instance_deleted         InstanceMissing          amsterdam/gateway-0     repaired
server_nic_renamed       VpcNicRenamed            amsterdam/app-server    repaired
host_key_changed         -                        amsterdam/app-server    refused:HostIdentityChanged
instance_reinstalled     -                        bangalore/gateway-0     refused:HostIdentityChanged
ROWS
}

# drift_also ROW: "KIND@LANE", a line each: what follows from the fault and may be seen besides it. Any other drift is a failure.
drift_also() {
  case $1 in
    peer_endpoint) echo PeersChanged@amsterdam/gateway-0 ;; # broken too
    listen_port) echo PeersChanged@amsterdam/gateway-0 ;; # it learns the other port from the packets that come from there
    unit_stopped) echo MssClampMissing@amsterdam/gateway-0 ;; # the unit takes it down with it
    wireguard_missing) printf '%s@bangalore/gateway-0\n' InterfaceMissing MssClampMissing ;; # the package takes its unit down
    interface_down) echo PeerRouteMissing@bangalore/gateway-0 ;; # an interface that goes down takes its routes with it
    server_nic_down | server_nic_renamed) echo ServerRouteMissing@amsterdam/app-server ;;
    # A cloud may say "stopped" between the two boots. A host that goes down can be looked at to the end, when WireGuard has ended.
    rebooted) printf '%s@amsterdam/gateway-0\n' InstanceStopped InterfaceMissing MssClampMissing ;;
    # A host that comes up can be looked at before its unit has started.
    instance_halted) printf '%s@bangalore/gateway-0\n' InterfaceMissing MssClampMissing ;;
    instance_detached) echo InstanceMissing@bangalore/gateway-0 ;; # from its deletion to the new one
    cloud_init_again) echo InstanceStopped@amsterdam/app-server ;;
    firewall_group_deleted) printf '%s@bangalore/gateway-0\n' FirewallGroupDetached FirewallRulesChanged ;; # the new one is empty
    instance_reinstalled) echo InstanceMissing@bangalore/gateway-0 ;; # deleted by undo_
  esac
}

# drift_changes ROW: a regular expression of the lines of host_looks.sh that may differ afterwards. Any other is a failure.
drift_changes() {
  # WireGuard's keys, port and peers, the units and the names of files stay, of a gateway that is made anew too; its peer follows its address.
  local anew='(address|content|firewall|route6?) ' follows='(peer|content etc/wireguard/wg0.conf) '
  case $1 in
    # From the lab's 0 to 1 by hand, then to 2; only in the kernel, so a boot brings the 0 back.
    reverse_path_filter | rebooted) echo '^gateway-a: net\.ipv4\.conf\.wg0\.rp_filter ' ;;
    # Our rules are put back last or first: the order of ufw's list.
    firewall_port) echo '^gateway-b: (content etc/ufw/user6?\.rules |firewall .*51820.* (ACCEPT|accept)$)' ;;
    firewall_routed | firewall_kernel) echo '^gateway-[ab]: (content etc/ufw/user6?\.rules |firewall .*wg0.* (ACCEPT|accept)$)' ;;
    # It makes the kinds of host keys that are not there; after a boot our routes are of our netplan file.
    cloud_init_again) echo '^app-server: ((content|file) etc/ssh/ssh_host_(ecdsa|rsa|dsa)_key|route (10\.10\.0\.0|172\.16\.2\.0)/24 via 172\.16\.1\.3 )' ;;
    wireguard_missing) echo '^gateway-b: (content|file) var/lib/vpcp/bootstrap' ;; # the report of apt
    instance_deleted) echo "^(gateway-a: $anew|gateway-b: $follows)" ;;
    instance_detached | instance_reinstalled) echo "^(gateway-b: $anew|gateway-a: $follows)" ;;
    server_nic_renamed) echo '^app-server: (.*\<(enp6s0|vpcnic)\>|content etc/netplan/60-vpcp.yaml )' ;;
  esac
}

# --- what the functions share --------------------------------------------------------------------------------------------

kept=$work/drift-kept  # what undo_ROW puts back
peer_key() { on "$1" 'wg show wg0 peers | head -n 1'; }
peers_are() { [ "$(on "$1" 'wg show wg0 peers | wc -l')" = "$2" ]; }
wg_says() { on "$1" "wg show wg0 $2" | grep -- "$3" > /dev/null; } # HOST WHAT PATTERN
wg_does_not_say() { local said; said=$(on "$1" "wg show wg0 $2") && [ -n "$said" ] && ! grep -q -- "$3" <<< "$said"; }
vpc_nic() { on "$1" "ip -o -4 address show to $2" | awk '{print $2; exit}'; } # HOST NETWORK
public_nic() { vpc_nic "$1" 192.0.2.0/24; }
group_of() { api GET /v2/instances | jq -r --arg name "$1" '.instances[] | select(.label == $name) | .firewall_group_id'; }

# --- the tunnel ----------------------------------------------------------------------------------------------------------

inject_peer_removed() { on gateway-a "wg set wg0 peer '$(peer_key gateway-a)' remove"; }
check_peer_removed() { peers_are gateway-a 1; }

# On both, and while nothing crosses: WireGuard would learn the right one again from the next packet that comes in. What was under way when
# the line was cut comes in for as long as the way takes, 72 ms.
inject_peer_endpoint() {
  local host keys=() setting=()
  for host in gateway-a gateway-b; do keys+=("$(peer_key $host)"); done
  "$lab" link ams blr --delay "$link_delay" --down
  sleep 0.1
  for host in gateway-a gateway-b; do
    on $host "wg set wg0 peer '${keys[${#setting[@]}]}' endpoint 192.0.2.254:9" &
    setting+=($!)
  done
  wait "${setting[@]}" || true
  "$lab" link ams blr --delay "$link_delay" --up
}
check_peer_endpoint() { wg_says gateway-a endpoints ':51820' && wg_says gateway-b endpoints ':51820'; }

inject_peer_preshared_key() { on gateway-a "wg genpsk | wg set wg0 peer '$(peer_key gateway-a)' preshared-key /dev/stdin"; }
check_peer_preshared_key() { cmp -s <(on gateway-a 'wg show wg0 preshared-keys' | cut -f2) <(on gateway-b 'wg show wg0 preshared-keys' | cut -f2); }

inject_peer_keepalive() { on gateway-b "wg set wg0 peer '$(peer_key gateway-b)' persistent-keepalive off"; }
check_peer_keepalive() { wg_says gateway-b persistent-keepalive '25'; }

inject_listen_port() { on gateway-b 'wg set wg0 listen-port 51999'; }
check_listen_port() { wg_says gateway-b listen-port '^51820$'; }

inject_peer_unknown() { on gateway-a 'wg set wg0 peer "$(wg genkey | wg pubkey)" allowed-ips 10.99.0.0/24'; }
check_peer_unknown() { peers_are gateway-a 1; }

# The foreign peer takes half of Bangalore's network: packets to it leave through nobody.
inject_allowed_ips_overlap() { on gateway-a 'wg set wg0 peer "$(wg genkey | wg pubkey)" allowed-ips 172.16.2.0/25'; }
check_allowed_ips_overlap() { peers_are gateway-a 1 && wg_does_not_say gateway-a allowed-ips '172.16.2.0/25'; }

inject_tunnel_key() { on gateway-b 'wg genkey | wg set wg0 private-key /dev/stdin'; }
check_tunnel_key() { [ "$(on gateway-b 'wg show wg0 public-key')" = "$(peer_key gateway-a)" ]; }

inject_config_edited() { on gateway-b "sed -i 's/^ListenPort.*/ListenPort = 51999/' /etc/wireguard/wg0.conf"; }
check_config_edited() { on gateway-b "grep -q '^ListenPort = 51820' /etc/wireguard/wg0.conf"; }

inject_config_deleted() { on gateway-a 'rm /etc/wireguard/wg0.conf'; }
check_config_deleted() { on gateway-a 'test -s /etc/wireguard/wg0.conf'; }

inject_config_exposed() { on gateway-b 'chmod 644 /etc/wireguard/wg0.conf'; }
check_config_exposed() { [ "$(on gateway-b 'stat -c %a:%u:%g /etc/wireguard/wg0.conf')" = 600:0:0 ]; }

inject_unit_disabled() { on gateway-a 'systemctl disable wg-quick@wg0'; }
check_unit_disabled() { on gateway-a 'systemctl is-enabled wg-quick@wg0'; }

inject_unit_stopped() { on gateway-a 'systemctl stop wg-quick@wg0'; }
check_unit_stopped() { on gateway-a 'systemctl is-active wg-quick@wg0' && peers_are gateway-a 1; }

inject_unit_masked() { on gateway-b 'systemctl mask wg-quick@wg0'; }
check_unit_masked() { [ "$(on gateway-b 'systemctl is-enabled wg-quick@wg0')" = enabled ]; }

inject_process_killed() { on gateway-b 'kill -9 $(pgrep wireguard-go)'; }
check_process_killed() { peers_are gateway-b 1; }

inject_tunnel_mtu() { on gateway-a 'ip link set wg0 mtu 1280'; }
check_tunnel_mtu() { on gateway-a 'ip link show wg0' | grep 'mtu 1420' > /dev/null; }

inject_interface_down() { on gateway-b 'ip link set dev wg0 down'; }
check_interface_down() { on gateway-b 'ip -o link show up dev wg0 && ip route show 172.16.1.0/24' | grep 'dev wg0' > /dev/null; }

inject_allowed_ips_reduced() { on gateway-b "wg set wg0 peer '$(peer_key gateway-b)' allowed-ips $(on gateway-a 'ip -o -4 address show dev wg0' | awk '{sub("/.*", "", $4); print $4}')/32"; }
check_allowed_ips_reduced() { wg_says gateway-b allowed-ips '172.16.1.0/24'; }

inject_tunnel_address() { on gateway-a 'ip address add 10.77.0.1/24 dev wg0'; }
check_tunnel_address() { [ "$(on gateway-a 'ip -o -4 address show dev wg0 | wc -l')" = 1 ]; }

inject_tunnel_address_twice() { on gateway-b "ip address add $(on gateway-a 'ip -o -4 address show dev wg0' | awk '{sub("/.*", "", $4); print $4}')/32 dev wg0"; }
check_tunnel_address_twice() { [ "$(on gateway-b 'ip -o -4 address show dev wg0 | wc -l')" = 1 ]; }

inject_tunnel_address_elsewhere() { on gateway-a "ip address add $(on gateway-b 'ip -o -4 address show dev wg0' | awk '{sub("/.*", "", $4); print $4}')/32 dev lo"; }
check_tunnel_address_elsewhere() { [ "$(on gateway-a 'ip -o -4 address show dev lo | wc -l')" = 1 ]; }

# --- routes, kernel settings, firewall of gateways -------------------------------------------------------------------------

inject_peer_route() { on gateway-a 'ip route del 172.16.2.0/24'; }
check_peer_route() { on gateway-a 'ip route show 172.16.2.0/24' | grep wg0 > /dev/null; }

inject_route_captured() { on gateway-a "ip route add 172.16.2.0/25 via 172.16.1.4"; }
check_route_captured() { [ "$(on gateway-a 'ip route show 172.16.2.0/25; echo looked')" = looked ]; }

inject_route_captured_server() { on db-server 'ip route add blackhole 172.16.1.0/25'; }
check_route_captured_server() { [ "$(on db-server 'ip route show 172.16.1.0/25; echo looked')" = looked ]; }

# It wins over the one that is there, which netplan gives a metric or not: the endpoints are no longer reached.
inject_default_route() { on gateway-b "ip route prepend default via 172.16.2.77 dev $(vpc_nic gateway-b 172.16.2.0/24)"; }
check_default_route() { [ -z "$(on gateway-b 'ip route show default' | grep 172.16.2.77)" ] && [ -n "$(on gateway-b 'ip route show default')" ]; }

inject_forwarding() { on gateway-a 'sysctl -qw net.ipv4.ip_forward=0'; }
check_forwarding() { on gateway-a 'grep -q 1 /proc/sys/net/ipv4/ip_forward'; }

inject_sysctl_file() { on gateway-b 'rm /etc/sysctl.d/99-vpcp.conf'; }
check_sysctl_file() { on gateway-b 'test -s /etc/sysctl.d/99-vpcp.conf'; }

inject_reverse_path_filter() { on gateway-a 'sysctl -qw net.ipv4.conf.wg0.rp_filter=1'; }
check_reverse_path_filter() { [ "$(on gateway-a 'cat /proc/sys/net/ipv4/conf/wg0/rp_filter')" = 2 ]; }

# In the place of our rule. What is logged is other text to ufw.
inject_firewall_port() { on gateway-b 'ufw deny log 51820/udp'; }
check_firewall_port() { on gateway-b 'ufw status' | grep '51820/udp *ALLOW' > /dev/null; }

# One command: ufw is slow, and a repair that comes between two of them meets the second one.
inject_firewall_routed() { on gateway-b 'ufw route deny in on wg0'; }
check_firewall_routed() { on gateway-b 'ufw status' > "$kept.ufw" && grep -q ALLOW "$kept.ufw" && ! grep -q DENY "$kept.ufw"; }

# In the kernel alone: ufw's files still have it, and ufw would skip a rule that they have.
inject_firewall_kernel() { on gateway-a 'iptables -D ufw-user-forward -i wg0 -j ACCEPT'; }
check_firewall_kernel() { on gateway-a 'iptables -C ufw-user-forward -i wg0 -j ACCEPT'; }

inject_mss_clamp() { on gateway-a 'nft delete table inet vpcp'; }
check_mss_clamp() { on gateway-a 'nft list table inet vpcp' | grep maxseg > /dev/null; }

inject_vpc_nic_down() { on gateway-a "ip link set dev $(vpc_nic gateway-a 172.16.1.0/24) down"; }
check_vpc_nic_down() { on gateway-a "ip -o link show up dev $(vpc_nic gateway-a 172.16.1.0/24)" | grep LOWER_UP > /dev/null; }

# Its unit goes down with it.
inject_wireguard_missing() { on gateway-b 'apt-get -q -y remove wireguard-tools'; }
check_wireguard_missing() { on gateway-b 'wg show wg0 && command -v wg-quick' && peers_are gateway-b 1; }

# The touched file has the host looked at: nothing tells of a clock, so that it is wrong is found within half a minute.
inject_clock() {
  cc -shared -fPIC -o "$kept.clock.so" "$here/wrong_clock.c"
  on gateway-a 'cat > /usr/local/lib/wrong_clock.so && echo /usr/local/lib/wrong_clock.so > /etc/ld.so.preload && touch /etc/ufw/user.rules' < "$kept.clock.so"
}
handshake_ages() { metrics | awk -v now="$(date +%s)" '/^vpcp_edge_last_handshake_timestamp_seconds\{/ {print now - $NF}'; }
# While it is wrong the age of the handshake is told as it is, and the peering is Ready.
undo_clock() {
  rm -f "$kept.told"
  ready_now && [ "$(handshake_ages | wc -l)" -ge 1 ] && [ -z "$(handshake_ages | awk '$1 < -5 || $1 > 200')" ] && touch "$kept.told"
  on gateway-a 'rm -f /etc/ld.so.preload /usr/local/lib/wrong_clock.so; touch /etc/ufw/user.rules'
}
check_clock() { [ -e "$kept.told" ] && on gateway-a 'test ! -e /etc/ld.so.preload'; }

# --- servers ---------------------------------------------------------------------------------------------------------------

inject_server_route() { on db-server 'ip route del 172.16.1.0/24'; }
check_server_route() { on db-server 'ip -4 route show 172.16.1.0/24' | grep via > /dev/null; }

inject_server_route_elsewhere() { on app-server "ip route replace blackhole 172.16.2.0/24"; }
check_server_route_elsewhere() { on app-server 'ip -4 route show 172.16.2.0/24' | grep via > /dev/null; }

inject_netplan_removed() { on app-server 'rm /etc/netplan/60-vpcp.yaml'; }
check_netplan_removed() { on app-server 'test -s /etc/netplan/60-vpcp.yaml'; }

inject_netplan_edited() { on db-server "echo '# by hand' >> /etc/netplan/60-vpcp.yaml"; }
check_netplan_edited() { on db-server "! grep -q 'by hand' /etc/netplan/60-vpcp.yaml"; }

inject_cloud_init_network() { on app-server 'rm /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg'; }
check_cloud_init_network() { on app-server 'test -s /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg'; }

# As after a new kernel: another name, and the address that the system gives it by its MAC address.
# networkd knows it by its name, and takes the address away when it lets go of it.
inject_server_nic_renamed() {
  local nic
  nic=$(vpc_nic app-server 172.16.1.0/24)
  on app-server "ip link set dev $nic down && ip link set dev $nic name vpcnic && ip link set dev vpcnic up &&
    timeout 10 sh -c 'until networkctl --no-legend list vpcnic | grep unmanaged > /dev/null; do sleep 0.1; done'
    ip address replace $app_ip/24 dev vpcnic"
}
check_server_nic_renamed() { on app-server 'grep -q vpcnic: /etc/netplan/60-vpcp.yaml && ip route show 172.16.2.0/24' | grep 'dev vpcnic' > /dev/null; }

inject_server_nic_down() { on app-server "ip link set dev $(vpc_nic app-server 172.16.1.0/24) down"; }
check_server_nic_down() { on app-server 'ip route show 172.16.2.0/24' | grep -v linkdown | grep via > /dev/null; }

# The cloud takes requests and answers none; hosts are looked after all the same.
cloud_requests() { api GET /lab/v1/faults | jq '.faults[0].struck // 0'; }
cloud_is_asked() { [ "$(cloud_requests)" -gt 0 ]; }
prepare_silent_cloud() {
  api POST /lab/v1/faults '{"kind":"slow","match":{"path":"^/v2/"},"count":0,"delay_ms":20000}'
  wait_for 20 cloud_is_asked
}
inject_silent_cloud() { inject_server_route; }
undo_silent_cloud() { api DELETE /lab/v1/faults; }
check_silent_cloud() { check_server_route; }

# --- between the regions -----------------------------------------------------------------------------------------------------

inject_path_cut() { "$lab" link ams blr --delay "$link_delay" --down; }
undo_path_cut() { "$lab" link ams blr --delay "$link_delay" --up; }
check_path_cut() { reaches app-server "$db_ip"; }

# --- what cannot be written --------------------------------------------------------------------------------------------------

inject_config_immutable() { on gateway-a "chattr +i /etc/wireguard && sed -i '\$a # by hand' /etc/wireguard/wg0.conf || echo '# by hand' >> /etc/wireguard/wg0.conf"; }
undo_config_immutable() { on gateway-a 'chattr -i /etc/wireguard'; }
check_config_immutable() { on gateway-a "! grep -q 'by hand' /etc/wireguard/wg0.conf"; }

# A file system of its own that the file fills: the real one is the machine's.
inject_disk_full() {
  on gateway-b 'cp -p /etc/wireguard/wg0.conf /run/kept.conf && mount -t tmpfs -o size=8k,mode=700 none /etc/wireguard &&
    cp -p /run/kept.conf /etc/wireguard/wg0.conf && sed -i s/51820/51821/ /etc/wireguard/wg0.conf
    dd if=/dev/zero of=/etc/wireguard/fill bs=1k 2> /dev/null; true'
}
# What could not be written has left the file as it was, whole, and nothing beside it.
undo_disk_full() {
  on gateway-b 'grep -q "^ListenPort = 51821" /etc/wireguard/wg0.conf && grep -q "^PersistentKeepalive" /etc/wireguard/wg0.conf &&
    test "$(ls -A /etc/wireguard | sort | xargs)" = "fill wg0.conf"' && touch "$kept.intact"
  on gateway-b 'umount /etc/wireguard'
}
check_disk_full() {
  [ -e "$kept.intact" ] && on gateway-b "! test -e /etc/wireguard/fill && grep -q '^ListenPort = 51820' /etc/wireguard/wg0.conf"
}

# --- instances and the cloud -------------------------------------------------------------------------------------------------

inject_rebooted() {
  boot_of gateway-a > "$kept.boot"
  on gateway-a systemctl reboot || true
}
check_rebooted() { local boot; boot=$(boot_of gateway-a) && [ -n "$boot" ] && [ "$boot" != "$(cat "$kept.boot")" ] && peers_are gateway-a 1; }

inject_cloud_init_again() {
  boot_of app-server > "$kept.boot"
  on app-server 'cloud-init clean --logs && systemctl reboot' || true
}
check_cloud_init_again() {
  local boot
  boot=$(boot_of app-server) && [ -n "$boot" ] && [ "$boot" != "$(cat "$kept.boot")" ] &&
    on app-server 'test -e /run/cloud-init/result.json && ip -4 route show 172.16.2.0/24' | grep via > /dev/null
}

inject_ssh_closed_in_cloud() {
  local group rule
  group=$(group_of Gateway-A)
  for rule in $(api GET "/v2/firewalls/$group/rules" | jq -r '.firewall_rules[] | select(.port == "22") | .id'); do
    api DELETE "/v2/firewalls/$group/rules/$rule"
  done
}
check_ssh_closed_in_cloud() { api GET "/v2/firewalls/$(group_of Gateway-A)/rules" | jq -e '.firewall_rules[] | select(.port == "22")'; }

inject_firewall_group_detached() {
  group_of Gateway-B > "$kept.group"
  api PATCH "/v2/instances/$(id_of Gateway-B)" '{"firewall_group_id":""}'
}
check_firewall_group_detached() { [ "$(group_of Gateway-B)" = "$(cat "$kept.group")" ]; }

inject_firewall_group_deleted() {
  group_of Gateway-B > "$kept.group"
  api DELETE "/v2/firewalls/$(cat "$kept.group")"
}
check_firewall_group_deleted() { local now; now=$(group_of Gateway-B) && [ -n "$now" ] && [ "$now" != "$(cat "$kept.group")" ]; }

inject_tags_removed() { api PATCH "/v2/instances/$(id_of Gateway-A)" '{"tags":["by-hand"]}'; }
check_tags_removed() { api GET "/v2/instances/$(id_of Gateway-A)" | jq -e '.instance.tags | any(startswith("vpcp-")) and index("by-hand") != null'; }

inject_vpc_description() { api PUT "/v2/vpcs/$(api GET /v2/vpcs | jq -r '.vpcs[] | select(.description | startswith("VPC-A")) | .id')" '{"description":"VPC-A by hand"}'; }
check_vpc_description() { api GET /v2/vpcs | jq -e '.vpcs[] | select(.description | startswith("VPC-A (vpcp-"))'; }

vpc_says() { # NETWORK
  api POST "/lab/v1/vpcs/$(api GET /v2/vpcs | jq -r '.vpcs[] | select(.description | startswith("VPC-A")) | .id')/network" "{\"v4_subnet\":\"$1\",\"v4_subnet_mask\":24}"
}
inject_vpc_cidr() { vpc_says 172.16.9.0; }
check_vpc_cidr() { api GET /v2/vpcs | jq -e 'any(.vpcs[]; .v4_subnet == "172.16.1.0")' && wg_says gateway-b allowed-ips 172.16.1.0/24 && ready_now; }
undo_vpc_cidr() { vpc_says 172.16.1.0; }

# Another instance with the label and the tags of ours, as a create that was done twice would have made it.
instances_of() { api GET /lab/v1/instances | jq --arg name "$1" '[.instances[] | select(.label == $name)] | length'; }
inject_instance_twin() {
  id_of Gateway-A > "$kept.id"
  api POST /v2/instances "$(api GET "/v2/instances/$(cat "$kept.id")" |
    jq --arg vpc "$(instance Gateway-A '.vpcs[0].id')" '.instance | {region, plan, os_id, "label": .label, tags, firewall_group_id, attach_vpc: [$vpc]}')"
}
check_instance_twin() { [ "$(instances_of Gateway-A)" = 1 ] && [ "$(id_of Gateway-A)" = "$(cat "$kept.id")" ]; }

# A new instance may be attached late, so a gateway that has been there for less than three minutes is left alone.
is_older() { [ $(($(date +%s) - $(date -d "$(api GET "/v2/instances/$(id_of "$1")" | jq -r .instance.date_created)" +%s))) -gt "$2" ]; }
prepare_instance_detached() { wait_for 200 is_older Gateway-B 185; }
inject_instance_detached() {
  id_of Gateway-B > "$kept.id"
  api POST "/v2/instances/$(cat "$kept.id")/vpcs/detach" "{\"vpc_id\":\"$(instance Gateway-B '.vpcs[0].id')\"}"
}
check_instance_detached() { local now; now=$(id_of Gateway-B) && [ -n "$now" ] && [ "$now" != "$(cat "$kept.id")" ] && peers_are gateway-b 1; }

inject_instance_halted() { api POST "/v2/instances/$(id_of Gateway-B)/halt"; }
check_instance_halted() { peers_are gateway-b 1; }

inject_instance_deleted() {
  id_of Gateway-A > "$kept.id"
  api DELETE "/v2/instances/$(cat "$kept.id")"
}
check_instance_deleted() { local now; now=$(id_of Gateway-A) && [ -n "$now" ] && [ "$now" != "$(cat "$kept.id")" ] && peers_are gateway-a 1; }

# As after a reinstallation by somebody else: the same instance, another host key.
inject_host_key_changed() {
  on app-server 'cd /etc/ssh && cp -p ssh_host_ed25519_key /root/kept-key && cp -p ssh_host_ed25519_key.pub /root/kept-key.pub &&
    rm ssh_host_ed25519_key ssh_host_ed25519_key.pub && ssh-keygen -q -t ed25519 -N "" -f ssh_host_ed25519_key < /dev/null &&
    systemctl restart ssh && pkill -f "sshd: root" || true'
}
undo_host_key_changed() { on app-server 'cd /etc/ssh && mv /root/kept-key ssh_host_ed25519_key && mv /root/kept-key.pub ssh_host_ed25519_key.pub && systemctl restart ssh'; }
check_host_key_changed() { on app-server 'test ! -e /root/kept-key'; }

# By hand, on a host whose user-data is gone: it shows a key that nobody has pinned. Who did it deletes it, and a new one is made.
inject_instance_reinstalled() {
  id_of Gateway-B > "$kept.id"
  api POST "/v2/instances/$(cat "$kept.id")/reinstall"
}
undo_instance_reinstalled() { api DELETE "/v2/instances/$(cat "$kept.id")"; }
check_instance_reinstalled() { local now; now=$(id_of Gateway-B) && [ -n "$now" ] && [ "$now" != "$(cat "$kept.id")" ] && peers_are gateway-b 1; }
