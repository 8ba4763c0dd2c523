#!/bin/bash
# What `validate` says of a file with errors of form and of meaning: all at once, in the order of the lines, nothing that follows
# only from another error.
#   tests/app/validate.sh FOLDER-OF-THE-PROGRAMS
set -euo pipefail
programs=$(readlink -f "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > bad.yaml <<'YAML'
apiVersion: vpcpeering.dev/v1alpha1
kind: VPCPeering
metadata: {name: bad}
spec:
  tunnel: {cidr: 8.8.8.0/24, mtu: 1500}
  intervall: 5s
  sites:
  - {name: a, region: ams, vpc: {cidr: 172.16.1.0/24}}
  - {name: a, region: blr, vpc: {cidr: 172.16.1.0/25}}
  - {name: c, region: fra, vpc: {cidr: 172.16.3}}
  topology: {type: HubAndSpoke, hub: z}
YAML
cat > expected <<'TEXT'
bad.yaml:5:18: spec.tunnel.cidr: "8.8.8.0/24" is not a private network
bad.yaml:5:35: spec.tunnel.mtu: "1500" is out of range
bad.yaml:6:14: spec.intervall: is not a known field
bad.yaml:9:12: spec.sites[1].name: "a" is the name of an earlier site
bad.yaml:9:40: spec.sites[1].vpc.cidr: "172.16.1.0/25" overlaps spec.sites[0].vpc.cidr 172.16.1.0/24
bad.yaml:10:40: spec.sites[2].vpc.cidr: "172.16.3" is not a network
6 errors in 1 file
TEXT
status=0
"$programs/vpc-peering-controller" validate bad.yaml > said || status=$?
[ $status = 1 ] || { echo "exit status $status instead of 1"; exit 1; }
# The beginning of each line counts: what follows is the fix.
while IFS= read -r -u 3 line && IFS= read -r -u 4 expected; do
  [[ $line == "$expected"* ]] || { printf 'said:     %s\nexpected: %s…\n' "$line" "$expected"; exit 1; }
done 3< said 4< expected
[ "$(wc -l < said)" = "$(wc -l < expected)" ] || { cat said; exit 1; }
