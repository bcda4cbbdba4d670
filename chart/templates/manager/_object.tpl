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

{{/*
An upgrade that no longer says replicas would not leave it alone: Helm removes the field, and Kubernetes puts 1 there at once. So
the number that there is goes on, until the autoscaler changes it.
*/}}
{{- define "podrunner.manager.replicas" -}}
{{- $manager := .Values.manager -}}
{{- if $manager.autoscaling.enabled -}}
  {{- with lookup "apps/v1" (include "podrunner.manager.kind" .) .Release.Namespace (include "podrunner.fullname" .) -}}
replicas: {{ max (int .spec.replicas) (int $manager.autoscaling.minReplicas) }}
  {{- end -}}
{{- else if not (kindIs "invalid" $manager.replicas) -}}
replicas: {{ $manager.replicas }}
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
