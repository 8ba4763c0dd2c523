# The scenes of matrix.sh. Needs watched.sh.
# shellcheck shell=bash disable=SC2154

report=$root/build/reports/drift.md

# One row: broken, seen under its name, right again, with traffic. Appends to the report.
row() { # ROW KIND LANE OUTCOME; the lane is for people
  local row=$1 kind=$2 outcome=$4 began before seen='' right='' deadline others
  wait_for 60 well || { failed "$row: not well before the fault"; return; }
  before=$(detected)
  began=$(now)
  "inject_$row" > /dev/null 2>&1 || true
  if [ "$outcome" != quiet ] && "check_$row" > /dev/null 2>&1; then
    # A fault of files on a host may be put right before we look, but then it has been seen.
    [ "$kind" != - ] && [ "$(count_of "$kind")" != "$(awk -v kind="$kind" '$1 == kind {n += $2} END {print n + 0}' <<< "$before")" ] ||
      { failed "$row: the fault had no effect, so nothing was proven"; return; }
  fi
  deadline=$((SECONDS + 60))
  while [ $SECONDS -lt $deadline ] && { [ -z "$seen" ] || [ -z "$right" ]; }; do
    [ -n "$seen" ] || ! seen_of "$kind" "$outcome" "$before" || seen=$(since "$began")
    case $outcome in
      refused:*) right=${seen:+-} ;;
      *) [ -n "$right" ] || ! { "check_$row" && traffic; } > /dev/null 2>&1 || right=$(since "$began") ;;
    esac
    sleep 0.1
  done
  if declare -F "undo_$row" > /dev/null; then
    "undo_$row" > /dev/null 2>&1 || true
    wait_for 90 "check_$row" || failed "$row: not right after it was undone"
  fi
  others=$(comm -13 <(echo "$before") <(detected) | awk -v kind="$kind" '$1 != kind {print $1}' | xargs)
  told_row "$row" "$kind" "$outcome" "$began" "$seen" "$right" "$others"
}
seen_of() { # KIND OUTCOME BEFORE
  case $2 in
    refused:*) grep -qw -- "${2#refused:}" "$(status_file)" ;;
    *) [ "$1" = - ] || [ "$(count_of "$1")" -gt "$(awk -v kind="$1" '$1 == kind {n += $2} END {print n + 0}' <<< "$3")" ] ;;
  esac
}
told_row() { # ROW KIND OUTCOME BEGAN SEEN RIGHT OTHERS
  local dead green
  read -r dead green <<< "$(dead_between "$4" "$(now)")"
  printf '| %s | %s | %s | %s | %s | %s | %s | %s |\n' "$1" "$2" "$3" "${5:--}" "${6:--}" "$dead" "$green" "${7:-}" >> "$report"
  if [ -n "$5" ] && [ -n "$6" ]; then
    passed "$(printf '%-26s %-24s seen %5s s, right %5s s, no traffic %5s s, Ready meanwhile %s s' "$1" "$2" "$5" "$6" "$dead" "$green")"
  else
    failed "$(printf '%-26s %-24s seen %s, right %s' "$1" "$2" "${5:-never}" "${6:-never}")"
  fi
}

scene_drift() {
  chapter "2. Every drift"
  local name kind lane outcome began
  began=$(now)
  mkdir -p "${report%/*}"
  cat > "$report" <<'TEXT'
# Drift matrix

Seconds since the fault. "No traffic" and "Ready meanwhile" are of an observer with probes of its own, ten a second.

| row | kind | outcome | seen | right again | no traffic | Ready meanwhile | also seen |
| --- | --- | --- | --- | --- | --- | --- | --- |
TEXT
  while read -r name kind lane outcome <&7; do
    [ ${#rows[@]} -eq 0 ] || [[ " ${rows[*]} " == *" $name "* ]] || continue
    row "$name" "$kind" "$lane" "$outcome"
  done 7< <(drift_rows)
  check "well in the end" wait_for 120 well
  honest "$began" "Ready was never green for more than $lag_limit s while no traffic crossed"
}

# --- secrets ---------------------------------------------------------------------------------------------------------------

scene_secrets() {
  chapter "3. Secrets"
  keep_secrets
  stop_watching
  metrics > "$work/metrics.txt" || true
  api GET /lab/v1/requests > "$work/requests.txt"
  local where
  declare -A places=([log]="$work/controller.log $work/vultr-lab.log" [status and events]="$work/state/status $work/state/events.log"
    [metrics]="$work/metrics.txt" ["arguments of every process"]="$work/arguments.log" ["request log of the cloud"]="$work/requests.txt"
    ["state folder"]="$work/state")
  for where in "${!places[@]}"; do
    # shellcheck disable=SC2086
    check "none in the $where: $(find ${places[$where]} -type f -exec cat {} + | "$here/watch.py" secrets "$work/known-secrets")" \
      eval 'find ${places[$where]} -type f -exec cat {} + | "$here/watch.py" secrets "$work/known-secrets"'
  done
  planted() { ! (cat "$work/controller.log"; tail -n 1 "$work/known-secrets") | "$here/watch.py" secrets "$work/known-secrets"; }
  check "and one that is put there is found" planted
}
