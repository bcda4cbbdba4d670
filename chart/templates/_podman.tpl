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

{{/* Common to all modes in which the chart sets podman up. */}}
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
  {{- /* The user is set by container, not for the pod: services keep the user of their image. */}}
  init_permissions_container_security_context: &unprivileged
    run_as_user: 1000
    run_as_group: 1000
    run_as_non_root: true
    allow_privilege_escalation: false
    capabilities: {drop: [ALL]}
    seccomp_profile: {type: RuntimeDefault}
  helper_container_security_context: *unprivileged
  service_container_security_context:
    allow_privilege_escalation: false
{{- end -}}

{{/* newuidmap works in a privileged container as it is: nothing but the user is set. */}}
{{- define "podrunner.podman.defaults.privileged" -}}
{{ include "podrunner.podman.base" . }}
  build_container_security_context:
    run_as_user: 1000
    run_as_group: 1000
    run_as_non_root: true
    privileged: true
{{- end -}}

{{/*
newuidmap and newgidmap carry SETUID and SETGID as file capabilities: the bounding set has to hold both, and
no_new_privs, which allow_privilege_escalation: false sets, would void them. No seccomp profile is named: an explicit
Unconfined is refused by the Pod Security level baseline, and the runtime's default denies unshare and mount.
*/}}
{{- define "podrunner.podman.defaults.unprivileged" -}}
{{ include "podrunner.podman.base" . }}
  build_container_security_context:
    run_as_user: 1000
    run_as_group: 1000
    run_as_non_root: true
    privileged: false
    allow_privilege_escalation: true
    capabilities: {drop: [ALL], add: [SETUID, SETGID]}
{{- end -}}

{{/*
An emptyDir is world-writable, and podman refuses such a runtime folder: hence run/ with mode 0700.
The first line is what GitLab shows of the script when FF_SCRIPT_SECTIONS is on.
*/}}
{{- define "podrunner.podman.prepare" -}}
# podrunner: lay out podman's folders and configuration
mkdir -p -m 0700 /podrunner/run
mkdir -p /podrunner/config /podrunner/storage /podrunner/tmp
cat >/podrunner/config/storage.conf <<'EOF'
[storage]
driver = {{ .podman.storage.driver | toRawJson }}
graphroot = "/podrunner/storage"
rootless_storage_path = "/podrunner/storage"
runroot = "/podrunner/run/containers"
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
volumes = ["/proc:/proc"]
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
