#!/bin/bash
# The custom resource on a real API server, beside `vpc-peering-controller validate`: what is good passes both, what is bad is refused
# by both with the field named. Run by with_apiserver.sh: crd.sh BIN (the folder of the controller).
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../../..")
validate=("$1/vpc-peering-controller" validate)
work=$KUBE_DIR/crd
mkdir "$work"
passed=0
failed=0
check() { # TEXT STATUS-OF-WHAT-WAS-CHECKED
  if [ "$2" = 0 ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "FAILED: $1"
    sed 's/^/    /' "$work/answer"
  fi
}
server() { kubectl "$1" --validate=strict ${3:-} -f "$2" > "$work/answer" 2>&1; }

kubectl create namespace network > /dev/null
kubectl create namespace default > /dev/null 2>&1 || true

# Our examples hold Secrets too; the API server takes both.
for example in "$root"/examples/*.yaml; do
  server apply "$example" --dry-run=server && result=0 || result=1
  check "$(basename "$example") is accepted by the API server" $result
done

cat > "$work/base.json" << 'JSON'
{"apiVersion": "vpcpeering.dev/v1alpha1", "kind": "VPCPeering", "metadata": {"name": "base", "namespace": "network"},
 "spec": {"sites": [
   {"name": "a", "region": "ams", "vpc": {"cidr": "172.16.1.0/24"}, "servers": [{"name": "app", "create": {}}]},
   {"name": "b", "region": "blr", "vpc": {"cidr": "172.16.2.0/24"}}]}}
JSON
ssh='{"privateKeyRef": {"name": "keys", "key": "id"}}'

both_accept() { # NAME JQ
  jq "$2" "$work/base.json" > "$work/$1.json"
  server create "$work/$1.json" --dry-run=server && result=0 || result=1
  check "$1: accepted by the API server" $result
  "${validate[@]}" "$work/$1.json" > "$work/answer" 2>&1 && result=0 || result=1
  check "$1: accepted by validate" $result
}
refuses() { # WHO NAME TEXT COMMAND…: the command fails and its answer has the text
  local who=$1 name=$2 text=$3
  shift 3
  if "$@"; then result=1; elif grep -qF -- "$text" "$work/answer"; then result=0; else result=2; fi
  check "$name: refused by $who, naming \"$text\"" $result
}
validates() { "${validate[@]}" "$1" > "$work/answer" 2>&1; }
both_refuse() { # NAME SERVER'S-FIELD OUR-FIELD JQ
  jq "$4" "$work/base.json" > "$work/$1.json"
  refuses "the API server" "$1" "$2" server create "$work/$1.json" --dry-run=server
  refuses validate "$1" "$3" validates "$work/$1.json"
}
only_we_refuse() { # NAME OUR-FIELD JQ: what CEL cannot say within its cost limit
  jq "$3" "$work/base.json" > "$work/$1.json"
  server create "$work/$1.json" --dry-run=server && result=0 || result=1
  check "$1: not refused by the API server" $result
  refuses validate "$1" "$2" validates "$work/$1.json"
}

both_accept smallest .
both_accept hub '.spec.topology = {type: "HubAndSpoke", hub: "a"}'
both_accept custom '.spec.topology = {type: "Custom", edges: [["a", "b"]]}'
both_accept adopted ".spec.sites[0].vpc = {id: \"v-1\"} | .spec.sites[0].servers = [{name: \"old\", instanceID: \"i-1\", ssh: $ssh}]"
both_accept selector ".spec.sites[0].serverSelector = {tag: \"peered\", ssh: $ssh}"
both_accept least_tunnel '.spec.tunnel.cidr = "10.10.0.0/30"'
both_accept durations '.spec.verification.interval = "1m30s" | .spec.tunnel.persistentKeepalive = "0s"'
both_accept sources '.spec.sshSources = ["203.0.113.0/24"]'
both_accept sites_64 '.spec.sites = [range(64) | {name: "s\(.)", region: "ams", vpc: {cidr: "172.16.\(.).0/24"}}]'

both_refuse no_sites spec.sites spec.sites 'del(.spec.sites)'
both_refuse one_site spec.sites spec.sites '.spec.sites |= .[:1]'
both_refuse sites_65 spec.sites spec.sites '.spec.sites = [range(65) | {name: "s\(.)", region: "ams", vpc: {cidr: "172.16.\(.).0/24"}}]'
both_refuse unknown_field vpcs vpcs '.spec.sites[0].vpcs = {}'
both_refuse two_of_a_name 'spec.sites[1]' 'spec.sites[1].name' '.spec.sites[1].name = "a"'
both_refuse site_name 'spec.sites[0].name' 'spec.sites[0].name' '.spec.sites[0].name = "Site A"'
both_refuse no_region 'spec.sites[0].region' 'spec.sites[0].region' 'del(.spec.sites[0].region)'
both_refuse no_vpc 'spec.sites[0].vpc' 'spec.sites[0].vpc' 'del(.spec.sites[0].vpc)'
both_refuse empty_vpc 'spec.sites[0].vpc' 'spec.sites[0].vpc' '.spec.sites[0].vpc = {}'
both_refuse overlap_sites 'spec.sites' 'spec.sites[1].vpc.cidr' '.spec.sites[1].vpc.cidr = "172.16.0.0/16"'
both_refuse overlap_tunnel 'spec.tunnel.cidr' 'spec.sites[0].vpc.cidr' '.spec.tunnel.cidr = "172.16.0.0/16"'
both_refuse overlap_inside 'spec.tunnel.cidr' 'spec.sites[0].vpc.cidr' '.spec.tunnel.cidr = "172.16.1.128/28"'
both_refuse same_network 'spec.sites' 'spec.sites[1].vpc.cidr' '.spec.sites[1].vpc.cidr = "172.16.1.0/24"'
both_refuse small_tunnel 'spec.tunnel.cidr' 'spec.tunnel.cidr' '.spec.tunnel.cidr = "10.10.0.0/31"'
both_refuse small_tunnel_63 'spec.tunnel.cidr' 'spec.tunnel.cidr' '.spec.tunnel.cidr = "10.10.0.0/26" | .spec.sites = [range(63) | {name: "s\(.)", region: "ams", vpc: {cidr: "172.16.\(.).0/24"}}]'
both_refuse public_tunnel 'spec.tunnel.cidr' 'spec.tunnel.cidr' '.spec.tunnel.cidr = "203.0.113.0/24"'
both_refuse public_vpc 'spec.sites[0].vpc.cidr' 'spec.sites[0].vpc.cidr' '.spec.sites[0].vpc.cidr = "8.8.8.0/24"'
both_refuse small_vpc 'spec.sites[0].vpc.cidr' 'spec.sites[0].vpc.cidr' '.spec.sites[0].vpc.cidr = "172.16.1.0/29"'
both_refuse host_bits 'spec.sites[0].vpc.cidr' 'spec.sites[0].vpc.cidr' '.spec.sites[0].vpc.cidr = "172.16.1.5/24"'
both_refuse no_network 'spec.sites[0].vpc.cidr' 'spec.sites[0].vpc.cidr' '.spec.sites[0].vpc.cidr = "vpc"'
both_refuse ipv6_network 'spec.sites[0].vpc.cidr' 'spec.sites[0].vpc.cidr' '.spec.sites[0].vpc.cidr = "fd00::/64"'
both_refuse same_vpc 'spec.sites' 'spec.sites[1].vpc.id' '.spec.sites[].vpc = {id: "v-1"}'
both_refuse long_description 'spec.sites[0].vpc' 'spec.sites[0].vpc.description' '.spec.sites[0].vpc.description = ("x" * 148)'
both_refuse port_22 spec.tunnel.listenPort spec.tunnel.listenPort '.spec.tunnel.listenPort = 22'
both_refuse port_0 spec.tunnel.listenPort spec.tunnel.listenPort '.spec.tunnel.listenPort = 0'
both_refuse port_text spec.tunnel.listenPort spec.tunnel.listenPort '.spec.tunnel.listenPort = "51820"'
both_refuse mtu_small spec.tunnel.mtu spec.tunnel.mtu '.spec.tunnel.mtu = 1279'
both_refuse mtu_large spec.tunnel.mtu spec.tunnel.mtu '.spec.tunnel.mtu = 1441'
both_refuse keepalive spec.tunnel.persistentKeepalive spec.tunnel.persistentKeepalive '.spec.tunnel.persistentKeepalive = "19h"'
both_refuse keepalive_unit spec.tunnel.persistentKeepalive spec.tunnel.persistentKeepalive '.spec.tunnel.persistentKeepalive = "25"'
own='{"between": ["a", "b"], "maxLossPercent": 5}'
three='.spec.sites += [{name: "c", region: "fra", vpc: {cidr: "172.16.3.0/24"}}]'
both_accept limits ".spec.verification.edges = [$own]"
both_accept limits_of_the_hub "$three | .spec.topology = {type: \"HubAndSpoke\", hub: \"a\"} | .spec.verification.edges = [$own]"
both_accept limits_of_253 '.spec.sites = [range(23) | {name: "s\(.)", region: "ams", vpc: {cidr: "172.16.\(.).0/24"}}] | .spec.verification.edges = [range(23) as $i | range($i + 1; 23) as $j | {between: ["s\($i)", "s\($j)"], maxLossPercent: 5}]'
both_refuse limits_unknown spec.verification.edges 'spec.verification.edges[0].between' ".spec.verification.edges = [$own + {between: [\"a\", \"x\"]}]"
both_refuse limits_no_edge spec.verification.edges 'spec.verification.edges[0].between' "$three | .spec.topology = {type: \"HubAndSpoke\", hub: \"c\"} | .spec.verification.edges = [$own]"
both_refuse limits_itself 'spec.verification.edges[0].between' 'spec.verification.edges[0].between' ".spec.verification.edges = [$own + {between: [\"a\", \"a\"]}]"
both_refuse limits_of_three 'spec.verification.edges[0].between' 'spec.verification.edges[0].between' ".spec.verification.edges = [$own + {between: [\"a\", \"b\", \"a\"]}]"
both_refuse limits_twice spec.verification.edges 'spec.verification.edges[1].between' ".spec.verification.edges = [$own, $own]"
both_refuse limits_twice_turned spec.verification.edges 'spec.verification.edges[1].between' ".spec.verification.edges = [$own, $own + {between: [\"b\", \"a\"]}]"
both_refuse limits_none 'spec.verification.edges[0]' 'spec.verification.edges[0]' '.spec.verification.edges = [{between: ["a", "b"]}]'
both_refuse limits_no_pair 'spec.verification.edges[0].between' 'spec.verification.edges[0].between' '.spec.verification.edges = [{maxLossPercent: 5}]'
both_refuse limits_loss 'spec.verification.edges[0].maxLossPercent' 'spec.verification.edges[0].maxLossPercent' ".spec.verification.edges = [$own + {maxLossPercent: 0}]"
both_refuse limits_rtt 'spec.verification.edges[0].maxRTTMillis' 'spec.verification.edges[0].maxRTTMillis' ".spec.verification.edges = [$own + {maxRTTMillis: 10001}]"
both_refuse interval_short spec.verification.interval spec.verification.interval '.spec.verification.interval = "0s"'
both_refuse interval_long spec.verification.interval spec.verification.interval '.spec.verification.interval = "1h1s"'
both_refuse mode spec.mode spec.mode '.spec.mode = "DryRun"'
both_refuse deletion_policy spec.deletionPolicy spec.deletionPolicy '.spec.deletionPolicy = "Orphan"'
both_refuse repair spec.repair.policy spec.repair.policy '.spec.repair.policy = "Never"'
both_refuse topology spec.topology.type spec.topology.type '.spec.topology.type = "Ring"'
both_refuse hub_missing spec.topology spec.topology.hub '.spec.topology.type = "HubAndSpoke"'
both_refuse hub_unknown spec.topology.hub spec.topology.hub '.spec.topology = {type: "HubAndSpoke", hub: "c"}'
both_refuse hub_with_mesh spec.topology.hub spec.topology.hub '.spec.topology.hub = "a"'
both_refuse edges_missing spec.topology spec.topology.edges '.spec.topology.type = "Custom"'
both_refuse edges_empty spec.topology.edges spec.topology.edges '.spec.topology = {type: "Custom", edges: []}'
both_refuse edges_with_mesh spec.topology.edges spec.topology.edges '.spec.topology.edges = [["a", "b"]]'
both_refuse edge_unknown spec.topology.edges 'spec.topology.edges[0]' '.spec.topology = {type: "Custom", edges: [["a", "c"]]}'
both_refuse edge_to_itself 'spec.topology.edges[0]' 'spec.topology.edges[0]' '.spec.topology = {type: "Custom", edges: [["a", "a"]]}'
both_refuse edge_of_three 'spec.topology.edges[0]' 'spec.topology.edges[0]' '.spec.topology = {type: "Custom", edges: [["a", "b", "a"]]}'
both_refuse edge_twice 'spec.topology.edges[1]' 'spec.topology.edges[1]' '.spec.topology = {type: "Custom", edges: [["a", "b"], ["a", "b"]]}'
both_refuse replicas 'spec.sites[0].gateway.replicas' 'spec.sites[0].gateway.replicas' '.spec.sites[0].gateway.replicas = 2'
both_refuse plan 'spec.sites[0].gateway.plan' 'spec.sites[0].gateway.plan' '.spec.sites[0].gateway.plan = "a b"'
both_refuse neither 'spec.sites[0].servers[0]' 'spec.sites[0].servers[0]' '.spec.sites[0].servers = [{name: "x"}]'
both_refuse create_and_id 'spec.sites[0].servers[0]' 'spec.sites[0].servers[0]' ".spec.sites[0].servers = [{name: \"x\", create: {}, instanceID: \"i\", ssh: $ssh}]"
both_refuse id_without_ssh 'spec.sites[0].servers[0]' 'spec.sites[0].servers[0].ssh' '.spec.sites[0].servers = [{name: "x", instanceID: "i"}]'
both_refuse create_with_ssh 'spec.sites[0].servers[0].ssh' 'spec.sites[0].servers[0].ssh' ".spec.sites[0].servers = [{name: \"x\", create: {}, ssh: $ssh}]"
both_refuse server_named_gateway 'spec.sites[0].servers[0].name' 'spec.sites[0].servers[0].name' '.spec.sites[0].servers[0].name = "gateway-1"'
both_refuse servers_of_a_name 'spec.sites[0].servers[1]' 'spec.sites[0].servers[1].name' '.spec.sites[0].servers += .spec.sites[0].servers'
both_refuse servers_257 'spec.sites[0].servers' 'spec.sites[0].servers' '.spec.sites[0].servers = [range(257) | {name: "s\(.)", create: {}}]'
both_refuse public_word 'spec.sites[0].servers[0].create.public' 'spec.sites[0].servers[0].create.public' '.spec.sites[0].servers[0].create.public = "IPv6"'
both_refuse our_tag 'spec.sites[0].serverSelector.tag' 'spec.sites[0].serverSelector.tag' ".spec.sites[0].serverSelector = {tag: \"vpcp-x\", ssh: $ssh}"
both_refuse selector_without_ssh 'spec.sites[0].serverSelector.ssh' 'spec.sites[0].serverSelector.ssh' '.spec.sites[0].serverSelector = {tag: "x"}'
both_refuse no_key_ref 'privateKeyRef' 'privateKeyRef' '.spec.sites[0].serverSelector = {tag: "x", ssh: {}}'
both_refuse ssh_user 'ssh.user' 'ssh.user' ".spec.sites[0].serverSelector = {tag: \"x\", ssh: ($ssh + {user: \"Root\"})}"
both_refuse ssh_port 'ssh.port' 'ssh.port' ".spec.sites[0].serverSelector = {tag: \"x\", ssh: ($ssh + {port: 70000})}"
both_refuse host_key 'ssh.hostKey' 'ssh.hostKey' ".spec.sites[0].serverSelector = {tag: \"x\", ssh: ($ssh + {hostKey: \"AAAA\"})}"
both_refuse credentials spec.credentialsRef.name spec.credentialsRef.name '.spec.credentialsRef = {}'
both_refuse source 'spec.sshSources[0]' 'spec.sshSources[0]' '.spec.sshSources = ["203.0.113.7/24"]'
both_refuse long_name 'metadata.name' 'metadata.name' '.metadata.name = ("n" * 64)'

only_we_refuse edge_twice_turned 'spec.topology.edges[1]' '.spec.topology = {type: "Custom", edges: [["a", "b"], ["b", "a"]]}'
only_we_refuse limits_no_custom_edge 'spec.verification.edges[0].between' "$three | .spec.topology = {type: \"Custom\", edges: [[\"a\", \"c\"]]} | .spec.verification.edges = [$own]"
only_we_refuse instance_twice 'spec.sites[1].servers[0].instanceID' ".spec.sites[].servers = [{name: \"x\", instanceID: \"i\", ssh: $ssh}]"
only_we_refuse label_of_bytes 'spec.sites[0].gateway.label' '.spec.sites[0].gateway = {label: ("ж" * 150)}'

# What may not change while it lives. validate sees one moment only; the controller knows the rest from its record.
kubectl create --validate=strict -f "$work/smallest.json" > /dev/null
change() { jq "$1" "$work/base.json" > "$work/changed.json" && server replace "$work/changed.json"; }
change '.spec.sites[0].region = "xyz" | .spec.sites[0].vpc.cidr = "172.16.9.0/24"' && change . && result=0 || result=1
check "while nothing stands for a site, its region and network may be corrected" $result
kubectl patch vpcpeering -n network base --subresource=status --type=merge -p '{"status": {"sites": [{"name": "a", "vpcID": "v-a"}, {"name": "b"}]}}' > /dev/null
refuses "the API server" region_changed 'the region of a site cannot change' change '.spec.sites[0].region = "fra"'
refuses "the API server" cidr_changed 'the network of a created VPC cannot change' change '.spec.sites[0].vpc.cidr = "172.16.9.0/24"'
change '.spec.sites[1].region = "fra"' && change . && result=0 || result=1
check "the region of the other site may still be corrected" $result
refuses "the API server" vpc_adopted 'spec.sites[0].vpc' change '.spec.sites[0].vpc = {id: "v-1"}'
change '.spec.sites[0].name = "c" | .spec.sites[0].region = "fra"' && result=0 || result=1
check "a site may be replaced by one of another name" $result
kubectl get vpcpeerings -n network base -o json | jq -e '.spec.tunnel.cidr == "10.10.0.0/24" and .spec.sites[1].gateway.plan == "vc2-1c-1gb" and .spec.deletionPolicy == "Delete"' > "$work/answer" 2>&1 && result=0 || result=1
check "defaults are filled in" $result
kubectl get vpcp -n network -o wide > "$work/answer" 2>&1 && grep -q "READY.*SITES.*EDGES.*SERVERS.*DRIFT.*AGE.*REASON.*MESSAGE.*MONTHLY" "$work/answer" && result=0 || result=1
check "the short name and the columns are there" $result
kubectl explain vpcp.spec.sites.vpc.cidr > "$work/answer" 2>&1 && grep -q "Network of the VPC to create" "$work/answer" && result=0 || result=1
check "kubectl explain describes a field" $result

echo "crd: $passed checks passed, $failed failed"
[ $failed = 0 ]
