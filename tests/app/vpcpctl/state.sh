# A state directory as a controller leaves it, made of nothing; sourced by the tests and by the benchmark.
# shellcheck shell=bash

write_peering() { # STATE NAME HEALTH HOP REASON
  local state=$1 name=$2 health=${3:-Up} hop=${4:-} reason=${5:-Verified} ready=True now
  now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  [ "$health" = Up ] || ready=False
  mkdir -p -m 0700 "$state"/{objects,status,secrets,requests}
  printf '1\n' > "$state/format"
  cat > "$state/objects/network.$name.json" <<JSON
{"file": "$name.yaml",
 "object": {"apiVersion": "vpcpeering.dev/v1alpha1", "kind": "VPCPeering",
  "metadata": {"name": "$name", "namespace": "network", "uid": "11111111-2222-4333-8444-$(printf %012d $((RANDOM)))", "generation": 1,
   "finalizers": ["vpcpeering.dev/cleanup"]},
  "spec": {"topology": {"type": "FullMesh"}, "sites": [
   {"name": "amsterdam", "region": "ams", "vpc": {"cidr": "172.16.1.0/24", "description": "VPC-A"}, "gateway": {"label": "Gateway-A"},
    "servers": [{"name": "app-server", "create": {"label": "App-Server"}}]},
   {"name": "bangalore", "region": "blr", "vpc": {"cidr": "172.16.2.0/24", "description": "VPC-B"}, "gateway": {"label": "Gateway-B"},
    "servers": [{"name": "db-server", "create": {"label": "DB-Server", "public": "None"}}]}]}}}
JSON
  cat > "$state/status/network.$name.yaml" <<YAML
apiVersion: vpcpeering.dev/v1alpha1
kind: VPCPeering
metadata: {name: $name, namespace: network, generation: 1}
status:
  observedGeneration: 1
  conditions:
$(for condition in Accepted:True NetworksReady:True GatewaysReady:True "TunnelsUp:$ready" ServersRouted:True HostIdentityChanged:False "Ready:$ready"; do
    cat <<CONDITION
    - type: ${condition%:*}
      status: "${condition#*:}"
      reason: $([ "${condition#*:}" = "$ready" ] && echo "$reason" || echo "${condition%:*}")
      message: "${condition%:*} of $name"
      observedGeneration: 1
      lastTransitionTime: "$now"
CONDITION
  done)
  totals:
    sites: 2
    edges: 1/1
    servers: 2/2
    lastDrift: "2026-11-22T21:50:00Z"
  sites:
    - name: amsterdam
      vpcID: 6d8d1d1e-4a5c-4a4f-9a5e-0d8d2c1b7a10
      gateways:
        - instanceID: 7938953e-a1de-47ea-ad0d-e6a4fb30d8ce
          publicIP: 192.0.2.10
          vpcIP: 172.16.1.3
          tunnelIP: 10.10.0.1
          publicKey: "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="
          hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFhY"
      servers: {total: 1, routed: 1}
    - name: bangalore
      vpcID: 0d8d2c1b-4a5c-4a4f-9a5e-6d8d1d1e7a10
      gateways:
        - instanceID: 1ee74d88-c6c8-450d-bdb2-4fc98d09c6ff
          publicIP: 192.0.2.11
          vpcIP: 172.16.2.3
          tunnelIP: 10.10.0.2
          publicKey: "TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0="
          hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFhZ"
      servers: {total: 1, routed: 1}
  edges:
    - from: amsterdam
      to: bangalore
      health: $health
      hop: "$hop"
      reason: $reason
      since: "$now"
      lastHandshake: "$now"
      rttMillis: 145.25
      lossPercent: 0
      rxBytes: 123456
      txBytes: 654321
  drift:
    - what: ServerRouteMissing
      where: bangalore/db-server
      expected: a route to every other site through the gateway
      detail: no route to 172.16.1.0/24
      detectedAt: "2026-11-22T21:50:00Z"
      repairedAt: "2026-11-22T21:50:07Z"
  monthlyCostUSD: 20
...
YAML
}
