#!/bin/bash
# Renders base into install.yaml, for `kubectl apply -f`; with --check only says whether it is current.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
rendered=$(kubectl kustomize "$here/base")
header="# Rendered by render.sh from base/: change that, not this."
if [ "${1:-}" = --check ]; then
  diff <(printf '%s\n%s\n' "$header" "$rendered") "$here/install.yaml" > /dev/null || { echo "install.yaml is not current: run deploy/kubernetes/render.sh" >&2; exit 1; }
else
  printf '%s\n%s\n' "$header" "$rendered" > "$here/install.yaml"
fi
