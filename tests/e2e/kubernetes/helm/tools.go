//go:build tools

// Package helm pins the Helm that the chart's test builds: see ../../packages/chart.sh.
package helm

import _ "helm.sh/helm/v3/cmd/helm"
