{{/*
How the manager is watched.

  podrunner.metrics.port      the port of metrics and health, as GitLab Runner reads it; empty when there is none
  podrunner.metrics.name      name of an object for the Prometheus operator
  podrunner.metrics.monitor   what PodMonitor and ServiceMonitor have in common: whom they look for
  podrunner.metrics.endpoint  what they have in common of the endpoint
  podrunner.metrics.series    the labels of this release's series
  podrunner.metrics.alerts    the alerts as YAML, by their names in the values
*/}}

{{- define "podrunner.metrics.port" -}}
{{- with .Values.config.listen_address -}}
{{- regexFind ":[0-9]+$" . | trimPrefix ":" | default "9252" -}}
{{- end -}}
{{- end -}}

{{/*
In a namespace that several releases share for it, releases of one name in two namespaces must not share an object.
usage: include "podrunner.metrics.name" (list $ .Values.metrics.podMonitor)
*/}}
{{- define "podrunner.metrics.name" -}}
{{- $release := (index . 0).Release -}}
{{- if ne ((index . 1).namespace | default $release.Namespace) $release.Namespace }}{{ $release.Namespace }}-{{ end -}}
{{- include "podrunner.fullname" (index . 0) -}}
{{- end -}}

{{/* No version among the labels: an upgrade would lose its targets. */}}
{{- define "podrunner.metrics.monitor" -}}
selector:
  matchLabels:
    {{- include "podrunner.manager.selector" . | nindent 4 }}
# The manager's, wherever the monitor stands.
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

{{/* The pods of a StatefulSet (-0) or Deployment (-hash-suffix), and not those of a release whose name begins alike. */}}
{{- define "podrunner.metrics.series" -}}
namespace={{ .Release.Namespace | quote }},pod=~"{{ include "podrunner.fullname" . }}-([0-9]+|[a-z0-9]+-[a-z0-9]{5})"
{{- end -}}

{{- define "podrunner.metrics.alerts" -}}
{{- .Files.Get "files/alerts.yaml" | replace "<series>" (include "podrunner.metrics.series" .) | replace "<release>" .Release.Name | replace "<namespace>" .Release.Namespace -}}
{{- end -}}
