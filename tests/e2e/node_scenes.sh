# The scenes of node.sh. Needs what deploy/lab/kubernetes/scenes.sh needs.
# shellcheck shell=bash disable=SC2154,SC2034

pods=(-n vpcp-system -l app.kubernetes.io/component=controller)
restarts() { k get pods "${pods[@]}" -o json | jq '[.items[].status.containerStatuses[]?.restartCount] | add'; }
container_pid() { # POD: the process id of its controller, as the node counts
  # shellcheck disable=SC2016
  "$node" inside bash -c 'for process in /proc/[0-9]*; do
    [[ $(readlink "$process/exe") == */vpc-peering-controller ]] && grep -qz "^HOSTNAME=$1$" "$process/environ" && echo "${process#/proc/}"
  done' _ "$1" 2> /dev/null | head -n 1 || true
}
kill_leader() { # with SIGKILL, from outside: no container survives that
  local pid
  pid=$(container_pid "$(leader)")
  [ -n "$pid" ] && "$node" inside kill -KILL "$pid"
}

# --- killed ------------------------------------------------------------------------------------------------------------------

creations() { api GET /lab/v1/requests | jq '[.last[] | select(.method == "POST" and (.path | test("/v2/instances$")) and .status < 300)] | length'; }
some_instances() { [ "$(api GET /v2/instances | jq '.instances | length')" -ge 1 ]; }
scene_killed_while_creating() {
  chapter "The leader is killed (SIGKILL) in the middle of the creation"
  check "the first instance is being created" wait_for 60 some_instances
  local before
  before=$(restarts)
  check "the leader's process is killed" kill_leader
  restarted() { [ "$(restarts)" -gt "$before" ]; }
  check "the kubelet has started it again" wait_for 30 restarted
}

# --- rollout -----------------------------------------------------------------------------------------------------------------

scene_rollout() {
  chapter "A new image is rolled out under a steady ping"
  check "no twins: four instances were created, and four there are" [ "$(api GET /v2/instances | jq '.instances | length') $(creations)" = "4 4" ]
  VPCP_IMAGE_TAG=next VPCP_BIN=$bin "$root/deploy/container.sh" --compiled > "$work/image.log"
  "$node" load "$root/build/container/image-next.tar"
  on app-server ping -ni0.1 "$db_ip" > "$work/ping.log" 2>&1 &
  local ping=$! old
  old=$(leader)
  k set image -n vpcp-system $deployment controller=localhost/vpc-peering-controller:next > /dev/null
  check "kubectl rollout status: it is rolled out" k rollout status -n vpcp-system $deployment --timeout=120s
  led_anew() { local now; now=$(leader) && [ -n "$now" ] && [ "$now" != "$old" ] && controller_metrics | grep -E '^vpcp_peering_ready\{.* 1$' > /dev/null; }
  check "a new pod leads, and finds the peering Ready" wait_for 60 led_anew
  on app-server pkill -INT ping || true
  wait $ping || true
  # Up to the last answer: what was on its way when the ping was ended is not lost.
  local answers last
  answers=$(grep -c icmp_seq "$work/ping.log" || true)
  last=$(sed -n 's/.*icmp_seq=\([0-9]*\) .*/\1/p' "$work/ping.log" | tail -n 1)
  check "0 packets were lost meanwhile ($answers answers to ${last:-0} packets)" [ "$answers:$((answers >= 20))" = "${last:-0}:1" ]
}

# --- a firewall that drops TCP -----------------------------------------------------------------------------------------------

kubectl() { k "$@"; }
golden=$root/tests/e2e/kubernetes/transcripts
update=${VPCP_UPDATE_TRANSCRIPTS:-}
# shellcheck source=tests/e2e/kubernetes/transcript.sh
. "$root/tests/e2e/kubernetes/transcript.sh"
scene_tcp_dropped() {
  chapter "A firewall on a gateway drops TCP: what kubectl tells of it"
  k delete events.events.k8s.io -n "$namespace" --all > /dev/null # of how it was made
  on gateway-a iptables -I FORWARD -p tcp -j DROP
  told() { [ "$(reason_of Ready)" = RoutedTcpBlocked ] && [ "$(reason_of TunnelsUp)" = "$(reason_of Ready)" ]; }
  check "Ready says RoutedTcpBlocked" wait_for 90 told
  # The event is written by another way than the status.
  warned() { k get events.events.k8s.io -n "$namespace" -o json | jq -e '.items[] | select(.type == "Warning" and .reason == "RoutedTcpBlocked")' > /dev/null; }
  check "and a warning says so" wait_for 10 warned
  compare tcp-dropped < <(transcript "$name" warnings)
  on gateway-a iptables -D FORWARD -p tcp -j DROP
  check "the rule is gone: Ready=True" wait_for 90 is_ready
}

# --- out of memory -----------------------------------------------------------------------------------------------------------

killed_for_memory() { k get pods "${pods[@]}" -o json | jq -e '[.items[].status.containerStatuses[]? | .state, .lastState | .terminated? // empty | .reason] | index("OOMKilled")'; }
# It needs little: so a process beside it in its cgroup takes all that the Deployment allows, and the kernel kills the controller first.
take_memory() { # PID
  # shellcheck disable=SC2016
  "$node" inside bash -c 'echo 1000 > "/proc/$1/oom_score_adj"
    group=$(sed -n "s/^[0-9]*:memory://p" "/proc/$1/cgroup")
    echo $$ > "/sys/fs/cgroup/memory$group/cgroup.procs"
    exec python3 -c "taken = bytearray(400 << 20)"' _ "$1" > /dev/null 2>&1 || true
}
scene_out_of_memory() {
  chapter "The controller runs out of memory"
  take_memory "$(container_pid "$(leader)")"
  check "the kernel kills it, and kubectl says OOMKilled" wait_for 30 killed_for_memory
  check "traffic goes on" traffic
  check "the kubelet starts it again" k rollout status -n vpcp-system $deployment --timeout=60s
  leads_ready() { controller_metrics | grep -E '^vpcp_peering_ready\{.* 1$' > /dev/null; }
  check "and finds the peering Ready" wait_for 90 leads_ready
}

# --- who sent it -------------------------------------------------------------------------------------------------------------

# The lab writes down what comes to a host's sshd, with the number of the reign that it was sent under.
log_commands() { # HOST
  on "$1" 'printf "#!/bin/sh\nprintf \"%%s\\n\" \"\$SSH_ORIGINAL_COMMAND\" | head -c 300 | head -n 1 >> /run/commands.log\nexec sh -c \"\$SSH_ORIGINAL_COMMAND\"\n" > /usr/local/bin/log-command
    chmod 755 /usr/local/bin/log-command; echo "ForceCommand /usr/local/bin/log-command" > /etc/ssh/sshd_config.d/00-log.conf; systemctl restart ssh; pkill -f "[s]shd: root" || true'
}
commands_of() { on "$1" cat /run/commands.log; }
reigns_on() { commands_of "$1" | sed -n "s/^env 'VPCP_REIGN=\([0-9]*\)' .*/\1/p"; }
transitions() { k get lease -n vpcp-system vpc-peering-controller -o jsonpath='{.spec.leaseTransitions}'; }
scene_reigns_on_hosts() {
  chapter "Every command on a host tells under which reign it was sent"
  local first
  first=$(transitions)
  log_commands gateway-a
  seen_under() { reigns_on gateway-a | grep -x "$1" > /dev/null; }
  check "reign $first writes to Gateway-A's log" wait_for 30 seen_under "$first"
  k delete pod -n vpcp-system "$(leader)" --wait=false > /dev/null
  check "its pod is deleted: reign $((first + 1)) does" wait_for 60 seen_under $((first + 1))
  local frozen before
  frozen=$(container_pid "$(leader)")
  before=$(restarts)
  check "the leader is frozen (SIGSTOP)" "$node" inside kill -STOP "$frozen"
  check "when its Lease has expired, the other one acts: reign $((first + 2))" wait_for 60 seen_under $((first + 2))
  "$node" inside kill -CONT "$frozen"
  ended_anew() { [ "$(restarts)" -gt "$before" ]; }
  check "awake, it ends, and is started anew" wait_for 90 ended_anew
  check "no command of an earlier reign came after one of a later" bash -c 'printf "%s\n" "$1" | sort -nc' _ "$(reigns_on gateway-a)"
  # But for the stream, which only looks: it is no effect, and so it is not fenced.
  local unnumbered
  unnumbered=$(commands_of gateway-a | grep -v -e "^env 'VPCP_REIGN=[0-9]" -e "^exec sh -c " || true)
  check "none came without a number" [ -z "$unnumbered" ]
  [ -z "$unnumbered" ] || say "without one: $unnumbered"
  say "commands: $(reigns_on gateway-a | sort -n | uniq -c | awk '{printf "%s%d under reign %d", between, $1, $2; between = ", "}')"
}

# --- the end -----------------------------------------------------------------------------------------------------------------

scene_namespace_deleted() {
  chapter "The namespace of the object is deleted"
  k delete namespace "$namespace" --wait=false > /dev/null
  namespace_gone() { ! k get namespace "$namespace" > /dev/null 2>&1; }
  check "it goes: what was created is removed first" wait_for 120 namespace_gone
  cloud_empty() { [ "$(api GET /v2/instances | jq '.instances | length') $(api GET /v2/vpcs | jq '.vpcs | length') $(api GET /v2/firewalls | jq '.firewall_groups | length')" = "0 0 0" ]; }
  check "the cloud holds nothing of ours" wait_for 30 cloud_empty
}
