#!/bin/bash
# Helm, built once from the Go module proxy as helm/go.mod pins it, with the Kubernetes libraries of programs/go.mod, so that one
# build of those serves both.   helm.sh: makes it, if it is not there; helm.sh --where: its path
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
out=$(readlink -f "$here/../../..")/build/kubernetes
helm=$out/helm
if [ "${1:-}" = --where ]; then
  echo "$helm"
  exit 0
fi
# shellcheck source=tests/e2e/kubernetes/go.sh
. "$here/go.sh"
recipe=$(cat "$here/helm/go.mod" "$here/helm/go.sum" "$here"/{helm,go}.sh | sha256sum | cut -d' ' -f1)
mkdir -p "$out"
exec 9> "$out/helm.lock"
flock 9
[ ! -x "$helm" ] || [ "$(cat "$out/helm.recipe" 2> /dev/null)" != "$recipe" ] || exit 0
go=$(find_go)
started=$SECONDS
echo "helm: building $(sed -n 's/^require helm.sh\/helm\/v3 //p' "$here/helm/go.mod") (a minute or two, once)"
# The Kubernetes release that it takes for granted when no cluster is asked.
minor=$(sed -n 's/^.k8s.io\/kubernetes v1\.\([0-9]*\)\..*/\1/p' "$here/programs/go.mod")
[ -n "$minor" ] || { echo "helm: programs/go.mod names no k8s.io/kubernetes v1" >&2; exit 1; }
flags="-s -w -X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor=$minor"
flags+=" -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=$minor"
(cd "$here/helm" && go_build "$go" -o "$helm" -ldflags "$flags" helm.sh/helm/v3/cmd/helm 2> "$out/helm.log") ||
  { grep -v '^go: downloading' "$out/helm.log" | tail -n 15 >&2; echo "helm: the build failed (above)" >&2; exit 1; }
echo "$recipe" > "$out/helm.recipe"
echo "helm: done in $((SECONDS - started)) s"
