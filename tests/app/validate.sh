#!/bin/bash
# What `validate` says of a file with errors of form and of meaning: all at once, in the order of the lines, nothing that follows
# only from another error.
# A Secret that others can read is refused, as the store refuses it; so is an address of the cloud that is none.
#   tests/app/validate.sh FOLDER-OF-THE-PROGRAMS
set -euo pipefail
programs=$(readlink -f "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

said_as_expected() { # COMMAND…: exit status 1, and the lines of `expected`; the beginning of each counts: what follows is the fix
  local status=0
  "$@" > said 2>&1 || status=$?
  [ $status -ne 0 ] || { echo "exit status 0: $*"; exit 1; }
  while IFS= read -r -u 3 line && IFS= read -r -u 4 expected; do
    [[ $line == "$expected"* ]] || { printf 'said:     %s\nexpected: %s…\n' "$line" "$expected"; exit 1; }
  done 3< said 4< expected
  [ "$(wc -l < said)" -ge "$(wc -l < expected)" ] || { cat said; exit 1; }
}
validate() { "$programs/vpc-peering-controller" validate "$@"; }

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
said_as_expected validate bad.yaml
[ "$(wc -l < said)" = "$(wc -l < expected)" ] || { cat said; exit 1; }

cat > secret.yaml <<'YAML'
apiVersion: v1
kind: Secret
metadata: {name: ssh, namespace: network}
stringData: {id: not-for-others}
YAML
echo 'secret.yaml:1:1: is a Secret in a file that others can read (mode 0644): chmod 600 secret.yaml' > expected
chmod 644 secret.yaml
said_as_expected validate secret.yaml
! grep -q not-for-others said || { echo "the secret is told"; exit 1; }
chmod 600 secret.yaml
[ "$(validate secret.yaml)" = "0 objects are valid" ]

for url in foo ftp://api.vultr.com https:// "http://a b"; do
  echo "--vultr-url: \"$url\" is not the address of an API: write http:// or https:// and a host" > expected
  said_as_expected env VULTR_API_KEY=none "$programs/vpc-peering-controller" run --manifests . --state state --vultr-url "$url"
done
echo '--vultr-url: what holds a user name is not the address of an API' > expected
said_as_expected env VULTR_API_KEY=none "$programs/vpc-peering-controller" run --manifests . --state state --vultr-url http://me:not-for-others@a
! grep -q not-for-others said || { echo "the password is told"; exit 1; }
[ ! -e state ] || { echo "a refused start has made the state folder"; exit 1; }
