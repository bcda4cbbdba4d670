{{/*
What each podman mode puts into a [[runners]] table.

  podrunner.podman.containers                 security contexts of the containers that run as one user
  podrunner.podman.confinement                keys of the build container that podman.seccomp and podman.appArmor set
  podrunner.podman.profile                    one of them
  podrunner.podman.newuidmap                  keys of a build container that maps ids by newuidmap
  podrunner.podman.defaults.none              the mode none, as YAML
  podrunner.podman.defaults.privileged        the mode privileged
  podrunner.podman.defaults.unprivileged      the mode unprivileged
  podrunner.podman.defaults.unprivilegedRoot  the mode unprivilegedRoot
  podrunner.podman.defaults.userNamespace     the mode userNamespace
  podrunner.podman.defaults.openshift         the mode openshift

usage of each mode: include "podrunner.podman.defaults.<mode>" (dict "podman" $podman "namespace" … "serviceAccount" …
"helperImage" … "trust" … "kubernetes" …), where $podman is the section podman of one runner
*/}}

{{/*
Security contexts of the three containers that run as the same user. The user is set for each container and not for the
pod, so that services keep the user of their image. With a uid of null, the platform assigns the user.
A volume of the cluster belongs to root, where an emptyDir is writable for all: with the fsGroup it is writable for that user,
to whom root needs no help, and OpenShift sets its own.
usage: include … (dict "uid" 1000 "podman" $podman "build" "the build container's other keys, as YAML")
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
{{- if and .uid (has "Volume" (list .podman.storage.medium .podman.storage.home.medium)) }}
pod_security_context: {fs_group: {{ .uid }}}
{{- end }}
{{- end -}}

{{/* Keys of the build container, each followed by a comma. */}}
{{- define "podrunner.podman.confinement" -}}
{{ include "podrunner.podman.profile" (list "seccomp_profile" .podman.seccomp) }}{{ include "podrunner.podman.profile" (list "app_armor_profile" .podman.appArmor) }}
{{- end -}}

{{/* usage: include "podrunner.podman.profile" (list "seccomp_profile" .podman.seccomp) */}}
{{- define "podrunner.podman.profile" -}}
{{- $profile := index . 1 -}}
{{- with $profile.type -}}
{{ index $ 0 }}: {type: {{ . }}{{ with $profile.localhostProfile }}, localhost_profile: {{ . | quote }}{{ end }}}, {{ end -}}
{{- end -}}

{{/*
newuidmap and newgidmap have SETUID and SETGID as file capabilities. Therefore both have to be in the bounding set, and
allow_privilege_escalation: false would disable them, because it sets no_new_privs. No seccomp profile is named: the Pod
Security level baseline refuses an explicit Unconfined, and the runtime's default profile denies unshare and mount.
*/}}
{{- define "podrunner.podman.newuidmap" -}}
{{ include "podrunner.podman.confinement" . }}privileged: false, allow_privilege_escalation: true, capabilities: {drop: [ALL], add: [SETUID, SETGID]}
{{- end -}}

{{/* Nothing of podman. The namespace is set in this mode too; otherwise GitLab Runner would use "default". */}}
{{- define "podrunner.podman.defaults.none" -}}
kubernetes:
  namespace: {{ .namespace | quote }}
{{- end -}}

{{/*
newuidmap works in a privileged container without more settings, so that only the user is set. Such a container has no
seccomp profile whatever it asks for, and the AppArmor profile that it names.
*/}}
{{- define "podrunner.podman.defaults.privileged" -}}
{{ include "podrunner.podman.base" . }}
  {{- $build := printf "%sprivileged: true" (include "podrunner.podman.profile" (list "app_armor_profile" .podman.appArmor)) }}
  {{- include "podrunner.podman.containers" (dict "uid" 1000 "podman" .podman "build" $build) | nindent 2 }}
{{- include "podrunner.podman.patches" . }}
{{- end -}}

{{- define "podrunner.podman.defaults.unprivileged" -}}
{{ include "podrunner.podman.base" . }}
  {{- include "podrunner.podman.containers" (dict "uid" 1000 "podman" .podman "build" (include "podrunner.podman.newuidmap" .)) | nindent 2 }}
{{- include "podrunner.podman.patches" . }}
{{- end -}}

{{/*
Root needs no newuidmap: podman copies the pod's own mapping. For this the kernel requires SETUID, SETGID and, because
root is mapped, SETFCAP.
*/}}
{{- define "podrunner.podman.defaults.unprivilegedRoot" -}}
{{ include "podrunner.podman.base" . }}
  {{- $build := printf "%sprivileged: false, allow_privilege_escalation: false, capabilities: {drop: [ALL], add: [SETUID, SETGID, SETFCAP]}" (include "podrunner.podman.confinement" .) }}
  {{- include "podrunner.podman.containers" (dict "uid" 0 "podman" .podman "build" $build) | nindent 2 }}
{{- include "podrunner.podman.patches" . }}
{{- end -}}

{{/*
A /proc of the container's own is a new mount. The kernel allows it only if no part of the pod's /proc is masked. Without
podman.run, containers see the job's /proc instead.
*/}}
{{- define "podrunner.podman.defaults.userNamespace" -}}
{{ include "podrunner.podman.base" . }}
  {{- $build := include "podrunner.podman.newuidmap" . -}}
  {{- if .podman.run -}}{{- $build = printf "proc_mount: unmasked, %s" $build -}}{{- end -}}
  {{- include "podrunner.podman.containers" (dict "uid" 1000 "podman" .podman "build" $build) | nindent 2 }}
{{- include "podrunner.podman.patches" (merge (dict "hostUsers" false) .) }}
{{- end -}}

{{/*
The platform assigns the user: an init container adds it to passwd, subuid and subgid. OpenShift's own constraints
nested-container only admit pods with a user namespace of their own.
*/}}
{{- define "podrunner.podman.defaults.openshift" -}}
{{ include "podrunner.podman.base" . }}
  {{- include "podrunner.podman.containers" (dict "uid" nil "podman" .podman "build" (include "podrunner.podman.newuidmap" .)) | nindent 2 }}
{{- $patches := merge (dict "identity" true) . -}}
{{- if eq .podman.openshift.scc.name "nested-container" -}}{{- $_ := set $patches "hostUsers" false -}}{{- end -}}
{{- include "podrunner.podman.patches" $patches }}
{{- end -}}
