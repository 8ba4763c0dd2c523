#!/bin/bash
# The controller's own page while real hosts lose each other: a browser in the lab, the line between the regions cut and given back.
# Needs VPCP_BIN: folder of the programs; without it they are built. Installs Chromium.
# Ends in "page: N checks passed, M failed"; exit code 0 only for M = 0, 2 when the machine cannot run it.
set -euo pipefail
story=page
log_level=info
# shellcheck source=tests/e2e/watched.sh
. "$(dirname "$(readlink -f "$0")")/watched.sh"

scene_page() {
  chapter "2. The line between the regions cut, as the page shows it"
  local link="'$lab' link ams blr --delay ${link_delay}ms"
  if in_control "$root/tests/page/live_test.py" http://127.0.0.1:9090/ "$link --down" "$link --up" > "$work/browser.log" 2>&1; then
    passed "the edge turns red within 3 s, and green again, without a reload"
  else
    failed "the edge turns red within 3 s, and green again, without a reload"
  fi
  shown < "$work/browser.log"
}

"$root/deploy/install.sh" page
begin "Amsterdam and Bangalore on this machine, and the page of their controller."
chapter "1. The lab, and the controller with a probe a second"
start_peering 1s
scene_page
end
