{{/*
The manager's network.

  podrunner.networkPolicy.ports  TCP ports that the manager connects to, as a JSON list
*/}}

{{/*
HTTPS, the usual port of the API server, and the ports of GitLab, the proxy and the caches in the values.
usage: include "podrunner.networkPolicy.ports" (list $ $runners) | fromJsonArray
*/}}
{{- define "podrunner.networkPolicy.ports" -}}
{{- $values := (index . 0).Values -}}
{{- $ports := list "443" "6443" -}}
{{- $addresses := list $values.proxy.http $values.proxy.https -}}
{{- range $name, $runner := index . 1 -}}
  {{- $cache := dig "cache" "s3" "ServerAddress" "" $runner.config -}}
  {{- $addresses = append $addresses $runner.config.url -}}
  {{- if $cache -}}
    {{- $addresses = append $addresses (printf "%s://%s" (ternary "http" "https" (dig "cache" "s3" "Insecure" false $runner.config | eq true)) $cache) -}}
  {{- end -}}
{{- end -}}
{{- range compact $addresses -}}
  {{- $port := regexFind ":[0-9]+(/|$)" . | trimPrefix ":" | trimSuffix "/" -}}
  {{- $ports = append $ports ($port | default (ternary "80" "443" (hasPrefix "http://" .))) -}}
{{- end -}}
{{- $ports | uniq | sortAlpha | toJson -}}
{{- end -}}
