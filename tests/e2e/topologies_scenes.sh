# The scenes of topologies.sh. Needs story.sh and running.sh.
# shellcheck shell=bash disable=SC2154

# --- what is declared --------------------------------------------------------------------------------------------------

topology='{type: HubAndSpoke, hub: ams}'
suspend=false
with_blr=1    # is Bangalore one of the sites?
with_centos=  # does Bangalore have a server of a system that is not supported?

site() { # NAME CIDR: a site with a gateway and a server, all created
  cat <<YAML
  - name: $1
    region: $1
    vpc: {cidr: $2, description: three-$1}
    gateway: {label: GW-$1}
    servers:
    - {name: app, create: {label: App-$1, public: None}}
YAML
}

declare_peering() { # writes the manifest: one new version of the object
  local new=$work/.three.yaml
  {
    cat <<YAML
apiVersion: vpcpeering.dev/v1alpha1
kind: VPCPeering
metadata: {name: three, namespace: network}
spec:
  suspend: $suspend
  tunnel: {cidr: 10.10.0.0/24}
  topology: $topology
  verification: {interval: 5s}
  sites:
YAML
    site ams 172.16.1.0/24
    [ -z "$with_blr" ] || site blr 172.16.2.0/24
    [ -z "$with_centos" ] || echo '    - {name: odd, create: {label: Odd-blr, os: CentOS 9 Stream x64}}'
    cat <<YAML
  - name: fra
    region: fra
    vpc: {id: $adopted_vpc}
    gateway: {label: GW-fra}
    servers:
    - {name: app, create: {label: App-fra, public: None}}
    - {name: legacy, instanceID: $legacy_id, ssh: {user: root, privateKeyRef: {name: legacy-ssh, key: id}}}
YAML
  } > "$new"
  generation_before=$(generation)
  mv "$new" "$work/manifests/three.yaml"
}

declare_second() { # POLICY: a peering of its own, with credentials of its own
  cat > "$work/manifests/second.yaml" <<YAML
apiVersion: vpcpeering.dev/v1alpha1
kind: VPCPeering
metadata: {name: second, namespace: network}
spec:
  credentialsRef: {name: second-key}
  deletionPolicy: Retain
  tunnel: {cidr: 10.31.0.0/24}
  sites:
  - {name: ams, region: ams, vpc: {cidr: 172.31.1.0/24, description: second-ams}, gateway: {label: Second-ams}}
  - {name: blr, region: blr, vpc: {cidr: 172.31.2.0/24, description: second-blr}, gateway: {label: Second-blr}}
YAML
}
second_key() { # KEY
  (umask 077 && printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: second-key, namespace: network}\nstringData: {apiKey: %s}\n' \
    "$1" > "$work/.second-key.yaml")
  mv "$work/.second-key.yaml" "$work/manifests/second-key.yaml"
}
of_second() { object=network.second "$@"; }

# --- what is asked -----------------------------------------------------------------------------------------------------

generation() { awk '/^  observedGeneration:/ {print $2; exit}' "$(status_file)" 2> /dev/null || true; }
seen() { [ "$(generation)" != "$generation_before" ]; } # the last declare_peering
ready_again() { seen && is_ready; }
wait_ready() { # SECONDS TEXT; tells what it waits for when that does not come
  if wait_for "$1" ready_again; then passed "$2"; else
    failed "$2"
    condition_field Ready message | shown
  fi
}
learn_addresses() {
  app_ams=$(vpc_ip_of App-ams)
  app_blr=$(vpc_ip_of App-blr)
  app_fra=$(vpc_ip_of App-fra)
}
hops() { on "$1" ping -nc1 -W2 "$2" | sed -n 's/.* ttl=\([0-9]*\) .*/\1/p' | awk '{print 64 - $1}'; }
through() { [ "$(hops "$2" "$3")" = "$1" ]; } # COUNT HOST ADDRESS: so many gateways are passed
both_ways() { # NAME HOST-A IP-A HOST-B IP-B
  check "$1, by ping" pings "$2" "$5"
  check "$1, by TCP" connects "$2" "$5"
  check "$1, the other way, by ping" pings "$4" "$3"
  check "$1, the other way, by TCP" connects "$4" "$3"
}
# What must not change when peers do: the interface and the process behind it.
tunnel_identity() { on "$1" 'cat /sys/class/net/wg0/ifindex; pgrep -o wireguard-go; systemctl show -p ActiveEnterTimestampMonotonic wg-quick@wg0'; }
# Which peer's line has these networks: "peer<tab>network network"
line_with() { on "$1" wg show wg0 allowed-ips | grep -cF "$2" || true; }
requests_with() { api GET /lab/v1/requests | jq "[.operations[][\"$1\"] // 0] | add // 0"; }
writes() { api GET /lab/v1/requests | jq .writes; }
cloud_holds() { # labels and descriptions: twins show as a line that is there twice
  api GET /lab/v1/instances | jq -r '.instances[].label'
  api GET '/v2/firewalls?per_page=500' | jq -r '.firewall_groups[].description'
  api GET '/v2/vpcs?per_page=500' | jq -r '.vpcs[].description'
}

# --- scenes ------------------------------------------------------------------------------------------------------------

scene_start() {
  chapter "1. What is there before: a VPC and a server of somebody"
  make_folders
  start_lab
  ssh_secret legacy-ssh
  local key
  adopted_vpc=$(api POST /v2/vpcs '{"region":"fra","description":"office","v4_subnet":"172.16.3.0","v4_subnet_mask":24}' | jq -r .vpc.id)
  key=$(api POST /v2/ssh-keys "{\"name\":\"operator\",\"ssh_key\":\"$(cat "$work/operator-ssh.pub")\"}" | jq -r .ssh_key.id)
  legacy_id=$(api POST /v2/instances "{\"region\":\"fra\",\"plan\":\"vc2-1c-1gb\",\"os_id\":1743,\"label\":\"Legacy\",\"hostname\":\"legacy\",\"attach_vpc\":[\"$adopted_vpc\"],\"sshkey_id\":[\"$key\"]}" | jq -r .instance.id)
  check "Legacy has booted" wait_for 60 booted legacy
  legacy_ip=$(vpc_ip_of Legacy)
  # The owner's own way to Bangalore's network, which the peering will take over and must give back.
  on legacy "umask 077 && printf 'network:\n  version: 2\n  ethernets:\n    enp6s0:\n      routes:\n      - {to: 172.16.2.0/24, via: 172.16.3.250}\n' > /etc/netplan/70-office.yaml && netplan apply"
  own_route() { on legacy "ip -4 route show 172.16.2.0/24 | grep 'via 172.16.3.250' > /dev/null"; }
  check "Legacy has a route of its owner to 172.16.2.0/24" wait_for 20 own_route
  legacy_before=$(fingerprint legacy)
  declare_second
  second_key 'not-the-key-of-this-account'
  declare_peering
  start_controller
  say "the controller runs: three sites around Amsterdam, and a second peering with a wrong API key"
}

scene_hub_and_spoke() {
  chapter "2. Hub and spoke"
  wait_ready 150 "Ready=True"
  learn_addresses
  "$lab" ps | shown
  both_ways "Bangalore <-> Frankfurt through the hub" app-blr "$app_blr" app-fra "$app_fra"
  check "from spoke to spoke three gateways are passed" through 3 app-blr "$app_fra"
  both_ways "Amsterdam <-> Bangalore" app-ams "$app_ams" app-blr "$app_blr"
  both_ways "Legacy <-> Bangalore" legacy "$legacy_ip" app-blr "$app_blr"
  check "a spoke has one peer, the hub two" test "$(on gw-blr wg show wg0 peers | wc -l),$(on gw-ams wg show wg0 peers | wc -l)" = 1,2
  api_key_refused() { [ "$(of_second condition Ready),$(of_second reason_of Ready)" = False,ApiKeyRefused ]; }
  check "the peering with the wrong key says ApiKeyRefused" api_key_refused
  of_second message_of Ready | shown
}

scene_full_mesh() {
  chapter "3. The spec becomes a full mesh"
  local host began=${EPOCHREALTIME/./} took
  declare -A tunnel
  for host in gw-ams gw-blr gw-fra; do tunnel[$host]=$(tunnel_identity $host); done
  on app-ams "ping -ni 0.2 $app_blr > /tmp/ping.log 2>&1 & echo \$! > /tmp/ping.pid"
  topology='{type: FullMesh}'
  declare_peering
  wait_ready 60 "Ready=True"
  took=$(((${EPOCHREALTIME/./} - began) / 100000))
  say "  it took $((took / 10)).$((took % 10)) s"
  on app-ams 'kill -INT $(cat /tmp/ping.pid)'
  # The last one may still be on its way, so what counts is that no number is missing among the answers.
  lossless() { on app-ams cat /tmp/ping.log | sed -n 's/.*icmp_seq=\([0-9]*\) .*/\1/p' | awk '$1 != NR {exit 1} END {if (NR < 10) exit 1}'; }
  check "no ping of Amsterdam - Bangalore, five a second, was lost meanwhile" lossless
  for host in gw-ams gw-blr gw-fra; do
    check "$host: the same interface, process and unit as before" test "${tunnel[$host]}" = "$(tunnel_identity $host)"
  done
  both_ways "Bangalore <-> Frankfurt" app-blr "$app_blr" app-fra "$app_fra"
  check "from Bangalore to Frankfurt two gateways are passed" through 2 app-blr "$app_fra"
  separate() { # HOST OWN-NETWORK OTHER: each network has a peer of its own, at run time and in the file
    [ "$(on "$1" wg show wg0 peers | wc -l),$(line_with "$1" 172.16.1.0/24),$(line_with "$1" "$2")" = 2,1,1 ] &&
      ! on "$1" wg show wg0 allowed-ips | grep -F 172.16.1.0/24 | grep -F "$2" > /dev/null &&
      [ "$(on "$1" "grep -c '^\[Peer\]' /etc/wireguard/wg0.conf; grep -cF $2 /etc/wireguard/wg0.conf" | xargs)" = "2 1" ] &&
      ! on "$1" "grep -F 172.16.1.0/24 /etc/wireguard/wg0.conf" | grep -F "$2" > /dev/null
  }
  check "gw-blr: nothing of the way through the hub is left" separate gw-blr 172.16.3.0/24
  check "gw-fra: nothing of the way through the hub is left" separate gw-fra 172.16.2.0/24
}

scene_reboots_of_adopted() {
  chapter "4. The adopted server reboots while the controller is stopped"
  local boot with cloud_file=/etc/netplan/50-cloud-init.yaml
  # Not with Bangalore: its network is also in the owner's file, and which of two equal routes comes first is networkd's whim.
  routed_again() { reaches legacy "$app_ams" && reaches app-ams "$legacy_ip"; }
  routed_fully() { routed_again && reaches legacy "$app_blr" && reaches app-blr "$legacy_ip"; }
  rewritten() { on legacy "find $cloud_file -newermt 2020-01-01 | grep . > /dev/null"; }
  stop_controller
  for with in with without; do
    [ $with = with ] || on legacy rm /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg
    boot=$(boot_of legacy)
    on legacy "touch -d 2001-01-01 $cloud_file; systemctl reboot" || true
    check "Legacy has rebooted" wait_for 60 rebooted legacy "$boot"
    check "Legacy is routed again, $with 99-disable-network-config.cfg" wait_for 60 routed_again
    [ $with = with ] || check "cloud-init has written its own network file anew" wait_for 30 rewritten
  done
  start_controller
  put_back() { on legacy test -s /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg; }
  check "the file is put back when the controller runs" wait_for 60 put_back
  check "and our route to 172.16.2.0/24 is before the owner's" wait_for 60 routed_fully
  check "Ready=True" wait_for 60 is_ready
}

scene_suspended() {
  chapter "5. Suspended"
  local refused written untouched=1 deadline
  suspend=true
  declare_peering
  suspended() { [ "$(condition Ready),$(reason_of Ready)" = True,ReadySuspended ]; }
  check "the status says ReadySuspended" wait_for 30 suspended
  refused=$(requests_with 401)
  written=$(writes)
  on app-blr ip route del 172.16.1.0/24 || true
  route_is_there() { on app-blr "ip -4 route show 172.16.1.0/24 | grep via > /dev/null"; }
  deadline=$((SECONDS + 25))
  while [ $SECONDS -lt $deadline ]; do
    ! route_is_there || untouched=
    sleep 0.5
  done
  check "a deleted route stays deleted for 25 s" test -n "$untouched"
  check "nothing was written to the cloud" test "$(writes)" = "$written"
  reported() { [ "$(condition ServersRouted)" = False ] && message_of ServersRouted | grep blr/app > /dev/null; }
  check "the status names the server that is not routed" reported
  check "meanwhile the wrong API key was tried at most twice ($(($(requests_with 401) - refused)) times)" test $(($(requests_with 401) - refused)) -le 2
  suspend=false
  declare_peering
  check "suspend: false brings the route back" wait_for 30 route_is_there
  wait_ready 60 "Ready=True"
}

scene_unsupported_system() {
  chapter "6. A system that is not supported"
  with_centos=1
  declare_peering
  refused() { [ "$(condition Ready),$(reason_of ServersRouted)" = False,UnsupportedSystem ]; }
  check "the condition says UnsupportedSystem" wait_for 90 refused
  message_of ServersRouted | shown
  check "nothing was touched there" on odd-blr "test ! -e /var/lib/vpcp -a ! -e /etc/netplan/60-vpcp.yaml -a ! -e /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg -a ! -e /etc/wireguard"
  check "the others still carry traffic" reaches app-blr "$app_fra"
  with_centos=
  declare_peering
  gone() { [ -z "$(id_of Odd-blr)" ]; }
  check "taken out of the spec, it is deleted" wait_for 60 gone
  wait_ready 60 "Ready=True"
}

kill_and_start() {
  local after
  after=$((RANDOM % 25))
  sleep $((after / 10)).$((after % 10)) # a moment as good as any other
  stop_controller KILL
  start_controller
}

scene_killed() {
  chapter "7. The controller is killed ten times, while Bangalore goes and comes back"
  local before kills
  before=$(cloud_holds | sort)
  with_blr=
  declare_peering
  for kills in 1 2 3 4; do kill_and_start; done
  without_blr() { ! cloud_holds | grep -i 'three-blr\|gw-blr\|app-blr' > /dev/null; }
  check "after $kills kills Bangalore is gone" wait_for 60 without_blr
  with_blr=1
  declare_peering
  for kills in 5 6 7 8 9 10; do kill_and_start; done
  wait_ready 120 "Ready=True after $kills kills"
  learn_addresses
  check "Bangalore <-> Frankfurt" reaches app-blr "$app_fra"
  check "the cloud holds what it held, and nothing twice" test "$before" = "$(cloud_holds | sort)"
  diff <(echo "$before") <(cloud_holds | sort) | shown || true
}

scene_retained() {
  chapter "8. deletionPolicy: Retain"
  local kept
  second_key "$api_key"
  made() { [ -n "$(id_of Second-ams)" ] && [ -n "$(id_of Second-blr)" ]; }
  check "with its key corrected, the second peering makes its gateways" wait_for 60 made
  settled() { [ "$(of_second condition NetworksReady)" = True ]; }
  check "and its networks" wait_for 30 settled
  kept=$(cloud_holds | sort)
  rm "$work/manifests/second.yaml"
  forgotten() { [ ! -e "$work/state/status/network.second.yaml" ]; }
  check "the object is gone" wait_for 30 forgotten
  check "everything that it made is still there" test "$kept" = "$(cloud_holds | sort)"
}

scene_deleted() {
  chapter "9. deletionPolicy: Delete"
  local others
  others=$(api GET '/v2/vpcs?per_page=500' | jq -r '.vpcs[].description' | grep -v '^three-' | sort)
  rm "$work/manifests/three.yaml"
  restored() { [ "$(fingerprint legacy)" = "$legacy_before" ]; }
  if wait_for 60 restored; then
    passed "Legacy is as it was: every file of /etc byte for byte, every route, the owner's own too"
  else
    failed "Legacy is not as it was:"
    diff <(echo "$legacy_before") <(fingerprint legacy) | head -20 | shown || true
  fi
  local boot
  boot=$(boot_of legacy)
  on legacy systemctl reboot || true
  as_before_again() { rebooted legacy "$boot" && booted legacy && restored; }
  check "and still is after a reboot" wait_for 60 as_before_again
  nothing_of_three() { [ "$(api GET /lab/v1/instances | jq -r '.instances[].label' | sort | xargs)" = "Legacy Second-ams Second-blr" ]; }
  check "its servers are gone, Legacy and what was retained are not" wait_for 60 nothing_of_three
  status_gone() { [ ! -e "$(status_file)" ] && [ -z "$(ls "$work/state/secrets" 2> /dev/null)" ]; }
  check "the controller keeps no key and no status" wait_for 90 status_gone
  check "of the networks, the adopted one and the retained ones are left" test "$others" = "$(api GET '/v2/vpcs?per_page=500' | jq -r '.vpcs[].description' | sort)"
  check "of the firewall groups, only the retained ones" test "$(api GET '/v2/firewalls?per_page=500' | jq '.firewall_groups | length')" = 2
}
