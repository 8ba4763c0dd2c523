#!/bin/bash
# Metrics, alerts and dashboard, checked with Prometheus' own programs: tests/monitoring/run.sh PAGE_STAGE
# The stage plays a controller at work; a real Prometheus scrapes it, on loopback.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$here/../..
stage=$1
work=$(mktemp -d /tmp/vpcp-monitoring.XXXXXX)

finish() {
  local status=$?
  trap - EXIT
  exec {orders}>&- 2> /dev/null || true
  [ -z "${prometheus_pid:-}" ] || kill "$prometheus_pid" 2> /dev/null || true
  wait
  rm -rf "$work"
  exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

echo "== alert rules"
promtool check rules "$root/deploy/monitoring/alerts.yaml"
promtool test rules "$here/alerts_test.yaml"
"$root/deploy/monitoring/render.sh" --check
"$here/files.py"

echo "== /metrics"
mkfifo "$work/orders"
"$stage" healthy < "$work/orders" > "$work/stage.log" &
exec {orders}> "$work/orders"
until url=$(grep -m1 '^http://' "$work/stage.log"); do
  kill -0 $! || { echo "the stage does not start"; exit 1; }
  sleep 0.05
done
curl -sf "$url/metrics" > "$work/metrics"
promtool check metrics < "$work/metrics"
for name in $(grep -o '^| `vpcp_[a-z_]*`' "$root/docs/metrics.md" | tr -d '|` '); do
  grep -q "^# HELP $name " "$work/metrics" || { echo "$name is not served"; exit 1; }
done

echo "== a real Prometheus"
"$root/deploy/monitoring/prometheus.sh" "${url#http://}" 127.0.0.1:0 "$work" &
prometheus_pid=$!
until address=$(sed -n 's/^prometheus: listening on //p' "$work/prometheus.log" 2> /dev/null) && curl -sf -o "$work/ready" "http://$address/-/ready"; do
  kill -0 $prometheus_pid || { tail -n 5 "$work/prometheus.log"; exit 1; }
  sleep 0.1
done
"$here/queries.py" "http://$address" 30

echo "== a scrape of 1000 peerings"
echo "peerings 1000" >&"$orders"
until grep -q '^done' "$work/stage.log"; do sleep 0.05; done
for _ in 1 2 3; do
  curl -sf -o "$work/metrics" -w '%{time_total} s, %{size_download} bytes\n' "$url/metrics"
  sleep 1  # the server gives the same text again for a while
done
promtool check metrics < "$work/metrics"
