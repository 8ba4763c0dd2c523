#!/bin/bash
# The Helm chart installs what the kustomize base does, object by object, in both scopes, and by its values what each component adds; helm
# finds nothing to say against it, and values that make no sense are refused. No API server is needed.
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

differs() { ! "$here/same_objects.py" "$@"; }
has() { # FILE TEXT…
  local text
  for text in "${@:2}"; do grep -qF -- "$text" "$1" || { echo "no $text"; return 1; }; done
}

pods_are_part_of_the_controller() { # FILE
  python3 -c 'import sys, yaml
pods = [d["spec"]["template"] for d in yaml.safe_load_all(open(sys.argv[1])) if d and d["kind"] == "Deployment"]
assert pods and all(p["metadata"]["labels"].get("app.kubernetes.io/part-of") == "vpc-peering-controller" for p in pods), pods' "$1"
}

check "helm lint" "$helm" lint --strict "$chart"
render --include-crds > "$work/chart.yaml"
"$kubectl" kustomize "$root/deploy/kubernetes/base" > "$work/base.yaml"
check "what it installs is what the kustomize base is" "$here/same_objects.py" "$work/chart.yaml" "$work/base.yaml"
render --set scope=namespace > "$work/chart.yaml"
"$kubectl" kustomize "$root/deploy/kubernetes/overlays/namespaced" > "$work/base.yaml"
check "and for one namespace only, what that overlay is" "$here/same_objects.py" "$work/chart.yaml" "$work/base.yaml"
sed 's/replicas: 2/replicas: 3/' "$work/chart.yaml" > "$work/other.yaml"
check "a difference would show" differs "$work/other.yaml" "$work/base.yaml"

# Each component over the base, and the values that do the same; a new folder needs a line.
annotation='podAnnotations.prometheus\.io'
declare -A values=(
  [podmonitor]="--set podMonitor.enabled=true"
  [prometheusrule]="--set prometheusRule.enabled=true"
  [scrape-annotations]="--set-string $annotation/scrape=true,$annotation/port=9090,$annotation/path=/metrics"
  [servicemonitor]="--set serviceMonitor.enabled=true"
)
mkdir "$work/over"
from_here() { realpath --relative-to="$work/over" "$root/deploy/kubernetes/$1"; } # kustomize takes components by relative paths only
for folder in "$root"/deploy/kubernetes/components/*/; do
  component=$(basename "$folder")
  [ -n "${values[$component]:-}" ] || { echo "FAILED  $component: say in chart.sh by which values the chart has it"; failed=$((failed + 1)); continue; }
  printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [%s]\ncomponents: [%s]\n' \
    "$(from_here base)" "$(from_here "components/$component")" > "$work/over/kustomization.yaml"
  "$kubectl" kustomize "$work/over" > "$work/base.yaml"
  read -ra arguments <<< "${values[$component]}"
  render --include-crds "${arguments[@]}" > "$work/$component.yaml"
  check "with $component, what that component adds" "$here/same_objects.py" "$work/$component.yaml" "$work/base.yaml"
done

render --set podMonitor.enabled=true --set fullnameOverride=second --set 'extraArgs={--workers=8}' --set networkPolicy.sshPorts='{22,2222}' \
  --set podMonitor.labels.release=stack --set podMonitor.interval=5s --set prometheusRule.enabled=true --set prometheusRule.labels.role=alerts > "$work/chart.yaml"
check "values take effect" has "$work/chart.yaml" "kind: PodMonitor" "name: second" "lease-name=second" "workers=8" "port: 2222" "release: stack" \
  "interval: 5s" "role: alerts"
check "the alerts know a job of any name" has "$work/chart.yaml" "{targetLabel: job, replacement: vpc-peering-controller/second}"
check "selectors choose the pods" "$here/rendered.py" fits "$work/chart.yaml"
render --set serviceMonitor.enabled=true --set nameOverride=other > "$work/chart.yaml"
check "and the Service" "$here/rendered.py" fits "$work/chart.yaml"
"$kubectl" kustomize "$root/deploy/kubernetes/base" > "$work/base.yaml"
for installed in chart base; do
  check "vpcpctl support-bundle finds the pods of the $installed, whatever their name" pods_are_part_of_the_controller "$work/$installed.yaml"
done
render --set prometheusRule.enabled=true > "$work/folder.yaml"
"$helm" package "$chart" --destination "$work/packed" > "$work/said" 2>&1 || cat "$work/said"
chart=$(echo "$work"/packed/*.tgz) render --set prometheusRule.enabled=true > "$work/chart.yaml"
check "packed, it declares the same" diff "$work/folder.yaml" "$work/chart.yaml"
check "refused: a value that is not there" refused "additional properties 'replicaz' not allowed" --set replicaz=3
check "refused: an unknown scope" refused "scope" --set scope=everything
check "refused: no replica" refused "replicas" --set replicas=0
check "refused: two ways to scrape" refused "enable one of them" --set podMonitor.enabled=true --set serviceMonitor.enabled=true
check "refused: an interval without unit" refused "interval" --set-string serviceMonitor.interval=30
[ $failed = 0 ]
