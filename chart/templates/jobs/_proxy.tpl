{{/*
The proxy, in the environment of manager and jobs. podman passes it on to the RUN steps of a build.

  podrunner.proxy.addresses  variable → address, both spellings, as JSON
  podrunner.proxy.direct     what is reached directly, joined by commas
  podrunner.proxy.secrets    environment that takes user and password from the Secret, as a JSON list

A password must not be in config.toml, which is a ConfigMap. Jobs get it from a Secret in their namespace, by a patch of
the pod. Kubernetes expands $(PROXY_USERNAME).
*/}}

{{- define "podrunner.proxy.addresses" -}}
{{- $addresses := dict -}}
{{- $login := ternary "$(PROXY_USERNAME):$(PROXY_PASSWORD)@" "" (ne .existingSecret.name "") -}}
{{- range $protocol := list "http" "https" -}}
  {{- $address := get $ $protocol -}}
  {{- if $address -}}
    {{- $address = replace "://" (printf "://%s" $login) $address -}}
    {{- $_ := set $addresses (printf "%s_proxy" $protocol) $address -}}
    {{- $_ := set $addresses (printf "%s_PROXY" (upper $protocol)) $address -}}
  {{- end -}}
{{- end -}}
{{- toJson $addresses -}}
{{- end -}}

{{- define "podrunner.proxy.direct" -}}
{{- concat (list "localhost" "127.0.0.1" "::1" ".svc" ".cluster.local") .noProxy | uniq | join "," -}}
{{- end -}}

{{- define "podrunner.proxy.secrets" -}}
{{- $environment := list -}}
{{- $secret := .existingSecret -}}
{{- if $secret.name -}}
  {{- range $variable, $key := dict "PROXY_USERNAME" $secret.usernameKey "PROXY_PASSWORD" $secret.passwordKey -}}
    {{- $source := dict "name" $secret.name "key" $key -}}
    {{- $environment = append $environment (dict "name" $variable "valueFrom" (dict "secretKeyRef" $source)) -}}
  {{- end -}}
{{- end -}}
{{- toJson $environment -}}
{{- end -}}
