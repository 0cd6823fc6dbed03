{{- define "gatehouse.name" -}}
{{- .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "gatehouse.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "gatehouse.selector" -}}
app.kubernetes.io/name: {{ include "gatehouse.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "gatehouse.labels" -}}
{{ include "gatehouse.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "gatehouse.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "gatehouse.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- required "serviceAccount.name: name the account that is there, or set serviceAccount.create" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{/* What Gatehouse reads: what config says, with the chart's own addresses, ports and namespaces. */}}
{{- define "gatehouse.config" -}}
{{- $config := deepCopy .Values.config }}
{{- $ui := merge (dict "address" "0.0.0.0" "port" (int .Values.service.port)) (default dict $config.ui) }}
{{- $management := merge (dict "address" "0.0.0.0" "port" (int .Values.management.port)) (default dict $config.management) }}
{{- if .Values.management.tokenSecret }}
{{- $_ := set $management "tokenFile" "/etc/gatehouse-token/token" }}
{{- end }}
{{- $discovery := default dict $config.discovery }}
{{- if .Values.discovery.enabled }}
{{- $_ := set $discovery "cluster" (merge (dict "namespaces" .Values.discovery.namespaces) (default dict $discovery.cluster)) }}
{{- end }}
{{- toYaml (merge (dict "ui" $ui "management" $management "discovery" $discovery) $config) }}
{{- end }}

{{/* Changes when a key changes that has to wait for a restart. */}}
{{- define "gatehouse.restart" -}}
{{- omit (include "gatehouse.config" . | fromYaml) "discovery" "logging" "overload" | toYaml | sha256sum }}
{{- end }}

{{- define "gatehouse.rules" -}}
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [list, watch]
{{- end }}
