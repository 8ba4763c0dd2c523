#!/bin/bash
# One boot of the lab that is broken in every way, with a watcher beside it that shares no code with the product.
#   tests/e2e/matrix.sh               every row of drift_faults.sh; in the end the secrets are looked for
#   tests/e2e/matrix.sh ROW…          only these rows
# Needs VPCP_BIN: folder of the programs; without it they are built. Writes build/reports/drift.md, of some rows build/reports/drift-rows.md.
# Ends in "matrix: N checks passed, M failed"; exit code 0 only for M = 0, 2 when the machine cannot run it.
set -euo pipefail
story=matrix
# shellcheck source=tests/e2e/watched.sh
. "$(dirname "$(readlink -f "$0")")/watched.sh"
# shellcheck source=tests/e2e/matrix_scenes.sh
. "$here/matrix_scenes.sh"

rows=("$@")
[ $# -eq 0 ] || report=$root/build/reports/drift-rows.md
for name in "${rows[@]}"; do
  drift_rows | grep "^$name " > /dev/null || { echo "no such row: $name; there are: $(drift_rows | awk '{print $1}' | xargs)" >&2; exit 2; }
done

begin "Amsterdam and Bangalore on this machine, broken on purpose."
scene_start
scene_drift
scene_narrow_path
scene_secrets
end
