{{/*
Environment variables of the manager's container.

  podrunner.manager.environment  all that the chart sets: HOME, CAs, proxy, caches, tokens; usage: include … $
  podrunner.cache.environment    credentials of the caches; usage: include … .Values.cache
  podrunner.proxy.manager        the proxy; usage: include … .Values.proxy
  podrunner.manager.variables    those of manager.env; usage: include … .Values.manager.env
*/}}

{{- define "podrunner.manager.environment" -}}
{{- $runners := dict -}}
{{- include "podrunner.runners" (list . $runners) -}}
# The root file system is read-only.
- name: HOME
  value: /tmp
{{- if .Values.trust.caBundle.name }}
# Beside the image's own CAs, for caches and everything else that is not GitLab.
- name: SSL_CERT_DIR
  value: /etc/ssl/certs:/etc/pki/tls/certs:/etc/podrunner/trust
{{- end }}
{{- with include "podrunner.proxy.manager" .Values.proxy }}
{{- . | nindent 0 }}
{{- end }}
{{- with include "podrunner.cache.environment" .Values.cache }}
{{- . | trim | nindent 0 }}
{{- end }}
{{- if .Values.manager.removeOrphans }}
{{- include "podrunner.orphans.environment" (list . $runners) | nindent 0 }}
{{- end }}
{{- if not (include "podrunner.credentials.reloaded" .) }}
{{- range $name, $runner := $runners }}
- name: {{ $runner.token.variable | quote }}
  valueFrom:
    secretKeyRef:
      name: {{ $runner.token.secret | quote }}
      key: {{ $runner.token.key | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "podrunner.cache.environment" -}}
{{- $secret := .existingSecret -}}
{{- if and (eq .type "s3") $secret.name -}}
{{- range $variable, $key := dict "AWS_ACCESS_KEY_ID" $secret.accessKey "AWS_SECRET_ACCESS_KEY" $secret.secretKey }}
- name: {{ $variable }}
  valueFrom:
    secretKeyRef:
      name: {{ $secret.name | quote }}
      key: {{ $key | quote }}
{{- end }}
- name: AWS_SESSION_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ $secret.name | quote }}
      key: {{ $secret.sessionToken | quote }}
      optional: true
{{- end -}}
{{- end -}}

{{/* The manager connects to the API server by its address, which every container has in its environment. */}}
{{- define "podrunner.proxy.manager" -}}
{{- if or .http .https -}}
{{- $environment := include "podrunner.proxy.secrets" . | fromJsonArray -}}
{{- range $name, $value := include "podrunner.proxy.addresses" . | fromJson -}}
  {{- $environment = append $environment (dict "name" $name "value" $value) -}}
{{- end -}}
{{- range $name := list "NO_PROXY" "no_proxy" -}}
  {{- $environment = append $environment (dict "name" $name "value" (printf "%s,$(KUBERNETES_SERVICE_HOST)" (include "podrunner.proxy.direct" $))) -}}
{{- end -}}
{{- toYaml $environment -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.manager.variables" -}}
{{- range $name, $value := . }}
- name: {{ $name | quote }}
  {{- if kindIs "map" $value }}
  {{- toYaml $value | nindent 2 }}
  {{- else }}
  value: {{ $value | quote }}
  {{- end }}
{{- end }}
{{- end -}}
