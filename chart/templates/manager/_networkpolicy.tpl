{{/*
The manager's network.

  podrunner.networkPolicy.ports    TCP ports that the manager connects to, as a JSON list
  podrunner.networkPolicy.clients  who may connect to it where nobody is named, as a JSON list of peers
*/}}

{{/*
All pods but those of jobs, of whatever release: GitLab Runner itself puts the label on each of them, and no job can take it
off. The kubelet's probes come from the node, which no policy keeps out.
usage: include "podrunner.networkPolicy.clients" .Values.networkPolicy.manager
*/}}
{{- define "podrunner.networkPolicy.clients" -}}
{{- $clients := dict "namespaceSelector" dict -}}
{{- if .closedToJobs -}}
  {{- $_ := set $clients "podSelector" (dict "matchExpressions" (list (dict "key" "manager.runner.gitlab.com/name" "operator" "DoesNotExist"))) -}}
{{- end -}}
{{- list $clients | toJson -}}
{{- end -}}

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
