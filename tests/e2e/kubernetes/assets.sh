#!/bin/bash
# The Kubernetes programs of the tests: kube-apiserver and kubectl, built once from the Go module proxy as programs/go.mod pins them.
#   assets.sh            makes them, if they are not there
#   assets.sh --where    the folder they are in
# KUBEBUILDER_ASSETS, when it is set, names a folder with etcd, kube-apiserver and kubectl to be used instead.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../../..")
out=$root/build/kubernetes
version=$(sed -n 's/^require k8s.io\/kubernetes //p' "$here/programs/go.mod")
recipe=$(cat "$here/programs/go.mod" "$here/programs/go.sum" "$here/assets.sh" | sha256sum | cut -d' ' -f1)
# shellcheck source=tests/e2e/kubernetes/go.sh
. "$here/go.sh"

if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
  for program in etcd kube-apiserver kubectl; do
    [ -x "$KUBEBUILDER_ASSETS/$program" ] || { echo "assets: KUBEBUILDER_ASSETS=$KUBEBUILDER_ASSETS has no $program; unset it, or put it there" >&2; exit 2; }
  done
  [ "${1:-}" != --where ] || echo "$KUBEBUILDER_ASSETS"
  exit 0
fi
[ "${1:-}" != --where ] || { echo "$out/bin"; exit 0; }

"$root/deploy/install.sh" kubernetes
[ "$(cat "$out/recipe" 2> /dev/null)" != "$recipe" ] || exit 0
mkdir -p "$out"
exec 9> "$out/lock"
flock 9
[ "$(cat "$out/recipe" 2> /dev/null)" != "$recipe" ] || exit 0

go=$(find_go)
export GOTOOLCHAIN=local GOFLAGS=-mod=readonly
started=$SECONDS
echo "assets: building kube-apiserver and kubectl $version (a few minutes, once)"
stage=$out/bin.new
rm -rf "$stage"
minor=${version#v1.}
flags="-s -w -X k8s.io/client-go/pkg/version.gitVersion=$version"
for setting in gitVersion=$version gitMajor=1 "gitMinor=${minor%%.*}"; do flags+=" -X k8s.io/component-base/version.$setting"; done
(cd "$here/programs" && "$go" build -o "$stage/" -ldflags "$flags" k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kubectl 2> "$out/build.log") ||
  { grep -v '^go: downloading' "$out/build.log" | tail -n 15 >&2; echo "assets: the build failed (above)" >&2; exit 1; }
ln -sf "$(command -v etcd)" "$stage/etcd"
rm -rf "$out/bin"
mv "$stage" "$out/bin"
echo "$recipe" > "$out/recipe.new"
mv "$out/recipe.new" "$out/recipe"
echo "assets: done in $((SECONDS - started)) s"
