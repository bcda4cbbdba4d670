{{/*
Values of the section sessionServer that contradict each other or what else is set.

  podrunner.checks.session          the session server
  podrunner.checks.session.service  its Service
*/}}

{{- define "podrunner.checks.session" -}}
{{- $session := .Values.sessionServer -}}
{{- $service := $session.service -}}
{{- if $session.enabled -}}
  {{- range $key, $_ := .Values.config.session_server -}}
    {{- fail (printf "\n\nsessionServer.enabled is true, and config.session_server.%s is set too: one of them would have no effect.\nRemove config.session_server: sessionServer.port, .address and .timeout set its keys.\n" $key) -}}
  {{- end -}}
  {{- if gt (int .Values.manager.replicas) 1 -}}
    {{- fail (printf "\n\nsessionServer.enabled is true and manager.replicas is %d: GitLab could reach any of the managers, but only one of them runs the job.\nSet manager.replicas to 1 and config.concurrent higher, or install a release for each manager.\n" (int .Values.manager.replicas)) -}}
  {{- end -}}
  {{- if eq (toString $session.port) (include "podrunner.metrics.port" .) -}}
    {{- fail (printf "\n\nsessionServer.port and config.listen_address are the same port, %s: the manager cannot use it for both.\nSet sessionServer.port to another one, for example 8093.\n" (toString $session.port)) -}}
  {{- end -}}
  {{- if and $session.ingress.enabled (not $session.ingress.host) -}}
    {{- fail "\n\nsessionServer.ingress.enabled is true, but sessionServer.ingress.host is empty: the Ingress passes TLS through by host name.\nSet sessionServer.ingress.host, for example terminals.example.com.\n" -}}
  {{- end -}}
  {{- if and (ne $service.type "ClusterIP") (not $session.address) (not $session.ingress.enabled) -}}
    {{- fail (printf "\n\nsessionServer.service.type is %s, but sessionServer.address is empty: the manager has to tell GitLab where to connect to.\nSet sessionServer.address to the external name or address and its port, for example terminals.example.com:8093.\n" $service.type) -}}
  {{- end -}}
  {{- include "podrunner.checks.session.service" $service -}}
{{- else if $session.ingress.enabled -}}
  {{- fail "\n\nsessionServer.ingress.enabled is true, but sessionServer.enabled is false: the Ingress would have no backend.\nSet sessionServer.enabled to true, or sessionServer.ingress.enabled to false.\n" -}}
{{- end -}}
{{- end -}}

{{/*
Services that Kubernetes would refuse.
usage: include "podrunner.checks.session.service" .Values.sessionServer.service
*/}}
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
