{{/*
What all modes in which the chart sets podman up have in common.

  podrunner.podman.base      their keys of a [[runners]] table, as YAML
  podrunner.podman.services  those for services
  podrunner.podman.emptyDir  medium and size of an emptyDir

Everything that podman needs is on two emptyDirs: the home (HOME and builds_dir) and /podrunner (images, runtime folder,
configuration). The script reaches the job through pre_build_script and environment. A ConfigMap would have to exist in
every namespace in which a job pod may run.
*/}}

{{/*
The caller adds the users of its containers. GitLab holds a request for a job open for up to 50 seconds (long polling), and
with one request at a time, GitLab Runner's default, no other job starts meanwhile: GitLab Runner warns of it. It adapts the
number to the load, up to request_concurrency.
*/}}
{{- define "podrunner.podman.base" -}}
builds_dir: {{ .podman.home | quote }}
shell: bash
request_concurrency: 4
environment:
  - {{ printf "HOME=%s" .podman.home | quote }}
  {{- /* helper and job both write git's global configuration, whatever HOME a pipeline sets */}}
  - {{ printf "GIT_CONFIG_GLOBAL=%s/.gitconfig" .podman.home | quote }}
  {{- /* after_script has the HOME of the pipeline again, where podman and git would look for their folders */}}
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
  {{- /* Go programs, such as podman, read these folders beside the image's own file */}}
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
  When a job's pod is deleted, nothing is left to wait for: GitLab Runner runs after_script and the uploads before that,
  by exec. This is also true for a cancelled job, whose script has already got SIGTERM. The shells that are left ignore
  the SIGTERM of Kubernetes, which by default would wait 30 seconds for them; meanwhile the pod keeps its CPU, memory and
  place in a quota. Only services, and jobs in a pod that is evicted, have to end within these seconds.
  */}}
  pod_termination_grace_period_seconds: 5
  privileged: false
  {{- if eq .podman.fuse.source "crio" }}
  {{- /* CRI-O renamed the annotation: a release knows one, the other or both */}}
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
  {{- include "podrunner.podman.services" .kubernetes | nindent 2 }}
{{- end -}}

{{/*
Services keep the user of their image, and the capabilities with which images of databases and web servers give up root: to
change owners, to become a user, and to listen below port 1024. Kubernetes refuses a privileged container that may not gain
privileges, so nothing is set for services that the values make privileged.
usage: include … (the values' own keys of [runners.kubernetes])
*/}}
{{- define "podrunner.podman.services" -}}
{{- $own := .service_container_security_context | default dict -}}
{{- if not (ternary $own.privileged .privileged (kindIs "bool" $own.privileged)) }}
service_container_security_context:
  allow_privilege_escalation: false
  capabilities: {drop: [AUDIT_WRITE, MKNOD, NET_RAW, SETFCAP, SETPCAP, SYS_CHROOT]}
  seccomp_profile: {type: RuntimeDefault}
{{- end -}}
{{- end -}}

{{/* Medium and size of an emptyDir, if they are set; nothing for one in whose place a patch puts a volume of the cluster. */}}
{{- define "podrunner.podman.emptyDir" -}}
{{- if ne .medium "Volume" -}}
{{- with .medium }}
medium: {{ . | quote }}
{{- end }}
{{- with .size }}
size_limit: {{ . | quote }}
{{- end }}
{{- end -}}
{{- end -}}
