# A lab and a controller in it, for stories on real hosts (the demo, tests/e2e): how they are started, asked and ended.
# Needs story.sh, and $root, $work (the story's folder below $VPCP_LAB_DIR), $bin.
# Optional: $lab_regions, $lab_listen, $log_level (of the controller), $object (the VPCPeering that is asked about, as NAMESPACE.NAME),
# $monitoring (not empty: what start_prometheus and tests/monitoring/queries.py need is installed too).
# shellcheck shell=bash disable=SC2154

lab_tools=$root/deploy/lab
lab=$lab_tools/lab
api_key_file=$VPCP_LAB_DIR/run/api-key
link_delay=72  # milliseconds one way between two regions

on() { "$lab" ssh "$@" 2> /dev/null; } # on HOST COMMAND: as root on the server
api() { "$lab" api "$@"; }
in_control() { nsenter --net=/run/netns/vpcp-lab-ctl -- "$@"; }

# --- what runs ---------------------------------------------------------------------------------------------------------

# hold_machine SECONDS: one story at a time on a machine; waits so long for another one to end.
hold_machine() {
  mkdir -p "$VPCP_LAB_DIR"
  exec 8> "$VPCP_LAB_DIR/demo.lock"
  flock -w "$1" 8 || { echo "Another demo is running on this machine; wait for it, or end it." >&2; exit 2; }
}

# What is needed is installed and built, and nothing of an earlier run is left. Sets $image.
prepare_machine() {
  progress "Packages" "$root/deploy/install.sh" build lab ${monitoring:+monitoring}
  "$lab_tools/preflight.sh"  # again: now with the tools that look deeper
  [ -n "${VPCP_BIN:-}" ] || progress "Build" "$root/deploy/build.sh" release vpc-peering-controller vultr-lab vpcpctl
  progress "Host image" "$lab_tools/image.sh"
  image=$("$lab_tools/image.sh" --path)
  progress "Cleaning up what an earlier run left" "$lab_tools/cleanup.sh"
}

make_folders() { # also the key of the lab's account, and an operator's SSH key
  rm -rf "$work"
  install -d -m 700 "$work" "$work/manifests" "$work/state" "$VPCP_LAB_DIR/run"
  api_key=$(head -c 24 /dev/urandom | base64 | tr -d '/+=')
  ssh-keygen -q -t ed25519 -N '' -C operator -f "$work/operator-ssh"
}

# ssh_secret NAME: the operator's SSH key as a Secret, in a manifest of its own that only we can read.
ssh_secret() (
  umask 077
  {
    printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: %s, namespace: network}\nstringData:\n  id: |\n' "$1"
    sed 's/^/    /' "$work/operator-ssh"
  } > "$work/manifests/$1.yaml"
)

start_lab() {
  # The lab's control namespace is made by the lab; it is up when its API answers.
  # shellcheck disable=SC2086
  VULTR_API_KEY=$api_key "$bin/vultr-lab" serve --backend hosts --image "$image" --state "$VPCP_LAB_DIR/run" \
    --regions ${lab_regions:-ams blr} --listen "${lab_listen:-127.0.0.1:8080}" --link-delay-ms $link_delay --boot-seconds 1 --log-format text \
    > "$work/vultr-lab.log" 2>&1 < /dev/null 8>&- &
  lab_pid=$!
  lab_answers() { in_control curl -sf --max-time 2 http://127.0.0.1:8080/lab/v1/healthz; }
  wait_for 60 lab_answers || { tail -n 20 "$work/vultr-lab.log" | shown; failed "the lab did not start"; exit 1; }
  (umask 077 && printf '%s' "$api_key" > "$api_key_file")
}

start_controller() { # under the command in controller_under, if there is one
  # Not through a function: $! must be the controller itself, which nsenter becomes.
  VULTR_API_KEY=$api_key nsenter --net=/run/netns/vpcp-lab-ctl -- ${controller_under[@]+"${controller_under[@]}"} \
    "$bin/vpc-peering-controller" run --manifests "$work/manifests" --state "$work/state" --vultr-url http://127.0.0.1:8080 --metrics-listen 127.0.0.1:9090 --log-format text --log-level "${log_level:-info}" \
    >> "$work/controller.log" 2>&1 < /dev/null 8>&- &
  controller_pid=$!
  controller_answers() { in_control curl -sf --max-time 2 http://127.0.0.1:9090/readyz; }
  wait_for "${controller_start_limit:-15}" controller_answers || { tail -n 20 "$work/controller.log" | shown; failed "the controller did not start"; exit 1; }
}

# In the controller's place of the lab, with our alert rules; its page is at http://127.0.0.1:9091 there.
start_prometheus() {
  install -d -m 700 "$work/prometheus"
  nsenter --net=/run/netns/vpcp-lab-ctl -- "$root/deploy/monitoring/prometheus.sh" 127.0.0.1:9090 127.0.0.1:9091 "$work/prometheus" \
    > /dev/null 2>&1 < /dev/null 8>&- &
  prometheus_pid=$!
  prometheus_answers() { in_control curl -sf --max-time 2 http://127.0.0.1:9091/-/ready; }
  wait_for 30 prometheus_answers || { tail -n 5 "$work/prometheus/prometheus.log" | shown; failed "Prometheus did not start"; exit 1; }
}

# stop_controller [SIGNAL]
stop_controller() {
  kill "-${1:-TERM}" "$controller_pid" 2> /dev/null || true
  wait "$controller_pid" 2> /dev/null || true
  controller_pid=
}

# ended_well: the controller, told to end, ends with 0, and within 30 s.
ended_well() {
  local status=0
  kill -TERM "$controller_pid"
  has_ended() { [[ $(ps -o stat= -p "$controller_pid") =~ ^(Z.*)?$ ]]; }  # until it is waited for it is a zombie
  wait_for 30 has_ended || kill -KILL "$controller_pid"
  wait "$controller_pid" || status=$?
  controller_pid=
  [ $status = 0 ]
}

# Ends everything; the logs go to build/reports/STORY, which is named after $work.
stop_everything() {
  say "Taking everything down"
  [ -z "${controller_pid:-}" ] || stop_controller
  if [ -n "${prometheus_pid:-}" ]; then
    kill -TERM "$prometheus_pid" 2> /dev/null || true
    wait "$prometheus_pid" 2> /dev/null || true
  fi
  [ -z "${node:-}" ] || stop_node  # that of kubernetes/scenes.sh
  if [ -n "${lab_pid:-}" ]; then
    kill -TERM "$lab_pid" 2> /dev/null || true
    wait "$lab_pid" 2> /dev/null || true
  fi
  local reports=$root/build/reports/${work##*/run-}
  mkdir -p "$reports"
  cp "$work"/*.log "$reports/" 2> /dev/null || true
  "$lab_tools/cleanup.sh"
}

# --- what is asked -----------------------------------------------------------------------------------------------------

object=${object:-network.ams-blr}
status_file() { echo "$work/state/status/$object.yaml"; }
condition_field() { # TYPE FIELD, as the status file says
  awk -v type="$1" -v field="$2:" '
    $1 == "-" && $2 == "type:" {on = ($3 == type)}
    on && $1 == field {sub(/^[^:]*: */, ""); print; exit}' "$(status_file)" 2> /dev/null || true
}
condition() { condition_field "$1" status | tr -d '"'; }
reason_of() { condition_field "$1" reason | tr -d '"'; }
message_of() { condition_field "$1" message; }
is_ready() { [ "$(condition Ready)" = True ]; }

instance() { api GET /lab/v1/instances | jq -r --arg wanted "$1" '.instances[] | select(.label == $wanted) | '"$2" | sed -n 1p; }
id_of() { instance "$1" .id; }
vpc_ip_of() { instance "$1" '.vpcs[0].ip'; }

pings() { on "$1" ping -nqc1 -W2 "$2"; }
connects() { on "$1" timeout 3 bash -c "'exec 3<>/dev/tcp/$2/22'"; }
reaches() { pings "$1" "$2" && connects "$1" "$2"; }

boot_of() { on "$1" cat /proc/sys/kernel/random/boot_id; }
# rebooted HOST BOOT: it runs, and in another boot than this one. (It has the boot id of the machine until it has its own.)
rebooted() {
  local now
  now=$(boot_of "$1") && [ -n "$now" ] && [ "$now" != "$2" ] && [ "$now" != "$(cat /proc/sys/kernel/random/boot_id)" ]
}
booted() { on "$1" "systemctl is-active cloud-final ssh"; }

# Every file of /etc with its content, mode and owner, and the routes: what "as it was" means.
fingerprint() {
  on "$1" "cd / && { find etc -type f -exec sha256sum {} + ; find etc -printf '%p %m %U:%G %y\n'; ip -4 route; ls -d var/lib/vpcp; } 2> /dev/null | sort"
}
