{{/*
Names, labels and image references.

  podrunner.fullname               prefix of every object's name
  podrunner.labels                 recommended labels
  podrunner.selector               the part of them that never changes
  podrunner.manager.serviceAccount name of the manager's service account
  podrunner.jobs.namespace         namespace of the job pods unless a runner says otherwise
  podrunner.jobs.serviceAccount    name of the job pods' service account
  podrunner.image                  reference of an image from registry, repository, tag and digest
*/}}

{{/* 40 characters leave room for "-<runner>-podman-build" and for what controllers append, within 63. */}}
{{- define "podrunner.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" (.Release.Name | trunc 30 | trimSuffix "-") .Chart.Name -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "podrunner.labels" -}}
{{ include "podrunner.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: gitlab-runner
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "podrunner.manager.serviceAccount" -}}
{{- $account := .Values.manager.serviceAccount -}}
{{- if $account.create -}}
{{- $account.name | default (printf "%s-manager" (include "podrunner.fullname" .)) -}}
{{- else -}}
{{- $account.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.jobs.namespace" -}}
{{- .Values.jobs.namespace | default .Release.Namespace -}}
{{- end -}}

{{- define "podrunner.jobs.serviceAccount" -}}
{{- $account := .Values.jobs.serviceAccount -}}
{{- if $account.create -}}
{{- $account.name | default (printf "%s-jobs" (include "podrunner.fullname" .)) -}}
{{- else -}}
{{- $account.name -}}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.image" (dict "image" .Values.image "tag" "the tag when none is set") */}}
{{- define "podrunner.image" -}}
{{- $repository := .image.repository -}}
{{- with .image.registry }}{{ $repository = printf "%s/%s" . $repository }}{{ end -}}
{{- if .image.digest -}}
{{ $repository }}@{{ .image.digest }}
{{- else -}}
{{ $repository }}:{{ .image.tag | default .tag }}
{{- end -}}
{{- end -}}
