# Sourced by the tests of vpcpctl.
# shellcheck shell=bash
failures=0

# expect TEXT STATUS WORDS-IN-THE-ANSWER COMMAND…: standard output and error together.
expect() {
  local answer status
  answer=$("${@:4}" 2>&1 < /dev/null)
  status=$?
  if [ $status = "$2" ] && [[ $answer == *"$3"* ]]; then echo "ok      $1"; else
    failures=$((failures + 1))
    printf 'FAILED  %s: status %s, wanted %s and "%s"; it said:\n%s\n' "$1" $status "$2" "$3" "$answer"
  fi
}
