# How a transcript of kubectl is made and held against the one that was agreed ($golden/NAME.txt); sourced.
# Needs: kubectl, check, $golden, $work; with $update the agreed ones are written anew.
# shellcheck shell=bash disable=SC2154

# What differs from run to run is left out.
plain() {
  sed -E -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+Z/TIME/g' -e 's/[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/UUID/g' \
    -e 's/(198\.18\.[0-9]+|192\.0\.2)\.[0-9]+/PUBLIC-IP/g' -e 's/(Host Key: +).*/\1HOST-KEY/' -e 's/(Public Key: +).*/\1KEY/' -e 's/ +$//' -e 's/^(  *(NAME|[a-z-]+).*) [0-9]+s /\1 AGE /'
}
# The columns of a table with one row, one below the other: their widths go by ages, which are left out.
columns() {
  awk 'NR == 1 {n = split($0, names, / +/); for (i = 1; i <= n; ++i) at[i] = index($0, names[i]); at[n + 1] = 10000}
    NR == 2 {for (i = 1; i <= n; ++i) {
      value = substr($0, at[i], at[i + 1] - at[i])
      gsub(/^ +| +$/, "", value)
      if (value ~ /^([0-9]+[dhms])+$/) value = "<age>"
      if (value != "") printf "%-8s %s\n", names[i], value
    }}'
}
transcript() { # NAME [warnings]: with all of its events, or its warnings only
  echo "# kubectl get vpcp $1 -o wide: its columns"
  kubectl get vpcp -n network "$1" -o wide | columns
  echo "# kubectl describe vpcp $1: its conditions"
  kubectl get vpcpeering -n network "$1" -o json | jq -r '.status.conditions[] | "\(.type)\t\(.status)\t\(.reason)\t\(.message)"' | column -t -s $'\t'
  echo "# kubectl describe vpcp $1: its events${2:+, the warnings}"
  kubectl get events.events.k8s.io -n network -o json | jq -r --arg name "$1" --arg type "${2:+Warning}" '.items[] | select(.regarding.name == $name and ($type == "" or .type == $type)) | "\(.type)\t\(.reason)\t\(.note)"' | sort -u | column -t -s $'\t'
}
compare() { # NAME: against what comes by standard input; not at the end of a pipe, where a failed check would not be counted
  plain > "$work/$1.txt"
  if [ -n "$update" ]; then cp "$work/$1.txt" "$golden/$1.txt"; fi
  check "$1 reads as it was agreed" diff -u "$golden/$1.txt" "$work/$1.txt"
  diff -u "$golden/$1.txt" "$work/$1.txt" || true
}
