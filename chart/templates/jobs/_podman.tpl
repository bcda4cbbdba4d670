{{/*
What each podman mode puts into a [[runners]] table; _prepare.tpl has podman's own configuration.

  podrunner.podman.defaults.<mode>   the mode's keys, as YAML; usage: include … (dict "podman" $podman "namespace" …)

Everything that podman needs lives on two emptyDirs, so that it works in whichever namespace the job pod runs: the home
(HOME and builds_dir) and /podrunner (images, runtime folder, configuration). The script reaches the job through
pre_build_script and environment, not through a ConfigMap, which job namespaces would not have.
*/}}

{{/* Nothing of podman. Where jobs run is no matter of podman: without it, GitLab Runner would take "default". */}}
{{- define "podrunner.podman.defaults.none" -}}
kubernetes:
  namespace: {{ .namespace | quote }}
{{- end -}}

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

{{/*
Volumes of additional image stores, read only. They are not below /podrunner, whose folders get the job's group.
usage: include … .podman.storage.additionalImageStores
*/}}
{{- define "podrunner.podman.stores" -}}
{{- $claims := list -}}
{{- $paths := list -}}
{{- range $name, $store := . -}}
  {{- $mount := dict "mount_path" (include "podrunner.podman.store" (list $name $store)) "read_only" true -}}
  {{- with $store.persistentVolumeClaim -}}{{- $claims = append $claims (merge (dict "name" .) $mount) -}}{{- end -}}
  {{- with $store.hostPath -}}{{- $paths = append $paths (merge (dict "name" (printf "podrunner-store-%s" $name) "host_path" .) $mount) -}}{{- end -}}
{{- end -}}
{{- with $claims }}
pvc: {{ toJson . }}
{{- end }}
{{- with $paths }}
host_path: {{ toJson . }}
{{- end }}
{{- end -}}

{{/* Where podman finds an additional image store: include "podrunner.podman.store" (list $name $store) */}}
{{- define "podrunner.podman.store" -}}
{{- (index . 1).path | default (printf "/podrunner-stores/%s" (index . 0)) -}}
{{- end -}}

{{/*
Security contexts of the three containers that run as one user. The user is set by container, not for the pod: services
keep the user of their image. usage: include … (dict "uid" 1000 "build" "the build container's other keys, as YAML")
A uid of null leaves the user to the platform.
*/}}
{{- define "podrunner.podman.containers" -}}
{{- $user := "" -}}
{{- if not (kindIs "invalid" .uid) -}}
  {{- $user = printf "run_as_user: %v, run_as_group: %v, " .uid .uid -}}
{{- end -}}
{{- $unprivileged := printf "{%srun_as_non_root: %v, allow_privilege_escalation: false, capabilities: {drop: [ALL]}, seccomp_profile: {type: RuntimeDefault}}" $user (ne (toString .uid) "0") -}}
init_permissions_container_security_context: {{ $unprivileged }}
helper_container_security_context: {{ $unprivileged }}
build_container_security_context: {{ printf "{%srun_as_non_root: %v, %s}" $user (ne (toString .uid) "0") .build }}
{{- end -}}

{{/* Keys of the build container that podman.seccomp and podman.run set, each followed by a comma. */}}
{{- define "podrunner.podman.confinement" -}}
{{- with .podman.seccomp.type -}}
seccomp_profile: {type: {{ . }}{{ with $.podman.seccomp.localhostProfile }}, localhost_profile: {{ . | quote }}{{ end }}}, {{ end -}}
{{- end -}}

{{/* newuidmap works in a privileged container as it is: nothing but the user is set. */}}
{{- define "podrunner.podman.defaults.privileged" -}}
{{ include "podrunner.podman.base" . }}
  {{- include "podrunner.podman.containers" (dict "uid" 1000 "build" "privileged: true") | nindent 2 }}
{{- end -}}

{{/*
newuidmap and newgidmap carry SETUID and SETGID as file capabilities: the bounding set has to hold both, and
no_new_privs, which allow_privilege_escalation: false sets, would void them. No seccomp profile is named: an explicit
Unconfined is refused by the Pod Security level baseline, and the runtime's default denies unshare and mount.
*/}}
{{- define "podrunner.podman.newuidmap" -}}
{{ include "podrunner.podman.confinement" . }}privileged: false, allow_privilege_escalation: true, capabilities: {drop: [ALL], add: [SETUID, SETGID]}
{{- end -}}

{{- define "podrunner.podman.defaults.unprivileged" -}}
{{ include "podrunner.podman.base" . }}
  {{- include "podrunner.podman.containers" (dict "uid" 1000 "build" (include "podrunner.podman.newuidmap" .)) | nindent 2 }}
{{- include "podrunner.podman.patches" . }}
{{- end -}}

{{/*
Root needs no newuidmap: podman copies the pod's own mapping, for which the kernel wants SETUID, SETGID and, since it
maps root, SETFCAP.
*/}}
{{- define "podrunner.podman.defaults.unprivilegedRoot" -}}
{{ include "podrunner.podman.base" . }}
  {{- $build := printf "%sprivileged: false, allow_privilege_escalation: false, capabilities: {drop: [ALL], add: [SETUID, SETGID, SETFCAP]}" (include "podrunner.podman.confinement" .) }}
  {{- include "podrunner.podman.containers" (dict "uid" 0 "build" $build) | nindent 2 }}
{{- include "podrunner.podman.patches" . }}
{{- end -}}

{{/*
A container's own /proc is a new mount, which the kernel allows only where nothing of the pod's /proc is masked. Without
podman.run, containers see the job's /proc instead.
*/}}
{{- define "podrunner.podman.defaults.userNamespace" -}}
{{ include "podrunner.podman.base" . }}
  {{- $build := include "podrunner.podman.newuidmap" . -}}
  {{- if .podman.run -}}{{- $build = printf "proc_mount: unmasked, %s" $build -}}{{- end -}}
  {{- include "podrunner.podman.containers" (dict "uid" 1000 "build" $build) | nindent 2 }}
{{- include "podrunner.podman.patches" (merge (dict "hostUsers" false) .) }}
{{- end -}}

{{/*
The user is the platform's choice: an init container names it in passwd, subuid and subgid. OpenShift's own constraints
nested-container admit only pods with a user namespace of their own.
*/}}
{{- define "podrunner.podman.defaults.openshift" -}}
{{ include "podrunner.podman.base" . }}
  {{- include "podrunner.podman.containers" (dict "uid" nil "build" (include "podrunner.podman.newuidmap" .)) | nindent 2 }}
{{- $patches := merge (dict "identity" true) . -}}
{{- if eq .podman.openshift.scc.name "nested-container" -}}{{- $_ := set $patches "hostUsers" false -}}{{- end -}}
{{- include "podrunner.podman.patches" $patches }}
{{- end -}}
