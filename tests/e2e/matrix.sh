#!/bin/bash
# One boot of the lab that is broken in every way, with a watcher beside it that shares no code with the product.
#   tests/e2e/matrix.sh               every row of drift_faults.sh; in the end the secrets are looked for
#   tests/e2e/matrix.sh ROW…          only these rows
# Needs VPCP_BIN: folder of the programs; without it they are built. Writes build/reports/drift.md.
# Ends in "matrix: N checks passed, M failed"; exit code 0 only for M = 0, 2 when the machine cannot run it.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
export VPCP_LAB_DIR=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}
work=$VPCP_LAB_DIR/run-matrix
bin=${VPCP_BIN:-$root/build/release/bin}
log_level=trace
# shellcheck source=deploy/lab/story.sh
. "$root/deploy/lab/story.sh"
# shellcheck source=deploy/lab/running.sh
. "$root/deploy/lab/running.sh"
# shellcheck source=tests/e2e/drift_faults.sh
. "$here/drift_faults.sh"
# shellcheck source=tests/e2e/matrix_scenes.sh
. "$here/matrix_scenes.sh"

rows=("$@")
for name in "${rows[@]}"; do
  drift_rows | grep -q "^$name " || { echo "no such row: $name; there are: $(drift_rows | awk '{print $1}' | xargs)" >&2; exit 2; }
done

"$root/deploy/lab/preflight.sh"
hold_machine 1200
echo "Amsterdam and Bangalore on this machine, broken on purpose."
prepare_machine

finish() {
  local status=$?
  trap - EXIT INT TERM
  stop_watching
  stop_everything
  exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

scene_start
scene_drift
scene_secrets
printf '\nmatrix: %d checks passed, %d failed\n' "$checks_passed" "$checks_failed"
[ "$checks_failed" = 0 ]
