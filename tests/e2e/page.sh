#!/bin/bash
# The controller's own page while real hosts lose each other: a browser in the lab, the line between the regions cut and given back; and its
# passes over these hosts while 200 slow clients hold on to its port, and its end while a host leaves it without an answer.
# Needs VPCP_BIN: folder of the programs; without it they are built. Installs Chromium.
# Ends in "page: N checks passed, M failed"; exit code 0 only for M = 0, 2 when the machine cannot run it.
set -euo pipefail
story=page
log_level=info
# shellcheck source=tests/e2e/watched.sh
. "$(dirname "$(readlink -f "$0")")/watched.sh"

scene() { # TEXT TEST: one of live_test.py, with what it printed
  local link="'$lab' link ams blr --delay ${link_delay}ms"
  if in_control "$root/tests/page/live_test.py" http://127.0.0.1:9090/ "$link --down" "$link --up" "$2" > "$work/browser.log" 2>&1; then passed "$1"; else failed "$1"; fi
  shown < "$work/browser.log"
}
# Whatever the controller asks of Gateway-B then hangs: its connections stand, and nobody answers.
silence_gateway() { on gateway-b "pkill -STOP -x sshd"; }

"$root/deploy/install.sh" page
begin "Amsterdam and Bangalore on this machine, and the page of their controller."
chapter "1. The lab, and the controller with a probe a second"
start_peering 1s
chapter "2. 200 slow clients at its port"
scene "neither its passes nor /healthz feel them" SlowClients
chapter "3. The line between the regions cut, as the page shows it"
scene "the edge turns red within 3 s, and green again, without a reload" LivePage
chapter "4. SIGTERM while a host answers nothing"
check "traffic both ways before" wait_for 30 traffic
silence_gateway
silent() { grep -q '^vpcp_peering_ready{.* 0$' <<< "$(in_control curl -sf --max-time 2 http://127.0.0.1:9090/metrics)"; }
check "the controller sees it" wait_for 60 silent
told_at=$(date +%s%N)
check "the controller ends with 0" ended_well
took=$((($(date +%s%N) - told_at) / 1000000))
say "it took $took ms"
check "within 10 s, and a second to leave" [ $took -le 11000 ]
check "it says why it stays" grep -q "Ending: finishing what is in hand" "$work/controller.log"
end
