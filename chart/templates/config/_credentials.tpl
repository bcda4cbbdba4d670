{{/*
Secret keys of config.toml, from Secrets: a mark stands in config.toml where each belongs, and a container beside the
manager writes the file that GitLab Runner reads, in memory (files/assemble.sh). Without such keys, and without manager.removeOrphans, there is no such container.

  podrunner.credentials        the secret keys of one runner, as a JSON list
  podrunner.credentials.reloaded  whether tokens are among them: true or nothing; usage: include … $
  podrunner.credentials.marks  puts their marks into its config
  podrunner.credentials.all    those of all runners, as a JSON list
  podrunner.credentials.written  whether the container is there: true or nothing
*/}}

{{/*
usage: include "podrunner.credentials" (list $ $name $token $credentials) | fromJsonArray
For each key in the map $credentials of runner $name, and for those that other values need: its path in the config, the
file that assemble.sh reads, and the secret and key that the file is mounted from.
*/}}
{{- define "podrunner.credentials" -}}
{{- $cache := (index . 0).Values.cache -}}
{{- $name := index . 1 -}}
{{- $token := index . 2 -}}
{{- $wanted := deepCopy (index . 3) -}}
{{- if and (eq $cache.type "azure") $cache.existingSecret.name (not (hasKey $wanted "cache.azure.AccountKey")) -}}
  {{- $_ := set $wanted "cache.azure.AccountKey" (dict "name" $cache.existingSecret.name "key" $cache.existingSecret.accountKey) -}}
{{- end -}}
{{- if include "podrunner.credentials.reloaded" (index . 0) -}}
  {{- $_ := set $wanted "token" (dict "name" $token.secret "key" $token.key) -}}
{{- end -}}
{{- $found := list -}}
{{- range $path, $source := $wanted -}}
  {{- $found = append $found (dict "path" $path "file" (printf "%s.%s" $name $path) "secret" $source.name "key" $source.key) -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/* usage: include "podrunner.credentials.marks" (list $config $credentials) */}}
{{- define "podrunner.credentials.marks" -}}
{{- $config := index . 0 -}}
{{- range index . 1 -}}
  {{- $keys := splitList "." .path -}}
  {{- $part := dict (last $keys) (printf "@podrunner-secret:%s@" .file) -}}
  {{- range initial $keys | reverse -}}{{- $part = dict . $part -}}{{- end -}}
  {{- include "podrunner.merge" (list $config $part) -}}
  {{- if eq .path "cache.s3.AccessKey" -}}
    {{- include "podrunner.merge" (list $config (dict "cache" (dict "s3" (dict "AuthenticationType" "access-key")))) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.credentials.all" $runners | fromJsonArray */}}
{{- define "podrunner.credentials.all" -}}
{{- $all := list -}}
{{- range $name, $runner := . -}}{{- $all = concat $all $runner.credentials -}}{{- end -}}
{{- toJson $all -}}
{{- end -}}

{{/* usage: include "podrunner.credentials.written" (list $ $runners) */}}
{{- define "podrunner.credentials.written" -}}
{{- if or (index . 0).Values.manager.removeOrphans (include "podrunner.credentials.all" (index . 1) | fromJsonArray) -}}true{{- end -}}
{{- end -}}

{{/* Of one runner, the token is an environment variable: without it there is nothing to do anyway. */}}
{{- define "podrunner.credentials.reloaded" -}}
{{- $said := .Values.manager.reloadTokens -}}
{{- if ternary (gt (len (.Values.runners | default dict)) 1) (eq (toString $said) "true") (eq (toString $said) "auto") -}}true{{- end -}}
{{- end -}}
