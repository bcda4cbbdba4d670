{{/*
The storage for caches, in config.toml. Its credentials are in the manager's environment for s3, in a file for gcs, and
in config.toml itself for azure.

  podrunner.cache.file    where the manager has the credentials file
  podrunner.cache.config  [runners.cache] of every runner, as JSON
*/}}

{{- define "podrunner.cache.file" -}}
/etc/podrunner/cache/credentials.json
{{- end -}}

{{/* "iam": with the credentials of the environment or of the node, instead of a key in config.toml. */}}
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
