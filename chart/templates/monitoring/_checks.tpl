{{/*
Contradictions in how the manager is watched and reached: the render fails with a sentence that names the value and the
way out.

  podrunner.checks.metrics   Service, monitors and alerts
  podrunner.checks.listen    whether those who ask from outside get an answer
  podrunner.checks.session   the session server, and its Service
*/}}
{{- define "podrunner.checks.metrics" -}}
{{- $metrics := .Values.metrics -}}
{{- if not (include "podrunner.metrics.port" .) -}}
  {{- range $part := list "service" "podMonitor" "serviceMonitor" "prometheusRule" -}}
    {{- if (get $metrics $part).enabled -}}
      {{- fail (printf "\n\nmetrics.%s.enabled is true, but config.listen_address is empty: the manager gives no metrics.\nSet config.listen_address to \":9252\", or metrics.%s.enabled to false.\n" $part $part) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- include "podrunner.checks.listen" . -}}
{{- if and $metrics.podMonitor.enabled $metrics.serviceMonitor.enabled -}}
  {{- fail "\n\nmetrics.podMonitor.enabled and metrics.serviceMonitor.enabled are both true: Prometheus would count every manager twice.\nSet metrics.serviceMonitor.enabled to false, unless your Prometheus does not look for PodMonitors.\n" -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.checks.listen" -}}
{{- $address := .Values.config.listen_address | default "" -}}
{{- if regexMatch "^(localhost|127[.0-9]+|\\[::1\\])(:|$)" $address -}}
  {{- range $section, $parts := dict "manager.probes" .Values.manager.probes "metrics" .Values.metrics -}}
    {{- range $name, $part := $parts -}}
      {{- if $part.enabled -}}
        {{- fail (printf "\n\nconfig.listen_address is %s, which answers within the container only, but %s.%s.enabled is true and asks from outside.\nSet config.listen_address to \":%s\", or %s.%s.enabled to false.\n" $address $section $name (include "podrunner.metrics.port" $) $section $name) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.checks.session" -}}
{{- $session := .Values.sessionServer -}}
{{- $service := $session.service -}}
{{- if $session.enabled -}}
  {{- range $key, $_ := .Values.config.session_server -}}
    {{- fail (printf "\n\nsessionServer.enabled is true, and config.session_server.%s is set too: one of them would be lost.\nRemove config.session_server: sessionServer.port, .address and .timeout set its keys.\n" $key) -}}
  {{- end -}}
  {{- if gt (int .Values.manager.replicas) 1 -}}
    {{- fail (printf "\n\nsessionServer.enabled is true and manager.replicas is %d: GitLab would reach any of the managers, but only one of them runs the job.\nSet manager.replicas to 1 and config.concurrent higher, or install a release for each manager.\n" (int .Values.manager.replicas)) -}}
  {{- end -}}
  {{- if eq (toString $session.port) (include "podrunner.metrics.port" .) -}}
    {{- fail (printf "\n\nsessionServer.port and config.listen_address are the same port, %s: the manager cannot use it for both.\nSet sessionServer.port to another one, for example 8093.\n" (toString $session.port)) -}}
  {{- end -}}
  {{- if and $session.ingress.enabled (not $session.ingress.host) -}}
    {{- fail "\n\nsessionServer.ingress.enabled is true, but sessionServer.ingress.host is empty: the Ingress hands TLS through by the name that is asked for.\nSet sessionServer.ingress.host, for example terminals.example.com.\n" -}}
  {{- end -}}
  {{- if and (ne $service.type "ClusterIP") (not $session.address) (not $session.ingress.enabled) -}}
    {{- fail (printf "\n\nsessionServer.service.type is %s, but sessionServer.address is empty: GitLab is told by the manager where to connect to.\nSet sessionServer.address to the name or address outside and its port, for example terminals.example.com:8093.\n" $service.type) -}}
  {{- end -}}
  {{- include "podrunner.checks.session.service" $service -}}
{{- else if $session.ingress.enabled -}}
  {{- fail "\n\nsessionServer.ingress.enabled is true, but sessionServer.enabled is false: there is nothing behind the Ingress.\nSet sessionServer.enabled to true, or sessionServer.ingress.enabled to false.\n" -}}
{{- end -}}
{{- end -}}

{{/* What Kubernetes refuses. usage: include "podrunner.checks.session.service" .Values.sessionServer.service */}}
{{- define "podrunner.checks.session.service" -}}
{{- if and .nodePort (eq .type "ClusterIP") -}}
  {{- fail "\n\nsessionServer.service.nodePort is set, but sessionServer.service.type is ClusterIP: Kubernetes refuses such a Service.\nSet the type to NodePort or LoadBalancer, or leave nodePort empty.\n" -}}
{{- end -}}
{{- if and .loadBalancerSourceRanges (ne .type "LoadBalancer") -}}
  {{- fail (printf "\n\nsessionServer.service.loadBalancerSourceRanges is set, but sessionServer.service.type is %s: Kubernetes refuses such a Service.\nSet the type to LoadBalancer, or leave loadBalancerSourceRanges empty.\n" .type) -}}
{{- end -}}
{{- if and .externalTrafficPolicy (eq .type "ClusterIP") -}}
  {{- fail "\n\nsessionServer.service.externalTrafficPolicy is set, but sessionServer.service.type is ClusterIP: Kubernetes refuses such a Service.\nSet the type to NodePort or LoadBalancer, or leave externalTrafficPolicy empty.\n" -}}
{{- end -}}
{{- end -}}
