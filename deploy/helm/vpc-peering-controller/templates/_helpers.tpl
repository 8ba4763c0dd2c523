{{- define "vpcp.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "vpcp.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "vpcp.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "vpcp.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "vpcp.serviceAccount" -}}
{{- default (include "vpcp.fullname" .) .Values.serviceAccount.name }}
{{- end }}

{{- define "vpcp.labels" -}}
app.kubernetes.io/name: {{ include "vpcp.name" . }}
app.kubernetes.io/part-of: vpc-peering-controller
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "vpcp.selector" -}}
app.kubernetes.io/component: controller
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* How Prometheus scrapes a pod. The alerts know the controller by "vpc-peering-controller" in the name of the job. */}}
{{- define "vpcp.endpoint" -}}
port: metrics
honorLabels: true # "namespace" is that of the peering, not of the pod
{{- if not (contains "vpc-peering-controller" (include "vpcp.fullname" .)) }}
relabelings:
- {targetLabel: job, replacement: vpc-peering-controller/{{ include "vpcp.fullname" . }}}
{{- end }}
{{- end }}

{{/* What it may do with objects and Secrets: in the cluster, or in one namespace. */}}
{{- define "vpcp.rules" -}}
- apiGroups: [vpcpeering.dev]
  resources: [vpcpeerings]
  verbs: [get, list, watch, patch] # patch: its finalizer
- apiGroups: [vpcpeering.dev]
  resources: [vpcpeerings/status]
  verbs: [patch]
- apiGroups: [vpcpeering.dev]
  resources: [vpcpeerings/finalizers]
  verbs: [update] # to own Secrets with blockOwnerDeletion, where the admission plugin asks for it
# Reads Secrets that objects refer to, one by one, by name (list and watch with a field selector); writes those it makes.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end }}
