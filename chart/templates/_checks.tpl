{{/*
Values that contradict each other: the render fails with a sentence that names the value and the way out.

  podrunner.checks          whole release
  podrunner.checks.runner   one runner, after its settings are merged
*/}}

{{- define "podrunner.checks" -}}
{{- if and (not .Values.jobs.serviceAccount.create) (not .Values.jobs.serviceAccount.name) (ne .Values.podman.mode "none") -}}
  {{- fail "\n\njobs.serviceAccount.create is false and jobs.serviceAccount.name is empty: job pods would run as the namespace's default service account.\nSet jobs.serviceAccount.name to an account without permissions, or let the chart create one (create: true).\n" -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.checks.runner" -}}
{{- $at := printf "runners.%s" .name -}}
{{- if not .config.url -}}
  {{- fail "\n\ngitlab.url is empty: the runner does not know its GitLab.\nSet it to the address of your GitLab, for example: --set gitlab.url=https://gitlab.com\n" -}}
{{- end -}}
{{- if and (eq .podman.storage.medium "Memory") (not .podman.storage.size) -}}
  {{- fail (printf "\n\npodman.storage.medium is Memory and podman.storage.size is empty (%s): images would use memory without bound.\nSet podman.storage.size, for example to 4Gi, or leave podman.storage.medium empty to store images on disk.\n" $at) -}}
{{- end -}}
{{- if ne .podman.mode "none" -}}
  {{- $build := .config.kubernetes.build_container_security_context | default dict -}}
  {{- if and (eq .podman.mode "unprivileged") (kindIs "bool" $build.allow_privilege_escalation) (not $build.allow_privilege_escalation) (ne (toString $build.run_as_user) "0") -}}
    {{- fail (printf "\n\n%s.config.kubernetes.build_container_security_context.allow_privilege_escalation is false: it sets no_new_privs, and newuidmap could not map the image's users.\nRemove the key, or set podman.mode to none and configure podman yourself.\n" $at) -}}
  {{- end -}}
  {{- if and (eq .podman.mode "unprivileged") (or .config.kubernetes.privileged $build.privileged) -}}
    {{- fail (printf "\n\n%s.config.kubernetes makes job containers privileged, but podman.mode is unprivileged.\nRemove the key privileged, or set podman.mode to privileged.\n" $at) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
