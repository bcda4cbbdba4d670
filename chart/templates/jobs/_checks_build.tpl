{{/*
Keys of a runner's own that take from the build container what the mode gives it.

  podrunner.checks.build  one runner, in every mode but none; usage: include … $runner
*/}}

{{- define "podrunner.checks.build" -}}
{{- $at := printf "runners.%s.config.kubernetes" .name -}}
{{- $build := .config.kubernetes.build_container_security_context | default dict -}}
{{- if and (has .podman.mode (list "unprivileged" "userNamespace" "openshift")) (kindIs "bool" $build.allow_privilege_escalation) (not $build.allow_privilege_escalation) (ne (toString $build.run_as_user) "0") -}}
  {{- fail (printf "\n\n%s.build_container_security_context.allow_privilege_escalation is false: it sets no_new_privs, and newuidmap could then not map the image's users.\nRemove the key, or set podman.mode to none and configure podman yourself.\n" $at) -}}
{{- end -}}
{{- if and (eq (toString $build.run_as_user) "0") $build.run_as_non_root -}}
  {{- fail (printf "\n\n%s.build_container_security_context.run_as_user is 0, but run_as_non_root is true, as podman.mode %s sets it: the kubelet would refuse every job's container.\nRemove the key, and set podman.mode to unprivilegedRoot for a podman that runs as root.\n" $at .podman.mode) -}}
{{- end -}}
{{- if ne .podman.mode "privileged" -}}
  {{- if or .config.kubernetes.privileged $build.privileged -}}
    {{- fail (printf "\n\n%s makes job containers privileged, but podman.mode is %s.\nRemove the key privileged, or set podman.mode to privileged.\n" $at .podman.mode) -}}
  {{- end -}}
  {{- $profile := $build.seccomp_profile | default (.config.kubernetes.pod_security_context | default dict).seccomp_profile | default dict -}}
  {{- if eq (toString $profile.type) "RuntimeDefault" -}}
    {{- fail (printf "\n\n%s gives the build container the seccomp profile RuntimeDefault, which denies unshare and mount: podman needs them.\nRemove the key seccomp_profile, or set podman.seccomp.type to Localhost with a profile that allows them.\n" $at) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
