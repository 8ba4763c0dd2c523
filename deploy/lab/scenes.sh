# The scenes of demo.sh. Needs story.sh, and $here and what running.sh needs.
# shellcheck shell=bash disable=SC2154

# shellcheck source=deploy/lab/running.sh
. "$here/running.sh"

# What differs where the objects are in Kubernetes: kubernetes/scenes.sh.
declare_object() {
  ssh_secret web-ssh
  cp "$root/examples/ams-blr.yaml" "$work/manifests/"
}
withdraw_object() { rm "$work/manifests/ams-blr.yaml"; }
forgotten() { [ ! -e "$(status_file)" ] && [ -z "$(ls "$work/state/secrets" 2> /dev/null)" ]; }
controller_metrics() { in_control curl -sf http://127.0.0.1:9090/metrics; }

traffic() { reaches app-server "$db_ip" && reaches db-server "$app_ip"; }

# --- scenes ------------------------------------------------------------------------------------------------------------

scene_start() {
  chapter "1. The lab and the controller"
  make_folders
  start_lab
  say "vultr-lab answers the Vultr API; its servers are real Linux hosts"
  declare_object
  start_controller
  say "the controller watches $work/manifests with examples/ams-blr.yaml in it"
  [ -z "${monitoring:-}" ] || { start_prometheus && say "a Prometheus scrapes it"; }
}

scene_ready() {
  chapter "2. From a declared object to traffic"
  local shown_message='' message deadline=$((SECONDS + 300))
  until is_ready || [ $SECONDS -ge $deadline ]; do
    message=$(message_of Ready)
    if [ -n "$message" ] && [ "$message" != "$shown_message" ]; then
      say "  $message" | cut -c1-150
      shown_message=$message
    fi
    sleep 0.5
  done
  check "Ready=True" is_ready
  app_ip=$(vpc_ip_of App-Server)
  db_ip=$(vpc_ip_of DB-Server)
  gateway_a_ip=$(vpc_ip_of Gateway-A)
  gateway_b_ip=$(vpc_ip_of Gateway-B)
  "$lab" ps | shown
}

scene_proofs() {
  chapter "The manual's proofs, run on the servers themselves"
  local host
  for host in gateway-a gateway-b; do
    say "$host: wg"
    on $host wg | shown
    check "$host: a handshake and transfer both ways" on $host "wg show wg0 dump | awk 'NR > 1 && \$5 > 0 && \$6 > 0 && \$7 > 0 {ok = 1} END {exit !ok}'"
    on $host ip link show wg0 | shown
    check "$host: wg-quick@wg0 comes back after a reboot" on $host systemctl is-enabled wg-quick@wg0
  done
  say "app-server: ping -c 3 $db_ip"
  on app-server ping -nc3 "$db_ip" | shown
  local from to address
  while read -r from to address; do
    check "$from -> $to ($address) by ping" pings "$from" "$address"
    check "$from -> $to ($address) by TCP" connects "$from" "$address"
  done <<PATHS
app-server Gateway-A $gateway_a_ip
app-server Gateway-B $gateway_b_ip
app-server DB-Server $db_ip
db-server App-Server $app_ip
PATHS
  check "DB-Server has no public address" test "$(instance DB-Server .public_ip)" = ""
}

# repair NAME HOST FAULT [HEALED [SEEN COMMAND]]: breaks something on a host and times how long it takes until HEALED (a command on
# that host, default: nothing more to ask) and traffic both ways hold again. SEEN is a check of its own right after the fault: what
# makes it hard to notice; its command may ask $fault_said, what the fault printed.
repair() {
  local name=$1 host=$2 fault=$3 healed=${4:-true} began took fault_said
  wait_for 60 traffic || { failed "$name: no traffic before the fault"; return; }
  began=${EPOCHREALTIME/./}
  fault_said=$(on "$host" "$fault") || true
  repaired() { on "$host" "$healed" && traffic; }
  if repaired > /dev/null 2>&1; then
    failed "$name: the fault had no effect, so nothing was proven"
    return
  fi
  [ $# -lt 6 ] || check "$name: $5" "$6"
  if wait_for 90 repaired; then
    took=$(((${EPOCHREALTIME/./} - began) / 100000))
    passed "$(printf '%-52s traffic back after %3d.%d s' "$name" $((took / 10)) $((took % 10)))"
  else
    failed "$name: not repaired within 90 s"
  fi
}

scene_drift() {
  chapter "3. Drift: what is broken by hand comes back by itself"
  repair "a route deleted on DB-Server" db-server "ip route del 172.16.1.0/24" "ip -4 route show 172.16.1.0/24 | grep via > /dev/null"
  repair "a [Peer] removed at run time on Gateway-A" gateway-a 'wg set wg0 peer "$(wg show wg0 peers | head -n1)" remove' "wg show wg0 peers | grep . > /dev/null"
  repair "wg0.conf edited by hand on Gateway-B" gateway-b "sed -i 's/^ListenPort.*/ListenPort = 51999/' /etc/wireguard/wg0.conf" "grep -q '^ListenPort = 51820' /etc/wireguard/wg0.conf"
  repair "the unit stopped and disabled on Gateway-A" gateway-a "systemctl disable --now wg-quick@wg0" "systemctl is-enabled wg-quick@wg0 && systemctl is-active wg-quick@wg0"
  unit_says_active() { [ "$fault_said" = active ]; }
  repair "the WireGuard process killed with -9 on Gateway-B" gateway-b 'kill -9 $(pgrep wireguard-go); systemctl is-active wg-quick@wg0' "wg show wg0 peers | grep . > /dev/null" \
    "the unit still says active" unit_says_active
  repair "ip_forward=0 on Gateway-A" gateway-a "sysctl -w net.ipv4.ip_forward=0" "grep -q 1 /proc/sys/net/ipv4/ip_forward"
  only_pings() { on app-server "! timeout 0.6 bash -c 'exec 3<>/dev/tcp/$db_ip/22' && ping -nqc1 -W2 $db_ip"; } # TCP first: it is soon repaired
  # One command: ufw takes a second for each, and the controller would repair the first while the second runs.
  repair "ufw told to deny routed traffic on Gateway-B" gateway-b "ufw route deny in on wg0" "! ufw status | grep DENY > /dev/null" \
    "ping passes, TCP does not" only_pings
  repair "the netplan file removed on App-Server" app-server "rm /etc/netplan/60-vpcp.yaml" "test -s /etc/netplan/60-vpcp.yaml"
  scene_gateway_deleted
  check "Ready=True again" wait_for 60 is_ready
}

scene_gateway_deleted() {
  local old began took
  old=$(id_of Gateway-A)
  began=${EPOCHREALTIME/./}
  api DELETE "/v2/instances/$old" > /dev/null || true
  replaced() { [ -n "$(id_of Gateway-A)" ] && [ "$(id_of Gateway-A)" != "$old" ] && traffic; }
  if wait_for 180 replaced; then
    took=$(((${EPOCHREALTIME/./} - began) / 100000))
    passed "$(printf '%-52s traffic back after %3d.%d s' "Gateway-A deleted in the cloud" $((took / 10)) $((took % 10)))"
  else
    failed "Gateway-A deleted in the cloud: no traffic within 180 s"
  fi
}

# A real Prometheus has seen the drift above, and now sees Vultr refuse the key twice. (A refused key is tried again after
# minutes; the next scene starts the controller anew.)
scene_monitoring() {
  chapter "Monitoring: what Prometheus has seen"
  api POST /lab/v1/faults '{"kind":"unauthorized","match":{"method":"GET","path":"^/v2/vpcs"},"count":2}' > /dev/null
  scraped() { in_control curl -sf "http://127.0.0.1:9091/api/v1/query?query=up" | jq -e '.data.result[0].value[1] == "1"'; }
  check "Prometheus scrapes the controller" wait_for 30 scraped
  in_control "$root/tests/monitoring/queries.py" http://127.0.0.1:9091 60 > "$work/queries.log" 2>&1 &&
    passed "every panel and every alert finds its data: $(tail -n 1 "$work/queries.log")" || { failed "queries without data"; shown < "$work/queries.log"; }
  api DELETE /lab/v1/faults > /dev/null  # a refusal that is still due would hold up the next scene
}

scene_reboots() {
  chapter "4. Three reboots while the controller is stopped"
  local host boots='' began took
  stop_controller
  say "the controller is stopped"
  declare -A before
  for host in gateway-a gateway-b db-server; do
    before[$host]=$(boot_of $host)
    on $host systemctl reboot || true
  done
  began=${EPOCHREALTIME/./}
  for host in gateway-a gateway-b db-server; do
    wait_for 90 rebooted $host "${before[$host]}" || boots+="$host "
  done
  check "Gateway-A, Gateway-B and DB-Server have rebooted" test -z "$boots"
  if wait_for 90 traffic; then
    took=$(((${EPOCHREALTIME/./} - began) / 100000))
    passed "everything is back by itself, traffic after $((took / 10)).$((took % 10)) s, with no controller running"
  else
    failed "no traffic 90 s after the reboots"
  fi
  start_controller
  say "the controller runs again"
  # Of the metrics, which begin anew: the status file is still that of before.
  ready_again() { controller_metrics | grep -E '^vpcp_peering_ready\{' | grep ' 1$' > /dev/null; }
  check "Ready=True, as this process has found out itself" wait_for 60 ready_again
}

scene_next_steps() {
  chapter "5. Next steps: a Web-Server made by hand, with the site's tag"
  local vpc key
  vpc=$(api GET /v2/vpcs | jq -r '.vpcs[] | select(.description | startswith("VPC-A")) | .id')
  key=$(api POST /v2/ssh-keys "{\"name\":\"operator\",\"ssh_key\":\"$(cat "$work/operator-ssh.pub")\"}" | jq -r .ssh_key.id)
  api POST /v2/instances "{\"region\":\"ams\",\"plan\":\"vc2-1c-1gb\",\"os_id\":1743,\"label\":\"Web-Server\",\"hostname\":\"web-server\",\"attach_vpc\":[\"$vpc\"],\"sshkey_id\":[\"$key\"]}" > /dev/null
  check "Web-Server has booted" wait_for 90 booted web-server
  web_before=$(fingerprint web-server)
  web_ip=$(vpc_ip_of Web-Server)
  local began=${EPOCHREALTIME/./} took
  api PATCH "/v2/instances/$(id_of Web-Server)" '{"tags":["peered"]}' > /dev/null
  say "Web-Server ($web_ip) now carries the tag \"peered\"; nothing else was edited"
  web_routed() { reaches web-server "$db_ip" && reaches db-server "$web_ip"; }
  if wait_for 60 web_routed; then
    took=$(((${EPOCHREALTIME/./} - began) / 100000))
    passed "Web-Server <-> DB-Server by ping and TCP, $((took / 10)).$((took % 10)) s after the tag"
  else
    failed "Web-Server is not routed within 60 s of the tag"
  fi
  counted() { controller_metrics | grep -E '^vpcp_servers_routed\{.*site="amsterdam"' | grep ' 2$' > /dev/null; }
  check "the metrics count 2 routed servers in Amsterdam" wait_for 30 counted
}

scene_removal() {
  chapter "6. The object is deleted"
  withdraw_object
  restored() { [ "$(fingerprint web-server)" = "$web_before" ]; }
  if wait_for 60 restored; then
    passed "Web-Server is as it was: every file of /etc byte for byte, every route"
  else
    failed "Web-Server is not as it was:"
    diff <(echo "$web_before") <(fingerprint web-server) | head -20 | shown || true
  fi
  only_web() { [ "$(api GET /v2/instances | jq -r '[.instances[].label] | join(",")')" = Web-Server ]; }
  check "our four servers are gone, Web-Server is not" wait_for 60 only_web
  blocked() { message_of Ready | grep "attached" > /dev/null; }
  check "the status names what blocks VPC-A: Web-Server is still in it" wait_for 60 blocked
  message_of Ready | shown
  api DELETE "/v2/instances/$(id_of Web-Server)" > /dev/null
  nothing_left() {
    [ "$(api GET /v2/vpcs | jq '.vpcs | length')" = 0 ] && [ "$(api GET /v2/firewalls | jq '.firewall_groups | length')" = 0 ] &&
      [ "$(api GET /v2/instances | jq '.instances | length')" = 0 ]
  }
  check "Web-Server deleted by hand, the cloud holds nothing of ours" wait_for 60 nothing_left
  check "the controller keeps no key and no status of it" wait_for 30 forgotten
}

scene_keep() {
  chapter "It stays up: look around"
  "$bin/vultr-lab" forward --listen 127.0.0.1:9090 --netns vpcp-lab-ctl --to 127.0.0.1:9090 > /dev/null 2>&1 < /dev/null 8>&- &
  [ -z "${monitoring:-}" ] || "$bin/vultr-lab" forward --listen 127.0.0.1:9091 --netns vpcp-lab-ctl --to 127.0.0.1:9091 > /dev/null 2>&1 < /dev/null 8>&- &
  "$bin/vultr-lab" forward --listen 127.0.0.1:8080 --netns vpcp-lab-ctl --to 127.0.0.1:8080 > /dev/null 2>&1 < /dev/null 8>&- &
  cat <<TEXT
  deploy/lab/lab ps                                     the servers
  deploy/lab/lab ssh app-server                         a shell on one of them
  deploy/lab/lab link ams blr --delay 200ms --loss 5%   a worse wire
  deploy/lab/lab power-cut gateway-b                    pull a plug
  http://127.0.0.1:9090/                                the controller's page, and its /metrics
${monitoring:+  http://127.0.0.1:9091/                                Prometheus, with the alert rules
}  cat $(status_file)
  $bin/vpcpctl --state $work/state status ams-blr
  tail -f $work/controller.log                          what the controller does
  rm $work/manifests/ams-blr.yaml                       delete the object
  deploy/lab/lab down                                   the end of it
TEXT
}
