{{/*
The session server: config.toml, and how GitLab reaches it.

  podrunner.session          session_server of config.toml, as JSON
  podrunner.session.port     its port; empty when there is no session server
  podrunner.session.address  host and port that GitLab connects to
  podrunner.session.service  name of the Service
*/}}

{{- define "podrunner.session" -}}
{{- if .Values.sessionServer.enabled -}}
{{- $port := int .Values.sessionServer.port -}}
{{- dict "listen_address" (printf ":%d" $port) "advertise_address" (include "podrunner.session.address" .) "session_timeout" .Values.sessionServer.timeout | toJson -}}
{{- else -}}
{{- .Values.config.session_server | default dict | toJson -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.session.port" -}}
{{- regexFind "[0-9]+$" ((include "podrunner.session" . | fromJson).listen_address | default "") -}}
{{- end -}}

{{/* The manager creates its certificate for this host. */}}
{{- define "podrunner.session.address" -}}
{{- $session := .Values.sessionServer -}}
{{- if $session.address -}}
{{- $session.address -}}
{{- else if $session.ingress.enabled -}}
{{- $session.ingress.host }}:443
{{- else -}}
{{- printf "%s.%s.svc:%d" (include "podrunner.session.service" .) .Release.Namespace (int $session.service.port) -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.session.service" -}}
{{- include "podrunner.fullname" . }}-session
{{- end -}}
