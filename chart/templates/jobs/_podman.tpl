{{/*
What all modes in which the chart sets podman up have in common.

  podrunner.podman.base      their keys of a [[runners]] table, as YAML
  podrunner.podman.emptyDir  medium and size of an emptyDir

Everything that podman needs lives on two emptyDirs, so that it works in whichever namespace the job pod runs: the home
(HOME and builds_dir) and /podrunner (images, runtime folder, configuration). The script reaches the job through
pre_build_script and environment, not through a ConfigMap, which job namespaces would not have.
*/}}

{{/* Common to all modes in which the chart sets podman up; the caller adds its container's users. */}}
{{- define "podrunner.podman.base" -}}
builds_dir: {{ .podman.home | quote }}
shell: bash
environment:
  - {{ printf "HOME=%s" .podman.home | quote }}
  {{- /* git's global configuration is written by helper and job alike, whatever HOME a pipeline sets */}}
  - {{ printf "GIT_CONFIG_GLOBAL=%s/.gitconfig" .podman.home | quote }}
  {{- /* after_script has the HOME of the pipeline again: below it podman and git would look for their own folders */}}
  - {{ printf "XDG_CONFIG_HOME=%s/.config" .podman.home | quote }}
  - {{ printf "XDG_DATA_HOME=%s/.local/share" .podman.home | quote }}
  - BUILDAH_ISOLATION=chroot
  {{- if not .podman.build.layers }}
  - BUILDAH_LAYERS=false
  {{- end }}
  - XDG_RUNTIME_DIR=/podrunner/run
  - CONTAINERS_STORAGE_CONF=/podrunner/config/storage.conf
  - CONTAINERS_CONF_OVERRIDE=/podrunner/config/containers.conf
  {{- if or .podman.registries.mirrors .podman.registries.insecure }}
  - CONTAINERS_REGISTRIES_CONF=/podrunner/config/registries.conf
  {{- end }}
  {{- if .trust }}
  {{- /* Go's programs, such as podman, read these folders beside the image's own file */}}
  - SSL_CERT_DIR=/etc/ssl/certs:/etc/pki/tls/certs:/podrunner/trust
pre_get_sources_script: {{ include "podrunner.trust.copy" . | toJson }}
  {{- end }}
pre_build_script: {{ include "podrunner.podman.prepare" . | toJson }}
kubernetes:
  namespace: {{ .namespace | quote }}
  image: {{ .podman.image | quote }}
  {{- with .helperImage }}
  helper_image: {{ . | quote }}
  {{- end }}
  {{- with .serviceAccount }}
  service_account: {{ . | quote }}
  {{- end }}
  automount_service_account_token: false
  {{- /*
  Nothing of a job is left to wait for when its pod is deleted: after_script and uploads run in the pod before that, by
  exec, also for a cancelled job, whose script got SIGTERM from GitLab Runner already. The shells that remain ignore the
  SIGTERM of Kubernetes, which would keep the pod, its CPU and memory and its place in a quota for 30 seconds more. Only
  services, whose process it reaches, and pods that are evicted have to make do with these seconds.
  */}}
  pod_termination_grace_period_seconds: 5
  privileged: false
  {{- if eq .podman.fuse.source "crio" }}
  {{- /* CRI-O renamed the annotation: releases know the one, the other or both */}}
  pod_annotations:
    io.kubernetes.cri-o.Devices: /dev/fuse
    devices.crio.io: /dev/fuse
  {{- end }}
  volumes:
    empty_dir:
      - name: podrunner-home
        mount_path: {{ .podman.home | quote }}
        {{- include "podrunner.podman.emptyDir" .podman.storage.home | nindent 8 }}
      - name: podrunner-storage
        mount_path: /podrunner
        {{- include "podrunner.podman.emptyDir" .podman.storage | nindent 8 }}
    {{- include "podrunner.podman.stores" .podman.storage.additionalImageStores | nindent 4 }}
    {{- $login := .podman.registries.login.existingSecret }}
    {{- if $login.name }}
    secret:
      - name: {{ $login.name | quote }}
        mount_path: /podrunner-login
        read_only: true
        items: {{ dict $login.key "auth.json" | toJson }}
    {{- end }}
  service_container_security_context:
    allow_privilege_escalation: false
{{- end -}}

{{/* Medium and size of an emptyDir, where they are given. */}}
{{- define "podrunner.podman.emptyDir" -}}
{{- with .medium }}
medium: {{ . | quote }}
{{- end }}
{{- with .size }}
size_limit: {{ . | quote }}
{{- end }}
{{- end -}}
