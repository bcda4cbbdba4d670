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
{{- if and .podman.run (not (has .podman.mode (list "none" "privileged" "userNamespace"))) -}}
  {{- fail (printf "\n\npodman.run is true, but podman.mode is %s (%s): containers cannot have a /proc of their own where the pod's is masked.\nSet podman.mode to userNamespace, or podman.run to false: containers of podman run then see the job's /proc.\n" .podman.mode $at) -}}
{{- end -}}
{{- if and (eq .podman.storage.driver "fuse-overlayfs") (not .podman.fuse.source) (not (has .podman.mode (list "none" "privileged"))) -}}
  {{- fail (printf "\n\npodman.storage.driver is fuse-overlayfs, but podman.fuse.source is empty (%s): there would be no /dev/fuse.\nSet podman.fuse.source to crio or devicePlugin, or podman.storage.driver to overlay or vfs.\n" $at) -}}
{{- end -}}
{{- if and (eq .podman.seccomp.type "Localhost") (not .podman.seccomp.localhostProfile) -}}
  {{- fail (printf "\n\npodman.seccomp.type is Localhost, but podman.seccomp.localhostProfile is empty (%s).\nName the profile's file below the kubelet's seccomp folder, for example profiles/podman.json.\n" $at) -}}
{{- end -}}
{{- if ne .podman.mode "none" -}}
  {{- $build := .config.kubernetes.build_container_security_context | default dict -}}
  {{- if and (has .podman.mode (list "unprivileged" "userNamespace" "openshift")) (kindIs "bool" $build.allow_privilege_escalation) (not $build.allow_privilege_escalation) (ne (toString $build.run_as_user) "0") -}}
    {{- fail (printf "\n\n%s.config.kubernetes.build_container_security_context.allow_privilege_escalation is false: it sets no_new_privs, and newuidmap could not map the image's users.\nRemove the key, or set podman.mode to none and configure podman yourself.\n" $at) -}}
  {{- end -}}
  {{- if and (ne .podman.mode "privileged") (or .config.kubernetes.privileged $build.privileged) -}}
    {{- fail (printf "\n\n%s.config.kubernetes makes job containers privileged, but podman.mode is %s.\nRemove the key privileged, or set podman.mode to privileged.\n" $at .podman.mode) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
