# What the controller leaves on hosts when it stands still or is killed. Scenes of matrix.sh; needs
# watched.sh and host_looks.sh.
# shellcheck shell=bash disable=SC2154

on_every() { # COMMAND…: holds for each host
  local host
  for host in "${hosts[@]}"; do "$@" "$host" || return 1; done
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
  chapter "4. Streams of a controller that stands still, or is dead"
  check "every host is followed: a shell, an ip monitor and a mark in /run" wait_for 30 on_every followed
  kill -STOP "$controller_pid"
  ended 60 "the controller stands still, its connections open"
  kill -CONT "$controller_pid"
  check "it goes on, and follows every host again" wait_for 60 eval 'settled && on_every followed'
  stop_controller KILL
  ended 60 "the controller is killed with -9"
  start_controller
  check "started anew it is well, and follows every host" wait_for 60 eval 'settled && on_every followed'
}
