{{/*
Parts of a job pod, as the Kubernetes executor would make them from a [[runners]] table.

  podrunner.pod.securityContext  a security context of config.toml (snake case) as Kubernetes writes it (camel case)
  podrunner.pod.build            the same for the build container, with the runner-wide keys it inherits
  podrunner.pod.level            the Pod Security level that the job namespace has to allow
  podrunner.pod.resources        resources of one of its containers
  podrunner.pod.tolerations      node_tolerations as Kubernetes writes them, as a JSON list
  podrunner.pod.services         what services may do, as a sentence
  podrunner.pod.capabilities     capabilities that the Pod Security level baseline lets a container add, as a JSON list
*/}}

{{/* Profiles of an unknown type, and those without a name that need one, are logged and left out, as by GitLab Runner. */}}
{{- define "podrunner.pod.securityContext" -}}
{{- $context := dict -}}
{{- range $key, $value := . -}}
  {{- if or (kindIs "invalid" $value) (and (has (kindOf $value) (list "string" "slice")) (empty $value)) -}}
  {{- else if eq $key "selinux_type" -}}
    {{- $_ := set $context "seLinuxOptions" (dict "type" $value) -}}
  {{- else if eq $key "proc_mount" -}}
    {{- $_ := set $context "procMount" (title $value) -}}
  {{- else if has $key (list "seccomp_profile" "app_armor_profile") -}}
    {{- if or (has $value.type (list "RuntimeDefault" "Unconfined")) (and (eq (toString $value.type) "Localhost") $value.localhost_profile) -}}
      {{- $profile := dict "type" $value.type -}}
      {{- if eq $value.type "Localhost" -}}{{- $_ := set $profile "localhostProfile" $value.localhost_profile -}}{{- end -}}
      {{- $_ := set $context (camelcase $key | untitle) $profile -}}
    {{- end -}}
  {{- else if kindIs "map" $value -}}
    {{- with include "podrunner.pod.securityContext" $value | fromJson -}}{{- $_ := set $context (camelcase $key | untitle) . -}}{{- end -}}
  {{- else -}}
    {{- $_ := set $context (camelcase $key | untitle) $value -}}
  {{- end -}}
{{- end -}}
{{- toJson $context -}}
{{- end -}}

{{/*
What is said for all containers, then what the container says itself. Of capabilities, each list of its own replaces that for
all, by which GitLab Runner drops NET_RAW.
*/}}
{{- define "podrunner.pod.build" -}}
{{- $context := dict -}}
{{- $pod := .pod_security_context | default dict -}}
{{- range $key := list "run_as_user" "run_as_group" -}}{{- $_ := set $context $key (get $pod $key) -}}{{- end -}}
{{- range $key := list "privileged" "allow_privilege_escalation" -}}
  {{- if hasKey $ $key -}}{{- $_ := set $context $key (get $ $key) -}}{{- end -}}
{{- end -}}
{{- range $key, $value := .build_container_security_context -}}
  {{- if not (or (kindIs "invalid" $value) (eq $key "capabilities")) -}}{{- $_ := set $context $key $value -}}{{- end -}}
{{- end -}}
{{- $dropped := .cap_drop | default list -}}
{{- $added := without (.cap_add | default list) "" -}}
{{- range $dropped -}}{{- $added = without $added . -}}{{- end -}}
{{- if not (has "NET_RAW" $added) -}}{{- $dropped = append $dropped "NET_RAW" | uniq -}}{{- end -}}
{{- $capabilities := dict "add" $added "drop" $dropped -}}
{{- range $part, $names := (.build_container_security_context | default dict).capabilities -}}
  {{- if kindIs "slice" $names -}}{{- $_ := set $capabilities $part $names -}}{{- end -}}
{{- end -}}
{{- $_ := set $context "capabilities" $capabilities -}}
{{- include "podrunner.pod.securityContext" $context -}}
{{- end -}}

{{/*
The mode's level, or privileged if an option or the user's own keys need it. `podrunner check` knows all fields; this
looks at those that podman's options can set. Before Kubernetes 1.35, baseline also refuses an unmasked /proc in pods with
a user namespace of their own.
usage: include "podrunner.pod.level" (list $mode.podSecurity $runner.config.kubernetes $)
*/}}
{{- define "podrunner.pod.level" -}}
{{- $build := include "podrunner.pod.build" (index . 1) | fromJson -}}
{{- $unconfined := list (dig "seccompProfile" "type" "" $build) (dig "appArmorProfile" "type" "" $build) | has "Unconfined" -}}
{{- $unmasked := and $build.procMount (ne $build.procMount "Default") (semverCompare "<1.35-0" (index . 2).Capabilities.KubeVersion.Version) -}}
{{- if or $build.privileged $unconfined $unmasked ((index . 1).volumes | default dict).host_path -}}privileged{{- else -}}{{ index . 0 }}{{- end -}}
{{- end -}}

{{/*
usage: include "podrunner.pod.resources" (list $kubernetes "helper_") | fromJson
The prefix is that of the keys: helper_, "" for the build container, or pod_ for the whole pod.
*/}}
{{- define "podrunner.pod.resources" -}}
{{- $resources := dict -}}
{{- range $part := list "limit" "request" -}}
  {{- $amounts := dict -}}
  {{- range $resource := list "cpu" "memory" "ephemeral-storage" -}}
    {{- with get (first $) (printf "%s%s_%s" (last $) ($resource | replace "-" "_") $part) -}}{{- $_ := set $amounts $resource . -}}{{- end -}}
  {{- end -}}
  {{- with $amounts -}}{{- $_ := set $resources (printf "%ss" $part) . -}}{{- end -}}
{{- end -}}
{{- toJson $resources -}}
{{- end -}}

{{/* Each entry is `key=value: effect`. Without a value it matches every value, without an effect every effect. */}}
{{- define "podrunner.pod.tolerations" -}}
{{- $found := list -}}
{{- range $key, $effect := . -}}
  {{- $parts := regexSplit "=" $key 2 -}}
  {{- $one := dict "key" (first $parts) "operator" "Exists" -}}
  {{- with rest $parts -}}{{- $one = dict "key" (first $parts) "operator" "Equal" "value" (first .) -}}{{- end -}}
  {{- with $effect -}}{{- $_ := set $one "effect" . -}}{{- end -}}
  {{- /* A key that is null is not in config.toml. */ -}}
  {{- $found = ternary $found (append $found $one) (kindIs "invalid" $effect) -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/* usage: include "podrunner.pod.services" $runner.config.kubernetes */}}
{{- define "podrunner.pod.services" -}}
{{- $own := .service_container_security_context | default dict -}}
{{- if ternary $own.privileged .privileged (kindIs "bool" $own.privileged) -}}
Services are privileged, as good as root on the node.
{{- else -}}
{{- $seccomp := ($own.seccomp_profile | default (.pod_security_context | default dict).seccomp_profile | default dict).type | default "of the node" -}}
{{- $escalation := ternary $own.allow_privilege_escalation .allow_privilege_escalation (kindIs "bool" $own.allow_privilege_escalation) -}}
Services keep the user of their image; seccomp profile {{ $seccomp }}, {{ ternary "no privilege escalation" "privilege escalation" (eq (toString $escalation) "false") }}
{{- with ($own.capabilities | default dict).drop }}, without the capabilities {{ join ", " . }}{{ end }}
{{- with ($own.capabilities | default dict).add | default .cap_add }}, with {{ join ", " . }}{{ end }}.
{{- end -}}
{{- end -}}

{{- define "podrunner.pod.capabilities" -}}
["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"]
{{- end -}}
