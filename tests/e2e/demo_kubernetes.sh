#!/bin/bash
# The demo, told on a Kubernetes node: demo_kubernetes.sh
exec "$(dirname "$(readlink -f "$0")")/../../deploy/lab/demo.sh" --kubernetes
