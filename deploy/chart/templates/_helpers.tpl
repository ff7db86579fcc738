{{/* Names and labels that several objects share. */}}
{{- define "sluice.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "sluice.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains (include "sluice.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "sluice.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "sluice.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "sluice.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "sluice.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "sluice.selectorLabels" -}}
app.kubernetes.io/name: {{ include "sluice.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "sluice.labels" -}}
{{ include "sluice.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: sluice
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "sluice.image" -}}
{{- with .Values.controller.image -}}
{{- $path := ternary .repository (printf "%s/%s" .registry .repository) (empty .registry) -}}
{{- printf "%s:%s" $path (default $.Chart.AppVersion .tag) -}}
{{- end -}}
{{- end -}}

{{/* The subject of every binding. */}}
{{- define "sluice.subjects" -}}
- kind: ServiceAccount
  name: {{ include "sluice.serviceAccount" . }}
  namespace: {{ include "sluice.namespace" . }}
{{- end -}}

{{/* Rules of the controllers for kinds in namespaces, with those of the routers that are not switched off. */}}
{{- define "sluice.namespacedRules" -}}
{{- $parts := .Files.Get "files/rules.yaml" | fromYaml -}}
{{- $rules := $parts.namespaced -}}
{{- if .Values.providerRBAC.enabled -}}
{{- range $id, $of := $parts.providers -}}
{{- if ne (toString (get $.Values.providerRBAC.providers $id)) "false" -}}
{{- $rules = concat $rules $of -}}
{{- end -}}
{{- end -}}
{{- $rules = concat $rules .Values.providerRBAC.additionalRules -}}
{{- end -}}
{{- toYaml $rules -}}
{{- end -}}
