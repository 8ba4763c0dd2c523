#!/bin/bash
# The clients of the tests, made once in build/clients: govultr's story from the Go module proxy as govultr/go.mod pins it, Ansible with
# vultr.cloud from PyPI as ansible/requirements.txt pins them.   assets.sh: makes them, if they are not there; assets.sh --where: the folder
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../../..")
out=$root/build/clients
if [ "${1:-}" = --where ]; then
  echo "$out"
  exit 0
fi
# shellcheck source=tests/e2e/kubernetes/go.sh
. "$root/tests/e2e/kubernetes/go.sh"

recipe_of() { cat "$here/assets.sh" "$@" | sha256sum | cut -d' ' -f1; } # FILE…
is_made() { [ "$(cat "$out/$1.recipe" 2> /dev/null)" = "$2" ]; }       # NAME RECIPE
# Each of these is one chain: `set -e` does not hold in a command whose failure is handled.
make_govultr() {
  local go
  go=$(find_go) && cd "$here/govultr" && GOTOOLCHAIN=local GOFLAGS=-mod=readonly "$go" build -o "$out/govultr" .
}
make_ansible() { # the collection runs with an older Python than the package that carries it asks for
  local venv=$out/ansible wheels=$out/wheels
  rm -rf "$venv" "$wheels"
  python3 -m venv "$venv" &&
    "$venv/bin/pip" install --quiet "$(grep '^ansible-core==' "$here/ansible/requirements.txt")" &&
    "$venv/bin/pip" download --quiet --no-deps --only-binary :all: --python-version 3.12 --dest "$wheels" "$(grep '^ansible==' "$here/ansible/requirements.txt")" &&
    "$venv/bin/python" "$here/ansible/take_collection.py" "$wheels"/ansible-*.whl vultr.cloud "$venv/collections" &&
    rm -rf "$wheels"
}
make_once() { # NAME FILE…
  local name=$1 recipe started=$SECONDS
  recipe=$(recipe_of "${@:2}")
  ! is_made "$name" "$recipe" || return 0
  echo "clients: making $name (once)"
  ("make_$name") > "$out/$name.log" 2>&1 || { tail -n 15 "$out/$name.log" >&2; echo "clients: $name could not be made (above)" >&2; return 1; }
  echo "$recipe" > "$out/$name.recipe"
  echo "clients: $name is made in $((SECONDS - started)) s"
}

"$root/deploy/install.sh" clients
mkdir -p "$out"
exec 9> "$out/lock"
flock 9
make_once govultr "$here"/govultr/*
make_once ansible "$here/ansible/requirements.txt" "$here/ansible/take_collection.py"
