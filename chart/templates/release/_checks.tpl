{{/*
Values that contradict each other: the render fails with a sentence that names the value and the way out. Each component
has its own checks; here are those that no component has.

  podrunner.checks          all checks but those of one runner, which podrunner.runners does; usage: include … $
  podrunner.checks.names    whether runners can be told apart; usage: include … $runners
  podrunner.checks.network  proxy, name servers, caches
  podrunner.checks.cache    caches
*/}}

{{- define "podrunner.checks" -}}
{{- include "podrunner.checks.jobs" . -}}
{{- include "podrunner.checks.network" .Values -}}
{{- include "podrunner.checks.metrics" . -}}
{{- include "podrunner.checks.session" . -}}
{{- include "podrunner.checks.manager" . -}}
{{- $runners := dict -}}
{{- include "podrunner.runners" (list . $runners) -}}
{{- include "podrunner.checks.version" (list . $runners) -}}
{{- include "podrunner.checks.runnerVersion" (list . $runners) -}}
{{- include "podrunner.checks.names" $runners -}}
{{- include "podrunner.checks.namespaces" (list . $runners) -}}
{{- include "podrunner.checks.accounts" (list . $runners) -}}
{{- include "podrunner.checks.networkPolicy" (list . $runners) -}}
{{- include "podrunner.checks.policies" (list . $runners) -}}
{{- include "podrunner.checks.delivery" (list . $runners) -}}
{{- include "podrunner.checks.orphans" (list . $runners) -}}
{{- end -}}

{{/* NetworkPolicies, metrics and alerts know a runner by its name. */}}
{{- define "podrunner.checks.names" -}}
{{- $named := dict -}}
{{- range $key, $runner := . -}}
  {{- $name := toString $runner.config.name -}}
  {{- $label := include "podrunner.jobs.label" $runner -}}
  {{- with get $named $label -}}
    {{- $value := ternary (printf "runners.%s.config.name" .) (printf "runners.%s.config.name" $key) (ne . $name) -}}
    {{- fail (printf "\n\n%s is %s, which is also the name of runners.%s, or its label is the same: metrics, alerts and NetworkPolicies could not tell the two apart.\nGive it another name, or remove it; a runner's name is its key below runners.\n" $value $name (ternary $key . (ne . $name))) -}}
  {{- end -}}
  {{- $_ := set $named $label $key -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.checks.network" -}}
{{- if and .proxy.existingSecret.name (not (or .proxy.http .proxy.https)) -}}
  {{- fail "\n\nproxy.existingSecret.name is set, but neither proxy.http nor proxy.https is: there is no proxy to log in to.\nSet proxy.https to its address, for example http://proxy.example.com:3128, or leave proxy.existingSecret.name empty.\n" -}}
{{- end -}}
{{- if and (eq .manager.dnsPolicy "None") (not .manager.dnsConfig.nameservers) -}}
  {{- fail "\n\nmanager.dnsPolicy is None, but manager.dnsConfig.nameservers is empty: the manager could not resolve any name.\nSet a name server, for example manager.dnsConfig.nameservers: [192.0.2.53], or leave manager.dnsPolicy empty.\n" -}}
{{- end -}}
{{- include "podrunner.checks.cache" .cache -}}
{{- end -}}

{{- define "podrunner.checks.cache" -}}
{{- if .type -}}
  {{- $table := get . .type | default dict -}}
  {{- range $key := get (dict "s3" (list "BucketName") "gcs" (list "BucketName") "azure" (list "AccountName" "ContainerName")) .type -}}
    {{- if not (get $table $key) -}}
      {{- fail (printf "\n\ncache.type is %s, but cache.%s.%s is empty: there is no place for caches.\nSet cache.%s.%s, or leave cache.type empty.\n" $.type $.type $key $.type $key) -}}
    {{- end -}}
  {{- end -}}
{{- else if .existingSecret.name -}}
  {{- fail "\n\ncache.existingSecret.name is set, but cache.type is empty: no cache would use it.\nSet cache.type to s3, gcs or azure, or leave cache.existingSecret.name empty.\n" -}}
{{- end -}}
{{- end -}}
