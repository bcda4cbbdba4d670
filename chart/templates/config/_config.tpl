{{/*
config.toml.

  podrunner.config  its text
*/}}

{{/* usage: include "podrunner.config" (dict "root" $ "runners" $runners) */}}
{{- define "podrunner.config" -}}
{{- $config := deepCopy .root.Values.config -}}
{{- with include "podrunner.session" .root | fromJson -}}{{- $_ := set $config "session_server" . -}}{{- end -}}
{{- $tables := list -}}
{{- range $name, $runner := .runners -}}
  {{- $tables = append $tables $runner.config -}}
{{- end -}}
{{- $_ := set $config "runners" $tables -}}
{{- include "podrunner.toml.table" (dict "table" $config "path" "" "indent" "") | trimPrefix "\n" | include "podrunner.toml.escape" }}
{{ end -}}
