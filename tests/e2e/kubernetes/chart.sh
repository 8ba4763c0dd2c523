#!/bin/bash
# The Helm chart installs what the kustomize base does, object by object, in both scopes; helm finds nothing to say against it, and
# values that make no sense are refused. No API server is needed.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../../..")
helm=$("$here/helm.sh" --where)
kubectl=$("$here/assets.sh" --where)/kubectl
chart=$root/deploy/helm/vpc-peering-controller
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HELM_CACHE_HOME=$work/cache HELM_CONFIG_HOME=$work/config HELM_DATA_HOME=$work/data KUBECONFIG=/dev/null
failed=0
check() { # TEXT COMMAND…
  if "${@:2}" > "$work/said" 2>&1; then echo "ok      $1"; else
    failed=$((failed + 1))
    echo "FAILED  $1"
    cat "$work/said"
  fi
}
render() { "$helm" template vpc-peering-controller "$chart" --namespace vpcp-system "$@" 2> "$work/errors" || { cat "$work/errors" >&2; return 1; }; }
refused() { # EXPECTED-TEXT --set…
  local said
  said=$("$helm" template vpc-peering-controller "$chart" "${@:2}" 2>&1 > /dev/null) && return 1
  [[ $said == *"$1"* ]] || { echo "$said"; return 1; }
}

check "helm lint" "$helm" lint --strict "$chart"
render --include-crds > "$work/chart.yaml"
"$kubectl" kustomize "$root/deploy/kubernetes/base" > "$work/base.yaml"
check "what it installs is what the kustomize base is" "$here/same_objects.py" "$work/chart.yaml" "$work/base.yaml"
render --set scope=namespace > "$work/chart.yaml"
"$kubectl" kustomize "$root/deploy/kubernetes/overlays/namespaced" > "$work/base.yaml"
check "and for one namespace only, what that overlay is" "$here/same_objects.py" "$work/chart.yaml" "$work/base.yaml"
sed 's/replicas: 2/replicas: 3/' "$work/chart.yaml" > "$work/other.yaml"
check "a difference would show" bash -c '! "$0" "$@"' "$here/same_objects.py" "$work/other.yaml" "$work/base.yaml"
render --set podMonitor.enabled=true --set fullnameOverride=second --set 'extraArgs={--workers=8}' --set networkPolicy.sshPorts='{22,2222}' > "$work/chart.yaml"
check "values take effect" bash -c 'for text in "kind: PodMonitor" "name: second" "lease-name=second" "workers=8" "port: 2222"; do grep -q -- "$text" "$0" || { echo "no $text"; exit 1; }; done' "$work/chart.yaml"
check "refused: a value that is not there" refused "additional properties 'replicaz' not allowed" --set replicaz=3
check "refused: an unknown scope" refused "scope" --set scope=everything
check "refused: no replica" refused "replicas" --set replicas=0
[ $failed = 0 ]
