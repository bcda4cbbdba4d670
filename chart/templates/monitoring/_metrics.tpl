{{/*
How the manager is watched.

  podrunner.metrics.port      the port of metrics and health, as GitLab Runner reads it; empty when there is none
  podrunner.metrics.name      name of an object for the Prometheus operator
  podrunner.metrics.monitor   what PodMonitor and ServiceMonitor have in common: whom they look for
  podrunner.metrics.endpoint  what they have in common of the endpoint
  podrunner.metrics.series    the labels of this release's series
  podrunner.metrics.alerts    the alerts as YAML, by their names in the values
  podrunner.metrics.service   the Service, before its patch
*/}}

{{- define "podrunner.metrics.port" -}}
{{- with .Values.config.listen_address -}}
{{- regexFind ":[0-9]+$" . | trimPrefix ":" | default "9252" -}}
{{- end -}}
{{- end -}}

{{/*
Monitors of several releases may be in one namespace: releases with the same name must not share an object there.
usage: include "podrunner.metrics.name" (list $ .Values.metrics.podMonitor)
*/}}
{{- define "podrunner.metrics.name" -}}
{{- $release := (index . 0).Release -}}
{{- if ne ((index . 1).namespace | default $release.Namespace) $release.Namespace }}{{ $release.Namespace }}-{{ end -}}
{{- include "podrunner.fullname" (index . 0) -}}
{{- end -}}

{{/* Without the version: an upgrade would lose its targets. */}}
{{- define "podrunner.metrics.monitor" -}}
selector:
  matchLabels:
    {{- include "podrunner.manager.selector" . | nindent 4 }}
# The manager's namespace, whatever the monitor's is.
namespaceSelector:
  matchNames: [{{ .Release.Namespace | quote }}]
{{- end -}}

{{- define "podrunner.metrics.endpoint" -}}
- port: metrics
  path: /metrics
  {{- with .interval }}
  interval: {{ . | quote }}
  {{- end }}
  {{- with .scrapeTimeout }}
  scrapeTimeout: {{ . | quote }}
  {{- end }}
  {{- with .relabelings }}
  relabelings:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .metricRelabelings }}
  metricRelabelings:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* Pods of a StatefulSet (-0) or Deployment (-hash-suffix), but not those of a release whose name begins the same. */}}
{{- define "podrunner.metrics.series" -}}
namespace={{ .Release.Namespace | quote }},pod=~"{{ include "podrunner.fullname" . }}-([0-9]+|[a-z0-9]+-[a-z0-9]{5})"
{{- end -}}

{{- define "podrunner.metrics.alerts" -}}
{{- .Files.Get "files/alerts.yaml" | replace "<series>" (include "podrunner.metrics.series" .) | replace "<release>" .Release.Name | replace "<namespace>" .Release.Namespace -}}
{{- end -}}

{{- define "podrunner.metrics.service" -}}
{{- $service := .Values.metrics.service -}}
metadata:
  name: {{ include "podrunner.fullname" . }}-metrics
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "podrunner.labels.manager" (list . $service.labels) | nindent 4 }}
  {{- include "podrunner.annotations" (list . $service.annotations) }}
spec:
  type: ClusterIP
  selector:
    {{- include "podrunner.manager.selector" . | nindent 4 }}
  ports:
    - name: metrics
      port: {{ include "podrunner.metrics.port" . }}
      targetPort: metrics
      appProtocol: http
{{- end -}}
