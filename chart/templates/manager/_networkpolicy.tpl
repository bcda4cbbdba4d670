{{/*
The manager's network.

  podrunner.networkPolicy.ports    TCP ports that the manager connects to, as a JSON list
  podrunner.manager.networkPolicy  the NetworkPolicy, before its patch; usage: include … $
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

{{- define "podrunner.manager.networkPolicy" -}}
{{- $policy := .Values.networkPolicy.manager -}}
{{- $runners := dict -}}
{{- include "podrunner.runners" (list . $runners) -}}
{{- $metrics := include "podrunner.metrics.port" . -}}
{{- $session := include "podrunner.session.port" . -}}
metadata:
  name: {{ include "podrunner.fullname" . }}-manager
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "podrunner.labels" . | nindent 4 }}
    app.kubernetes.io/component: manager
  {{- /* A manager that drains needs what opens its way out; without that, the policy goes when the values say so. */}}
  {{- include (ternary "podrunner.annotations.kept" "podrunner.annotations" $policy.enabled) (list $ (dict)) }}
spec:
  podSelector:
    matchLabels:
      {{- include "podrunner.manager.selector" . | nindent 6 }}
  policyTypes: [Ingress{{ if $policy.enabled }}, Egress{{ end }}]
  ingress:
    {{- if not $policy.enabled }}
    # Any port, but for no job.
    - from: {{ include "podrunner.networkPolicy.clients" $policy }}
    {{- else if $metrics }}
    # Metrics and health.
    - ports:
        - port: {{ $metrics }}
      from: {{ $policy.metricsFrom | default (include "podrunner.networkPolicy.clients" $policy | fromJsonArray) | toJson }}
    {{- end }}
    {{- if $session }}
    # The session server, which GitLab connects to.
    - ports:
        - port: {{ $session }}
    {{- end }}
    {{- if $policy.enabled }}
    {{- with $policy.ingress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- if not (or $metrics $session $policy.ingress) }} []{{ end }}
  egress:
    {{- include "podrunner.networkPolicy.dns" . | nindent 4 }}
    # The cluster's API, GitLab, the proxy and caches, by their ports: their addresses are not known here.
    - ports:
        {{- range include "podrunner.networkPolicy.ports" (list . $runners) | fromJsonArray }}
        - port: {{ . }}
        {{- end }}
    {{- with $policy.egress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- end }}
{{- end -}}
