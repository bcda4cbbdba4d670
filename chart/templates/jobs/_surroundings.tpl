{{/*
What the release's surroundings add to a runner's keys, in every mode: CA bundle, proxy, image pull secrets and caches.

  podrunner.surroundings        adds all of it
  podrunner.surroundings.proxy  the proxy
  podrunner.secrets             names of the Secrets that job pods need in their namespace, as a JSON list
*/}}

{{/*
usage: include "podrunner.surroundings" (list $ $keys $namespace); adds to $keys, the keys of the mode. $namespace is that of
the jobs, empty for one that is made for each. The pull secrets of all charts are in the release's own: GitLab Runner may wait
in vain for one that is not there.
*/}}
{{- define "podrunner.surroundings" -}}
{{- $values := (index . 0).Values -}}
{{- $keys := index . 1 -}}
{{- if $values.trust.caBundle.name -}}
  {{- $_ := set $keys "tls-ca-file" "/etc/podrunner/trust/ca.crt" -}}
{{- end -}}
{{- $secrets := (include "podrunner.namespaces.own" (list (index . 0) (index . 2)) | fromJson).imagePullSecrets -}}
{{- if eq (index . 2) (index . 0).Release.Namespace -}}{{- $secrets = include "podrunner.image.secrets" (list (index . 0) $secrets) | fromJsonArray -}}{{- end -}}
{{- with $secrets -}}
  {{- $_ := set $keys.kubernetes "image_pull_secrets" . -}}
{{- end -}}
{{- if $values.cache.type -}}
  {{- $_ := set $keys "cache" (include "podrunner.cache.config" $values.cache | fromJson) -}}
{{- end -}}
{{- if or $values.proxy.http $values.proxy.https -}}
  {{- include "podrunner.surroundings.proxy" (list $values.proxy $keys) -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.surroundings.proxy" -}}
{{- $proxy := index . 0 -}}
{{- $keys := index . 1 -}}
{{- $direct := include "podrunner.proxy.direct" $proxy -}}
{{- $environment := concat ($keys.environment | default list) (list (printf "NO_PROXY=%s" $direct) (printf "no_proxy=%s" $direct)) -}}
{{- $patch := include "podrunner.proxy.secrets" $proxy | fromJsonArray -}}
{{- $secret := $patch -}}
{{- range $name, $value := include "podrunner.proxy.addresses" $proxy | fromJson -}}
  {{- if $secret -}}
    {{- $patch = append $patch (dict "name" $name "value" $value) -}}
  {{- else -}}
    {{- $environment = append $environment (printf "%s=%s" $name $value) -}}
  {{- end -}}
{{- end -}}
{{- $_ := set $keys "environment" $environment -}}
{{- if $secret -}}
  {{- $containers := list -}}
  {{- range $container := list "build" "helper" -}}{{- $containers = append $containers (dict "name" $container "env" $patch) -}}{{- end -}}
  {{- $patches := append ($keys.kubernetes.pod_spec | default list) (dict "name" "podrunner-proxy" "patch_type" "strategic" "patch" (dict "containers" $containers | toYaml)) -}}
  {{- $_ := set $keys.kubernetes "pod_spec" $patches -}}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.secrets" (list $ $runner) | fromJsonArray */}}
{{- define "podrunner.secrets" -}}
{{- $values := (index . 0).Values -}}
{{- $runner := index . 1 -}}
{{- $names := concat ($runner.config.kubernetes.image_pull_secrets | default list) (list $values.proxy.existingSecret.name) -}}
{{- if ne $runner.podman.mode "none" -}}
  {{- $names = append $names $runner.podman.registries.login.existingSecret.name -}}
{{- end -}}
{{- $names | compact | uniq | sortAlpha | toJson -}}
{{- end -}}
