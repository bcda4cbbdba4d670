{{/*
The storage for caches, with its credentials: environment for s3, a file for gcs, and config.toml itself for azure.

  podrunner.cache.config        [runners.cache] of every runner, as JSON
  podrunner.cache.environment   the manager's environment
  podrunner.cache.file          where the manager has the credentials file
*/}}
{{- define "podrunner.cache.file" -}}
/etc/podrunner/cache/credentials.json
{{- end -}}

{{/* "iam" means: what the environment or the node has; a key in config.toml is the other way. */}}
{{- define "podrunner.cache.config" -}}
{{- $table := deepCopy (get . .type) -}}
{{- if eq .type "s3" -}}
  {{- $table = merge $table (dict "AuthenticationType" "iam") -}}
{{- else if and (eq .type "gcs") .existingSecret.name -}}
  {{- $_ := set $table "CredentialsFile" (include "podrunner.cache.file" .) -}}
{{- end -}}
{{- $config := dict "Type" .type .type $table -}}
{{- if .path -}}{{- $_ := set $config "Path" .path -}}{{- end -}}
{{- if .shared -}}{{- $_ := set $config "Shared" true -}}{{- end -}}
{{- toJson $config -}}
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
