{{/*
Secret keys of config.toml, from Secrets: a mark stands in config.toml where each belongs, and a container beside the
manager writes the file that GitLab Runner reads, in memory (files/assemble.sh). Without such keys there is no such container.

  podrunner.credentials      puts the marks into a runner's config, and fills $runner.credentials
  podrunner.credentials.all  those of all runners, as a JSON list
*/}}

{{/* usage: include "podrunner.credentials" (list $ $runner ($settings.credentials | default dict)) */}}
{{- define "podrunner.credentials" -}}
{{- $cache := (index . 0).Values.cache -}}
{{- $runner := index . 1 -}}
{{- $wanted := deepCopy (index . 2) -}}
{{- if and (eq $cache.type "azure") $cache.existingSecret.name (not (hasKey $wanted "cache.azure.AccountKey")) -}}
  {{- $_ := set $wanted "cache.azure.AccountKey" (dict "name" $cache.existingSecret.name "key" $cache.existingSecret.accountKey) -}}
{{- end -}}
{{- if (index . 0).Values.manager.reloadTokens -}}
  {{- $_ := set $wanted "token" (dict "name" $runner.token.secret "key" $runner.token.key) -}}
{{- end -}}
{{- $found := list -}}
{{- range $path, $source := $wanted -}}
  {{- $file := printf "%s.%s" $runner.name $path -}}
  {{- $found = append $found (dict "file" $file "secret" $source.name "key" $source.key) -}}
  {{- $keys := splitList "." $path -}}
  {{- $part := dict (last $keys) (printf "@podrunner-secret:%s@" $file) -}}
  {{- range $key := initial $keys | reverse -}}{{- $part = dict $key $part -}}{{- end -}}
  {{- include "podrunner.merge" (list $runner.config $part) -}}
{{- end -}}
{{- if hasKey $wanted "cache.s3.AccessKey" -}}
  {{- include "podrunner.merge" (list $runner.config (dict "cache" (dict "s3" (dict "AuthenticationType" "access-key")))) -}}
{{- end -}}
{{- $_ := set $runner "credentials" $found -}}
{{- end -}}

{{/* usage: include "podrunner.credentials.all" $runners | fromJsonArray */}}
{{- define "podrunner.credentials.all" -}}
{{- $all := list -}}
{{- range $name, $runner := . -}}{{- $all = concat $all $runner.credentials -}}{{- end -}}
{{- toJson $all -}}
{{- end -}}
