{{/*
Contradictions in how the manager is watched: the render fails with a sentence that names the value and the way out.

  podrunner.checks.metrics  Service, monitors and alerts
  podrunner.checks.listen   whether those who ask from outside get an answer
*/}}

{{- define "podrunner.checks.metrics" -}}
{{- $metrics := .Values.metrics -}}
{{- if not (include "podrunner.metrics.port" .) -}}
  {{- range $part := list "service" "podMonitor" "serviceMonitor" "prometheusRule" "dashboard" -}}
    {{- if (get $metrics $part).enabled -}}
      {{- fail (printf "\n\nmetrics.%s.enabled is true, but config.listen_address is empty: the manager exposes no metrics.\nSet config.listen_address to \":9252\", or metrics.%s.enabled to false.\n" $part $part) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- include "podrunner.checks.listen" . -}}
{{- if and $metrics.podMonitor.enabled $metrics.serviceMonitor.enabled -}}
  {{- fail "\n\nmetrics.podMonitor.enabled and metrics.serviceMonitor.enabled are both true: Prometheus would count every manager twice.\nSet metrics.serviceMonitor.enabled to false, unless your Prometheus does not read PodMonitors.\n" -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.checks.listen" -}}
{{- $address := .Values.config.listen_address | default "" -}}
{{- if regexMatch "^([^:]*|\\[.*\\]):[A-Za-z0-9-]*[A-Za-z][A-Za-z0-9-]*$" $address -}}
  {{- fail (printf "\n\nconfig.listen_address is %s: GitLab Runner knows the ports of some services by name, but probes, Services and policies need the number.\nWrite it, for example \":80\" for \":http\".\n" $address) -}}
{{- end -}}
{{- if regexMatch "^(localhost|127[.0-9]+|\\[::1\\])(:|$)" $address -}}
  {{- range $section, $parts := dict "manager.probes" .Values.manager.probes "metrics" .Values.metrics -}}
    {{- range $name, $part := $parts -}}
      {{- if $part.enabled -}}
        {{- fail (printf "\n\nconfig.listen_address is %s, which is reachable only within the container, but %s.%s.enabled is true and connects from outside.\nSet config.listen_address to \":%s\", or %s.%s.enabled to false.\n" $address $section $name (include "podrunner.metrics.port" $) $section $name) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}
