{{- define "gatehouse.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimAll "-._" }}
{{- end }}

{{/* The name of all that belongs to the release, and lies in its namespace. A Service's has no dots. */}}
{{- define "gatehouse.fullname" -}}
{{- $name := include "gatehouse.name" . }}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) }}
{{- default $full .Values.fullnameOverride | replace "." "-" | trunc 63 | trimAll "-" }}
{{- end }}

{{/* The name of what lies elsewhere, where releases of other namespaces have theirs. No namespace has a dot, so it is nobody else's. */}}
{{- define "gatehouse.foreignName" -}}
{{- printf "%s.%s" .Release.Namespace (include "gatehouse.fullname" .) }}
{{- end }}

{{/* Of the pods. It can never change in a Deployment, and must not match pods of other components that may come. */}}
{{- define "gatehouse.selector" -}}
app.kubernetes.io/name: {{ include "gatehouse.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: doors
{{- end }}

{{/* Not of the pods: a new version of the chart alone is no reason to roll them. */}}
{{- define "gatehouse.labels" -}}
{{ include "gatehouse.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | replace "+" "_" | trunc 63 | trimAll "-._" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimAll "-._" }}
{{- end }}

{{- define "gatehouse.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "gatehouse.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- required "serviceAccount.name: name the account that is there, or set serviceAccount.create" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "gatehouse.image" -}}
{{- $repository := required "image.repository: name the image that you built; nobody publishes one yet (docs/helm.md)" .Values.image.repository }}
{{- if .Values.image.digest }}
{{- printf "%s@%s" $repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" $repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{/* What Gatehouse reads: config as it is, with what follows from other values. */}}
{{- define "gatehouse.config" -}}
{{- $config := deepCopy .Values.config }}
{{- if .Values.management.tokenSecret }}
{{- if dig "management" "tokenFile" "" $config }}
{{- fail "config.management.tokenFile: management.tokenSecret is there as well; leave one of them out" }}
{{- end }}
{{- $_ := set $config "management" (merge (dict "tokenFile" "/etc/gatehouse/admin/token") (default dict $config.management)) }}
{{- end }}
{{- if dig "discovery" "clusters" list $config }}
{{- if dig "discovery" "cluster" dict $config }}
{{- fail "config.discovery.cluster: config.discovery.clusters is there as well; write all of them there, this one without kubeconfig" }}
{{- end }}
{{- $_ := unset $config.discovery "cluster" }}
{{- end }}
{{- toYaml $config }}
{{- end }}

{{/* This cluster as config has it: whether its drivers are looked for (watched), in all namespaces (all), in which (namespaces). */}}
{{- define "gatehouse.cluster" -}}
{{- $discovery := dig "discovery" dict (include "gatehouse.config" . | fromYaml) }}
{{- $clusters := default list $discovery.clusters }}
{{- if not (kindIs "invalid" $discovery.cluster) }}
{{- $clusters = list $discovery.cluster }}
{{- end }}
{{- $watched := false }}
{{- $all := false }}
{{- $namespaces := list }}
{{- range $clusters }}
{{- if not .kubeconfig }}
{{- $watched = true }}
{{- $all = or $all (not .namespaces) }}
{{- $namespaces = concat $namespaces (default list .namespaces) | uniq }}
{{- end }}
{{- end }}
{{- dict "watched" $watched "all" $all "namespaces" $namespaces | toYaml }}
{{- end }}

{{/*
Changes when a key changes that has to wait for a restart: the sum of config without the keys in files/reloadable. Of x.*, only
whether x is there counts. What is left of a section may be nothing; that is the same as no section.
*/}}
{{- define "gatehouse.restart" -}}
{{- $config := include "gatehouse.config" . | fromYaml }}
{{- range $line := .Files.Lines "files/reloadable" }}
{{- $path := trimSuffix ".*" $line | splitList "." }}
{{- $section := $config }}
{{- range initial $path }}
{{- $section = get $section . | default dict }}
{{- end }}
{{- if not (hasKey $section (last $path)) }}
{{- else if hasSuffix ".*" $line }}
{{- $_ := set $section (last $path) true }}
{{- else }}
{{- $_ := unset $section (last $path) }}
{{- end }}
{{- end }}
{{- range $key, $section := $config }}
{{- if not $section }}
{{- $_ := unset $config $key }}
{{- end }}
{{- end }}
{{- toYaml $config | sha256sum }}
{{- end }}

{{/* Whole seconds of a duration such as 500ms, 30s, 5m or 1h. */}}
{{- define "gatehouse.seconds" -}}
{{- $amount := regexFind "^[0-9]+" . | int }}
{{- if hasSuffix "ms" . }}
{{- div (add $amount 999) 1000 }}
{{- else if hasSuffix "s" . }}
{{- $amount }}
{{- else }}
{{- mul $amount (hasSuffix "m" . | ternary 60 3600) }}
{{- end }}
{{- end }}

{{/* Long enough for the drain, so that nobody's response is cut (docs/restarts.md). */}}
{{- define "gatehouse.gracePeriod" -}}
{{- $delay := dig "drain" "delay" "5s" .Values.config }}
{{- $timeout := dig "drain" "timeout" "30s" .Values.config }}
{{- $least := add (include "gatehouse.seconds" $delay) (include "gatehouse.seconds" $timeout) }}
{{- $period := .Values.terminationGracePeriodSeconds }}
{{- if kindIs "invalid" $period }}
{{- add $least 5 }}
{{- else if lt (int $period) (int $least) }}
{{- printf "terminationGracePeriodSeconds: %d is shorter than config.drain.delay (%s) and timeout (%s); leave it out" (int $period) $delay $timeout | fail }}
{{- else }}
{{- int $period }}
{{- end }}
{{- end }}

{{/* What discovery needs, and nothing else. */}}
{{- define "gatehouse.rules" -}}
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [list, watch]
{{- end }}

{{- define "gatehouse.probe" -}}
httpGet:
  path: {{ .path }}
  port: management
  {{- if dig "management" "tls" false .root.Values.config }}
  scheme: HTTPS
  {{- end }}
{{- end }}
