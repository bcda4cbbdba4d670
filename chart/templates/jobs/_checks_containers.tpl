{{/*
What gives containers beside the build container more than the mode promises.

  podrunner.checks.containers  one runner, in modes that promise no privilege; usage: include … $runner
  podrunner.checks.docker      Docker in Docker among its services; usage: include … $runner

The keys are judged as GitLab Runner joins them: those of a container win over those for all.
*/}}

{{- define "podrunner.checks.containers" -}}
{{- $kubernetes := .config.kubernetes -}}
{{- $fine := include "podrunner.pod.capabilities" "" | fromJsonArray -}}
{{- $found := list -}}
{{- range $container := list "service" "helper" "init_permissions" -}}
  {{- $key := printf "%s_container_security_context" $container -}}
  {{- $own := get $kubernetes $key | default dict -}}
  {{- if $own.privileged -}}{{- $found = append $found (printf "%s.privileged is true" $key) -}}{{- end -}}
  {{- range $profile := list "seccomp_profile" "app_armor_profile" -}}
    {{- $at := ternary $key "pod_security_context" (kindIs "map" (get $own $profile)) -}}
    {{- $type := (get (get $kubernetes $at | default dict) $profile | default dict).type -}}
    {{- if eq (toString $type) "Unconfined" -}}{{- $found = append $found (printf "%s.%s.type is Unconfined" $at $profile) -}}{{- end -}}
  {{- end -}}
  {{- $added := ($own.capabilities | default dict).add -}}
  {{- $from := ternary (printf "%s.capabilities.add" $key) "cap_add" (kindIs "slice" $added) -}}
  {{- if not (kindIs "slice" $added) -}}{{- $added = $kubernetes.cap_add | default list -}}{{- end -}}
  {{- range $added -}}
    {{- if not (has . $fine) -}}{{- $found = append $found (printf "%s has %s" $from .) -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- if and .mode.promise.noNewPrivileges (ne (toString ($kubernetes.service_container_security_context | default dict).allow_privilege_escalation) "false") -}}
  {{- $found = append $found "service_container_security_context.allow_privilege_escalation is not false" -}}
{{- end -}}
{{- with $found -}}
  {{- fail (printf "\n\nrunners.%s.config.kubernetes.%s, but podman.mode is %s, in which services and helper have no such permissions.\nRemove it: what podman needs goes into build_container_security_context. Or give the jobs that need it a runner of their own, with podman.mode privileged.\n" $.name (first .) $.podman.mode) -}}
{{- end -}}
{{- include "podrunner.checks.docker" . -}}
{{- end -}}

{{- define "podrunner.checks.docker" -}}
{{- range .config.kubernetes.services -}}
  {{- if regexMatch "(^|/)docker:[^/]*dind" (toString .name) -}}
    {{- fail (printf "\n\nrunners.%s.config.kubernetes.services has %s: Docker in Docker needs a privileged container, and podman.mode is %s.\nRemove the service, because jobs build with podman. Jobs that need Docker need a runner of their own, with podman.mode none.\n" $.name .name $.podman.mode) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
