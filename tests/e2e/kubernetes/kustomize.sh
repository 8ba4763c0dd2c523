#!/bin/bash
# Every overlay, and every component over the base, renders to what fits together: selectors choose what they mean, ports exist, only what it is
# about differs from the base, and a real API server accepts it. What is in the folders is tested, whether it is named here or not.
# Run by with_apiserver.sh: kustomize.sh BIN
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../../..")
deploy=$root/deploy/kubernetes
work=$KUBE_DIR/kustomize
mkdir -p "$work"
failed=0
check() { # TEXT COMMAND…
  if "${@:2}" > "$work/said" 2>&1; then echo "ok      $1"; else
    failed=$((failed + 1))
    echo "FAILED  $1"
    cat "$work/said"
  fi
}

# What each changes, as rendered.py says it; a new folder needs a line.
declare -A differs=(
  [overlays/lab]="~ Deployment vpcp-system/vpc-peering-controller
~ NetworkPolicy vpcp-system/vpc-peering-controller"
  [overlays/namespaced]="+ Role vpcp-system/vpc-peering-controller
+ RoleBinding vpcp-system/vpc-peering-controller
- ClusterRole /vpc-peering-controller
- ClusterRoleBinding /vpc-peering-controller
- CustomResourceDefinition /vpcpeerings.vpcpeering.dev
~ Deployment vpcp-system/vpc-peering-controller"
  [components/podmonitor]="+ PodMonitor vpcp-system/vpc-peering-controller"
  [components/prometheusrule]="+ PrometheusRule vpcp-system/vpc-peering-controller"
  [components/scrape-annotations]="~ Deployment vpcp-system/vpc-peering-controller"
  [components/servicemonitor]="+ Service vpcp-system/vpc-peering-controller
+ ServiceMonitor vpcp-system/vpc-peering-controller"
)

over_base() { # COMPONENT: a kustomization of the base with it; kustomize takes components by relative paths only
  mkdir -p "$work/over/$1"
  printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [%s]\ncomponents: [%s]\n' \
    "$(realpath --relative-to="$work/over/$1" "$deploy/base")" "$(realpath --relative-to="$work/over/$1" "$deploy/$1")" > "$work/over/$1/kustomization.yaml"
  echo "$work/over/$1"
}
render() { # OVERLAY-OR-COMPONENT
  local folder=$deploy/$1
  [[ $1 != components/* ]] || folder=$(over_base "$1")
  kubectl kustomize "$folder"
}
# The Prometheus operator's kinds are not known to this API server.
accepted() { # FILE
  "$here/rendered.py" without-monitoring "$1" | kubectl apply --dry-run=server --validate=strict -f -
}

kubectl apply -f "$deploy/install.yaml" > /dev/null 2>&1
kubectl kustomize "$deploy/base" > "$work/base.yaml"
check "base: what it names is there" "$here/rendered.py" fits "$work/base.yaml"
folders=$(cd "$deploy" && find overlays components -mindepth 1 -maxdepth 1 -type d | sort)
[ -n "$folders" ]
for folder in $folders; do
  out=$work/${folder/\//-}.yaml
  render "$folder" > "$out" || { failed=$((failed + 1)); echo "FAILED  $folder does not render"; continue; }
  check "$folder: it differs from the base where it means to" diff <(echo "${differs[$folder]-a new folder: say in kustomize.sh what it changes}") <("$here/rendered.py" differences "$work/base.yaml" "$out")
  check "$folder: what it names is there" "$here/rendered.py" fits "$out"
  check "$folder: an API server accepts it" accepted "$out"
done
sed 's/app.kubernetes.io\/component: controller/app.kubernetes.io\/component: other/' "$work/components-podmonitor.yaml" |
  sed '/kind: PodMonitor/,$ s/component: other/component: controller/' > "$work/wrong.yaml"
check "a selector that chooses nothing would show" bash -c '! "$0" fits "$1"' "$here/rendered.py" "$work/wrong.yaml"
[ $failed = 0 ]
