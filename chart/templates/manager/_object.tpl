{{/*
The object that runs the manager, and how others find its pods. usage of each: include … $

  podrunner.manager.kind            Deployment or StatefulSet
  podrunner.manager.metadata        metadata of it
  podrunner.manager.replicas        replicas, unless something else decides on them
  podrunner.manager.selector        labels by which the manager's pods are found
  podrunner.manager.serviceAccount  name of the manager's service account
*/}}

{{- define "podrunner.manager.kind" -}}
{{- ternary "StatefulSet" "Deployment" .Values.manager.stableIdentity -}}
{{- end -}}

{{- define "podrunner.manager.metadata" }}
  name: {{ include "podrunner.fullname" . | quote }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "podrunner.labels.manager" (list . .Values.manager.labels) | nindent 4 }}
  {{- include "podrunner.annotations" (list . .Values.manager.annotations) }}
{{- end -}}

{{- define "podrunner.manager.replicas" -}}
{{- if not (or .Values.manager.autoscaling.enabled (kindIs "invalid" .Values.manager.replicas)) -}}
replicas: {{ .Values.manager.replicas }}
{{- end -}}
{{- end -}}

{{- define "podrunner.manager.selector" -}}
{{ include "podrunner.selector" . }}
app.kubernetes.io/component: manager
{{- end -}}

{{- define "podrunner.manager.serviceAccount" -}}
{{- $account := .Values.manager.serviceAccount -}}
{{- if $account.create -}}
{{- $account.name | default (printf "%s-manager" (include "podrunner.fullname" .)) -}}
{{- else -}}
{{- $account.name | default "default" -}}
{{- end -}}
{{- end -}}
