#!/bin/bash
# The Kubernetes programs of the tests, built once from the Go module proxy as programs/go.mod pins them.
#   assets.sh            etcd, kube-apiserver and kubectl, if they are not there
#   assets.sh --where    the folder they are in
#   assets.sh --node     also what a node needs: kubelet, kube-controller-manager, kube-scheduler, in build/kubernetes/node
# KUBEBUILDER_ASSETS, when it is set, names a folder with etcd, kube-apiserver and kubectl to be used instead.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../../..")
out=$root/build/kubernetes
version=$(sed -n 's/^.k8s.io\/kubernetes //p' "$here/programs/go.mod")
[ -n "$version" ] || { echo "assets: programs/go.mod names no k8s.io/kubernetes" >&2; exit 1; }
recipe=$(cat "$here"/programs/{go.mod,go.sum,etcd/main.go} "$here"/{assets,go}.sh | sha256sum | cut -d' ' -f1)
# shellcheck source=tests/e2e/kubernetes/go.sh
. "$here/go.sh"

commands=k8s.io/kubernetes/cmd

is_built() { [ "$(cat "$out/recipe-$1" 2> /dev/null)" = "$recipe" ]; } # FOLDER
build() { # FOLDER PACKAGE…: into build/kubernetes/FOLDER, unless they are there
  local folder=$1 stage=$out/$1.new go started=$SECONDS minor flags setting
  shift
  ! is_built "$folder" || return 0
  mkdir -p "$out"
  exec 9> "$out/lock"
  flock 9
  ! is_built "$folder" || return 0
  go=$(find_go)
  echo "assets: building ${*##*/} $version (a few minutes, once)"
  rm -rf "$stage"
  minor=${version#v1.}
  flags="-s -w -X k8s.io/client-go/pkg/version.gitVersion=$version"
  for setting in gitVersion=$version gitMajor=1 "gitMinor=${minor%%.*}"; do flags+=" -X k8s.io/component-base/version.$setting"; done
  (cd "$here/programs" && go_build "$go" -o "$stage/" -ldflags "$flags" "$@" 2> "$out/build.log") ||
    { grep -v '^go: downloading' "$out/build.log" | tail -n 15 >&2; echo "assets: the build failed (above)" >&2; exit 1; }
  rm -rf "${out:?}/$folder"
  mv "$stage" "$out/$folder"
  echo "$recipe" > "$out/recipe-$folder.new"
  mv "$out/recipe-$folder.new" "$out/recipe-$folder"
  echo "assets: done in $((SECONDS - started)) s"
}

if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
  for program in etcd kube-apiserver kubectl; do
    [ -x "$KUBEBUILDER_ASSETS/$program" ] || { echo "assets: KUBEBUILDER_ASSETS=$KUBEBUILDER_ASSETS has no $program; unset it, or put it there" >&2; exit 2; }
  done
  bin=$KUBEBUILDER_ASSETS
else
  bin=$out/bin
fi
[ "${1:-}" != --where ] || { echo "$bin"; exit 0; }

"$root/deploy/install.sh" kubernetes
if [ "$bin" = "$out/bin" ]; then
  build bin ./etcd "$commands"/{kube-apiserver,kubectl}
fi
[ "${1:-}" != --node ] || build node "$commands"/{kubelet,kube-controller-manager,kube-scheduler}
