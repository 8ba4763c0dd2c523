#!/bin/bash
# An empty lab that stays up, to work in by hand (docs/tutorial.md): up.sh [REGION…]; without one: ams, blr and fra, 72 ms apart.
# Ends when its API answers; `deploy/lab/lab down` is the end of it. VPCP_BIN: folder of the programs; without it they are built.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
export VPCP_LAB_DIR=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}
bin=${VPCP_BIN:-$root/build/release/bin}
work=$VPCP_LAB_DIR/run
# shellcheck source=deploy/lab/story.sh
. "$here/story.sh"
# shellcheck source=deploy/lab/running.sh
. "$here/running.sh"

[ "$(id -u)" = 0 ] || { echo "lab: this needs root." >&2; exit 1; }
[ ! -e /run/netns/vpcp-lab-ctl ] || { echo "lab: a lab is there already; 'deploy/lab/lab down' ends it." >&2; exit 1; }
[ $# -eq 0 ] || lab_regions=$*
lab_regions=${lab_regions:-ams blr fra}
hold_machine 0
prepare_machine
install -d -m 700 "$work"
api_key=$(head -c 24 /dev/urandom | base64 | tr -d '/+=')
start_lab
say "The lab is up, with nothing in it but regions: $lab_regions"
