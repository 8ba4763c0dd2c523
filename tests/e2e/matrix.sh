#!/bin/bash
# One boot of the lab that is broken in every way, with a watcher beside it that shares no code with the product.
#   tests/e2e/matrix.sh               every row of drift_faults.sh, and the chapters; in the end the secrets are looked for
#   tests/e2e/matrix.sh NAME…         only these rows and chapters (narrow_path, fought, undone, vpc_deleted, streams)
# Needs VPCP_BIN: folder of the programs; without it they are built. Writes build/reports/drift.md, of a choice build/reports/drift-rows.md.
# Ends in "matrix: N checks passed, M failed"; exit code 0 only for M = 0, 2 when the machine cannot run it.
set -euo pipefail
story=matrix
# shellcheck source=tests/e2e/watched.sh
. "$(dirname "$(readlink -f "$0")")/watched.sh"
# shellcheck source=tests/e2e/host_looks.sh
. "$here/host_looks.sh"
# shellcheck source=tests/e2e/matrix_scenes.sh
. "$here/matrix_scenes.sh"
# shellcheck source=tests/e2e/leftover_scenes.sh
. "$here/leftover_scenes.sh"

chapters=(narrow_path fought undone vpc_deleted streams)
names=("$@")
[ $# -eq 0 ] || report=$root/build/reports/drift-rows.md
wanted() { [ ${#names[@]} -eq 0 ] || [[ " ${names[*]} " == *" $1 "* ]]; }
known=" ${chapters[*]} $(drift_rows | awk '{print $1}' | xargs) "
for name in "${names[@]}"; do
  [[ $known == *" $name "* ]] || { echo "no such row or chapter: $name; there are:$known" >&2; exit 2; }
done

begin "Amsterdam and Bangalore on this machine, broken on purpose."
scene_start
watched_from=$(now)
scene_drift
for name in "${chapters[@]}"; do
  ! wanted "$name" || "scene_$name"
done
honest "$watched_from" "from the first row to here neither Ready nor the edge was green for more than $lag_limit s while no traffic crossed"
scene_secrets
end
