#!/bin/bash
# Makes the PrometheusRule of deploy/kubernetes/components/prometheusrule from alerts.yaml; with --check only says whether it is current.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
rule=$here/../kubernetes/components/prometheusrule/prometheus-rule.yaml
rendered() {
  cat <<HEAD
# Made by deploy/monitoring/render.sh from alerts.yaml: change that, not this.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: vpc-peering-controller
  namespace: vpcp-system
spec:
HEAD
  sed -n '/^groups:/,$p' "$here/alerts.yaml" | sed 's/^\(.\)/  \1/'
}
if [ "${1:-}" = --check ]; then
  diff <(rendered) "$rule" > /dev/null || { echo "$(basename "$rule") is not current: run deploy/monitoring/render.sh" >&2; exit 1; }
else
  rendered > "$rule"
fi
