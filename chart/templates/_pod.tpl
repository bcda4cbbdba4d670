{{/*
Parts of a job pod, as the Kubernetes executor would make them from a [[runners]] table.

  podrunner.pod.securityContext   a security context of config.toml (snake case) as Kubernetes writes it (camel case)
  podrunner.pod.build             the same for the build container, with the runner-wide keys it inherits
*/}}
{{- define "podrunner.pod.securityContext" -}}
{{- $context := dict -}}
{{- range $key, $value := . -}}
  {{- if kindIs "invalid" $value -}}
  {{- else if eq $key "selinux_type" -}}
    {{- $_ := set $context "seLinuxOptions" (dict "type" $value) -}}
  {{- else if eq $key "proc_mount" -}}
    {{- $_ := set $context "procMount" (title $value) -}}
  {{- else if kindIs "map" $value -}}
    {{- $_ := set $context (camelcase $key | untitle) (include "podrunner.pod.securityContext" $value | fromJson) -}}
  {{- else -}}
    {{- $_ := set $context (camelcase $key | untitle) $value -}}
  {{- end -}}
{{- end -}}
{{- toJson $context -}}
{{- end -}}

{{- define "podrunner.pod.build" -}}
{{- $context := dict -}}
{{- range $key := list "privileged" "allow_privilege_escalation" -}}
  {{- if hasKey $ $key -}}{{- $_ := set $context $key (get $ $key) -}}{{- end -}}
{{- end -}}
{{- include "podrunner.merge" (list $context (.build_container_security_context | default dict)) -}}
{{- include "podrunner.pod.securityContext" $context -}}
{{- end -}}
