{{/*
What each podman mode puts into a [[runners]] table, and podman's own configuration.

  podrunner.podman.defaults.<mode>   the mode's keys, as YAML; usage: include … (dict "podman" $podman "namespace" …)
  podrunner.podman.prepare           shell script that lays out podman's folder before the job's own commands

Everything that podman needs lives on two emptyDirs, so that it works in whichever namespace the job pod runs: the home
(HOME and builds_dir) and /podrunner (images, runtime folder, configuration). The script reaches the job through
pre_build_script and environment, not through a ConfigMap, which job namespaces would not have.
*/}}

{{- define "podrunner.podman.defaults.none" -}}
{}
{{- end -}}

{{/* Common to all modes in which the chart sets podman up; the caller adds its container's users. */}}
{{- define "podrunner.podman.base" -}}
builds_dir: {{ .podman.home | quote }}
shell: bash
environment:
  - {{ printf "HOME=%s" .podman.home | quote }}
  {{- /* git's global configuration is written by helper and job alike, whatever HOME a pipeline sets */}}
  - {{ printf "GIT_CONFIG_GLOBAL=%s/.gitconfig" .podman.home | quote }}
  - BUILDAH_ISOLATION=chroot
  - XDG_RUNTIME_DIR=/podrunner/run
  - CONTAINERS_STORAGE_CONF=/podrunner/config/storage.conf
  - CONTAINERS_CONF_OVERRIDE=/podrunner/config/containers.conf
  {{- if .podman.registries.mirrors }}
  - CONTAINERS_REGISTRIES_CONF=/podrunner/config/registries.conf
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
      - name: podrunner-storage
        mount_path: /podrunner
        {{- with .podman.storage.medium }}
        medium: {{ . | quote }}
        {{- end }}
        {{- with .podman.storage.size }}
        size_limit: {{ . | quote }}
        {{- end }}
  service_container_security_context:
    allow_privilege_escalation: false
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

{{/* The user is the platform's choice: an init container names it in passwd, subuid and subgid. */}}
{{- define "podrunner.podman.defaults.openshift" -}}
{{ include "podrunner.podman.base" . }}
  {{- include "podrunner.podman.containers" (dict "uid" nil "build" (include "podrunner.podman.newuidmap" .)) | nindent 2 }}
{{- include "podrunner.podman.patches" (merge (dict "identity" true) .) }}
{{- end -}}

{{/*
With an fsGroup, folders get a group that podman's user namespace does not map, and overlay mounts are refused: hence chgrp.
Pipelines set HOME to folders of other images (/root, /): podman and git want one that is writable.
An emptyDir is world-writable, and podman refuses such a runtime folder: hence run/ with mode 0700.
The first line is what GitLab shows of the script when FF_SCRIPT_SECTIONS is on.
*/}}
{{- define "podrunner.podman.prepare" -}}
# podrunner: lay out podman's folders and configuration
if [ ! -w "${HOME:-/}" ]; then
  echo "podrunner: HOME is ${HOME:-not set}, where this job cannot write. Using {{ .podman.home }}."
  export HOME={{ .podman.home }}
fi
mkdir -p -m 0700 /podrunner/run
mkdir -p /podrunner/config /podrunner/storage /podrunner/tmp
chmod g-s /podrunner/*/
chgrp "$(id -g)" /podrunner/*/
cat >/podrunner/config/storage.conf <<'EOF'
[storage]
driver = {{ .podman.storage.driver | replace "fuse-overlayfs" "overlay" | toRawJson }}
graphroot = "/podrunner/storage"
rootless_storage_path = "/podrunner/storage"
runroot = "/podrunner/run/containers"
{{- if eq .podman.storage.driver "fuse-overlayfs" }}
[storage.options.overlay]
mount_program = "/usr/bin/fuse-overlayfs"
{{- end }}
EOF
cat >/podrunner/config/containers.conf <<'EOF'
[containers]
netns = "host"
userns = "host"
ipcns = "host"
utsns = "host"
cgroupns = "host"
cgroups = "disabled"
log_driver = "k8s-file"
{{- if not .podman.run }}
volumes = ["/proc:/proc"]
{{- end }}
default_sysctls = []
keyring = false
label = false
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
image_copy_tmp_dir = "/podrunner/tmp"
EOF
{{- with .podman.registries.mirrors }}
cat >/podrunner/config/registries.conf <<'EOF'
unqualified-search-registries = ["docker.io"]
{{- range $registry, $mirrors := . }}
[[registry]]
prefix = {{ $registry | toRawJson }}
location = {{ $registry | toRawJson }}
{{- range $mirrors }}
[[registry.mirror]]
location = {{ .location | toRawJson }}
insecure = {{ .insecure | default false }}
{{- end }}
{{- end }}
EOF
{{- end }}
{{ end -}}
