{{/*
  podrunner.networkPolicy.jobs   labels of this release's job pods
  podrunner.networkPolicy.dns    the rule that lets pods ask name servers
  podrunner.networkPolicy.ports  TCP ports that the manager connects to, as a JSON list
  podrunner.networkPolicy.open   the rule that lets pods connect to everything but some networks
*/}}
{{- define "podrunner.networkPolicy.jobs" -}}
{{ include "podrunner.selector" . }}
app.kubernetes.io/component: jobs
{{- end -}}

{{/* Policies see the port of the pod behind the Service: OpenShift's name servers listen on 5353. */}}
{{- define "podrunner.networkPolicy.dns" -}}
- ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
    - {port: 5353, protocol: UDP}
    - {port: 5353, protocol: TCP}
{{- end -}}

{{/*
HTTPS and the API server's usual port, and those that the values name: of GitLab, the proxy and the caches.
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

{{/* Some networks take an address block for what is outside of the cluster only: pods are named beside it. */}}
{{- define "podrunner.networkPolicy.open" -}}
- to:
    {{- range $all, $separator := dict "0.0.0.0/0" "." "::/0" ":" }}
    {{- $except := list }}
    {{- range $.blocked }}{{ if contains $separator . }}{{ $except = append $except . }}{{ end }}{{ end }}
    - ipBlock:
        cidr: {{ $all | quote }}
        {{- with $except }}
        except: {{ toJson . }}
        {{- end }}
    {{- end }}
    - namespaceSelector: {}
{{- end -}}
