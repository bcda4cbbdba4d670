{{/*
Contradictions in what surrounds the release: the render fails with a sentence that names the value and the way out.

  podrunner.checks.network         proxy, name servers, caches
  podrunner.checks.cache           caches
  podrunner.checks.networkPolicy   whether NetworkPolicies find the jobs of all runners; usage: include … (list $ $runners)
*/}}
{{- define "podrunner.checks.network" -}}
{{- if and .proxy.existingSecret.name (not (or .proxy.http .proxy.https)) -}}
  {{- fail "\n\nproxy.existingSecret.name is set, but neither proxy.http nor proxy.https is: there is no proxy to log in to.\nSet proxy.https to its address, for example http://proxy.example.com:3128, or leave proxy.existingSecret.name empty.\n" -}}
{{- end -}}
{{- if and (eq .manager.dnsPolicy "None") (not .manager.dnsConfig.nameservers) -}}
  {{- fail "\n\nmanager.dnsPolicy is None, but manager.dnsConfig.nameservers is empty: the manager could look up no name.\nName a server, for example manager.dnsConfig.nameservers: [192.0.2.53], or leave manager.dnsPolicy empty.\n" -}}
{{- end -}}
{{- include "podrunner.checks.cache" .cache -}}
{{- end -}}

{{- define "podrunner.checks.cache" -}}
{{- if .type -}}
  {{- $table := get . .type | default dict -}}
  {{- range $key := get (dict "s3" (list "BucketName") "gcs" (list "BucketName") "azure" (list "AccountName" "ContainerName")) .type -}}
    {{- if not (get $table $key) -}}
      {{- fail (printf "\n\ncache.type is %s, but cache.%s.%s is empty: there is nowhere to keep caches.\nSet cache.%s.%s, or leave cache.type empty.\n" $.type $.type $key $.type $key) -}}
    {{- end -}}
  {{- end -}}
{{- else if .existingSecret.name -}}
  {{- fail "\n\ncache.existingSecret.name is set, but cache.type is empty: no cache would use it.\nSet cache.type to s3, gcs or azure, or leave cache.existingSecret.name empty.\n" -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.checks.networkPolicy" -}}
{{- $root := index . 0 -}}
{{- if $root.Values.networkPolicy.jobs.enabled -}}
{{- $selector := include "podrunner.networkPolicy.jobs" $root | fromYaml -}}
{{- range $name, $runner := index . 1 -}}
  {{- $kubernetes := $runner.config.kubernetes | default dict -}}
  {{- $at := printf "runners.%s.config.kubernetes" $name -}}
  {{- range $key := list "namespace_per_job" "namespace_overwrite_allowed" -}}
    {{- if get $kubernetes $key -}}
      {{- fail (printf "\n\nnetworkPolicy.jobs.enabled is true, but %s.%s lets job pods run in namespaces that have no such NetworkPolicy.\nRemove the key, or set networkPolicy.jobs.enabled to false and have the cluster put policies into these namespaces.\n" $at $key) -}}
    {{- end -}}
  {{- end -}}
  {{- range $label, $value := $selector -}}
    {{- if ne (get ($kubernetes.pod_labels | default dict) $label | toString) $value -}}
      {{- fail (printf "\n\nnetworkPolicy.jobs.enabled is true, but %s.pod_labels replaces the label %s, by which the NetworkPolicy finds the job's pod.\nRemove it, there or in jobs.config.kubernetes.pod_labels.\n" $at $label) -}}
    {{- end -}}
  {{- end -}}
  {{- with $kubernetes.pod_labels_overwrite_allowed -}}
    {{- if regexMatch . "app.kubernetes.io/instance=another" -}}
      {{- fail (printf "\n\nnetworkPolicy.jobs.enabled is true, but %s.pod_labels_overwrite_allowed is %q: a job could take off the labels by which the NetworkPolicy finds it.\nNarrow it to the labels that jobs may set, for example ^team=.\n" $at .) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
