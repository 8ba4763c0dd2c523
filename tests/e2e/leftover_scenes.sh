# Somebody who fights the controller, and what it leaves on hosts when it stands still, is killed, or cannot confirm a change. Scenes of matrix.sh; needs
# watched.sh and host_looks.sh.
# shellcheck shell=bash disable=SC2154

on_every() { # COMMAND…: holds for each host
  local host
  for host in "${hosts[@]}"; do "$@" "$host" || return 1; done
}

# --- somebody else who changes it ------------------------------------------------------------------------------------------

# Whoever fights sits on DB-Server and takes the route away as soon as it is there.
fighter=vpcp-test-fighter
route_taken="while true; do ip route del 172.16.1.0/24 2> /dev/null; sleep 0.2; done"
repairs() { metrics | awk '/^vpcp_drift_repaired_total\{.*kind="ServerRouteMissing"/ {n += $NF} END {print n + 0}'; }
told_fight() { [ "$(condition Fighting)" = True ] && message_of Fighting | grep 'db-server' > /dev/null; }

scene_fought() {
  chapter "4. Somebody else changes it, again and again"
  local before
  wait_for 60 settled || failed "not well before the fault"
  check "somebody takes a route of DB-Server away as soon as it is there" on db-server "systemd-run --quiet --collect --unit $fighter sh -c '$route_taken'"
  check "the status says Fighting, and names the host" wait_for 60 told_fight
  before=$(repairs)
  sleep 20 # not a wait for something: what must not happen has this time to happen in
  check "and it is repaired at a slower pace: $before times until then, once more at most in 20 s" [ $(($(repairs) - before)) -le 1 ]
  on db-server "systemctl stop $fighter" || failed "the fighter goes on"
  stop_controller
  start_controller
  check "once that ends, it comes right for good" wait_for 60 settled
}

# --- a change that is not confirmed ----------------------------------------------------------------------------------------

# The faults are those of rows. Before one the host takes no new SSH connection of the controller: the change comes over the one that is
# open, and its confirmation, which needs a new one, does not.
controller_address=192.0.2.250
door() { on "$1" "iptables -$2 INPUT -s $controller_address -p tcp --dport 22 --syn -j DROP"; } # HOST I|D: closed, open again
undo_units() { on "$1" "systemctl list-units --all --plain --no-legend 'vpcp-undo-*'; ls -d /run/systemd/transient/vpcp-undo-* 2> /dev/null; echo looked"; }
no_undo() { [ "$(undo_units "$1")" = looked ]; }
armed() { on "$1" "systemctl is-active 'vpcp-undo-*.timer'" && "check_$2"; } # HOST ROW
broken_again() { no_undo "$1" && ! "check_$2"; }
told_undone() { [ "$(reason_of GatewaysReady)" = ChangeUndone ] && grep -q 'ChangeUndone' "$(status_file)"; }

# changed HOST ROW: the fault is made, and put right by the controller, whose undo waits. Sets $changed_at.
changed() {
  door "$1" I
  check "$1: the fault of $2" "inject_$2"
  check "the controller puts it right, and an undo waits on the host" wait_for 15 armed "$1" "$2"
  changed_at=$(now)
}
killed_before_it_confirms() {
  stop_controller KILL
  say "the controller is killed with -9 before it could confirm"
}
taken_back() { # HOST ROW
  if wait_for 30 broken_again "$1" "$2"; then passed "the host itself takes it back after $(since "$changed_at") s (30 at most), and keeps no unit of the undo"; else
    failed "the host itself takes it back within 30 s"
    undo_units "$1" | shown
  fi
}
# By a controller that is started anew and let in: one that goes on would wait for two minutes.
right_for_good() { # HOST ROW TEXT LIMIT
  door "$1" D
  start_controller
  check "a controller that is let in $3, and no undo waits any more" wait_for "$4" eval "check_$2 && no_undo $1 && settled"
}

scene_undone() {
  chapter "5. A change that nobody confirms"
  local changed_at
  wait_for 60 settled || failed "not well before the fault"
  looks > "$work/looks.before" || failed "a host could not be looked at before the fault"
  changed gateway-a route_captured
  taken_back gateway-a route_captured
  check "the status says ChangeUndone" wait_for 20 told_undone
  stop_controller KILL
  right_for_good gateway-a route_captured "puts it right" 20

  changed gateway-b firewall_port
  killed_before_it_confirms
  taken_back gateway-b firewall_port
  check "with the rule that was there before, as it was" on gateway-b "ufw show added | grep -x 'ufw deny log 51820/udp'"
  right_for_good gateway-b firewall_port "puts it right" 20

  changed gateway-b firewall_routed
  killed_before_it_confirms
  right_for_good gateway-b firewall_routed "at once confirms it" 12
  check "which is a confirmation, not another repair" grep -q 'step="Confirm the change ufw-in"' "$work/controller.log"
  if wait_for 20 same_but "$(drift_changes firewall_routed)|$(drift_changes firewall_port)" "$work/looks.before"; then passed "all hosts are as before: files, routes, tunnels, settings, firewall"; else
    failed "all hosts are as before"
    differences
  fi
}

# --- streams ---------------------------------------------------------------------------------------------------------------

# What the stream has on a host, a line each: its shells, its `ip monitor`, its mark. (The brackets: this command is not meant itself.)
streams_of() { on "$1" 'pgrep -f "[v]pcp-watch" | sed "s/^/shell /"; pgrep -f "^ip -o [m]onitor" | sed "s/^/monitor /"; find /run -maxdepth 1 -name "vpcp-[w]atch.*"; echo looked'; }
followed() {
  local has
  has=$(streams_of "$1") && grep -q '^shell ' <<< "$has" && grep -q '^monitor ' <<< "$has" && grep -q '^/run/' <<< "$has"
}
not_followed() { [ "$(streams_of "$1")" = looked ]; }
# ended LIMIT TEXT
ended() {
  local began host
  began=$(now)
  if wait_for "$1" on_every not_followed; then passed "$2: of the streams nothing is left on any host after $(since "$began") s ($1 at most)"; else
    failed "$2: of the streams something is left after $1 s"
    for host in "${hosts[@]}"; do streams_of "$host" | sed "s/^/$host: /"; done | shown
  fi
}

scene_streams() {
  chapter "7. Streams of a controller that stands still, or is dead"
  check "every host is followed: a shell, an ip monitor and a mark in /run" wait_for 30 on_every followed
  kill -STOP "$controller_pid"
  ended 60 "the controller stands still, its connections open"
  kill -CONT "$controller_pid"
  check "it goes on, and follows every host again" wait_for 60 eval 'settled && on_every followed'
  stop_controller KILL
  ended 60 "the controller is killed with -9"
  start_controller
  check "started anew it is well, and follows every host" wait_for 60 eval 'settled && on_every followed'
  check "no unit of an undo is on any host" on_every no_undo
}
