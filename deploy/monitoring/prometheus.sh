#!/bin/bash
# A Prometheus that scrapes one controller, with our alert rules: deploy/monitoring/prometheus.sh TARGET LISTEN FOLDER
# LISTEN may end in ":0" for a free port. Everything it writes stays in FOLDER; prometheus.log there says
# "prometheus: listening on ADDRESS", a moment before it does: ask ADDRESS/-/ready. Runs until it is ended.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
target=$1 listen=$2 folder=$3
if [ "${listen##*:}" = 0 ]; then
  listen=${listen%:*}:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
fi
cat > "$folder/prometheus.yml" <<YAML
global: {scrape_interval: 2s, evaluation_interval: 2s}
rule_files: ["$here/alerts.yaml"]
scrape_configs:
- job_name: vpc-peering-controller
  honor_labels: true
  static_configs: [{targets: ["$target"]}]
YAML
echo "prometheus: listening on $listen" > "$folder/prometheus.log"
exec prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/prometheus-data" --storage.tsdb.retention.time=1d \
  --web.listen-address="$listen" --log.level=warn >> "$folder/prometheus.log" 2>&1
