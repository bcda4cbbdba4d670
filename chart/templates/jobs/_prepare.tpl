{{/*
The shell script that lays out podman's folders and configuration before the job's own commands.

  podrunner.podman.prepare  the script

With an fsGroup, folders get a group that podman's user namespace does not map, and the kernel refuses overlay mounts:
this is why chgrp is needed.
Pipelines set HOME to folders of other images (/root, /), but podman and git need a writable one.
podman refuses a runtime folder that is world-writable, as an emptyDir is: this is why run/ has the mode 0700.
GitLab shows the first line as the title of the script if FF_SCRIPT_SECTIONS is on.
*/}}

{{- define "podrunner.podman.prepare" -}}
# podrunner: lay out podman's folders and configuration
if [ ! -w "${HOME:-/}" ]; then
  echo "podrunner: HOME is ${HOME:-not set}, where this job cannot write. Using {{ .podman.home }}."
  export HOME={{ .podman.home }}
fi
mkdir -p -m 0700 /podrunner/run
mkdir -p /podrunner/config /podrunner/storage /podrunner/tmp
for folder in run config storage tmp; do
  chmod g-s "/podrunner/$folder"
  chgrp "$(id -g)" "/podrunner/$folder"
done
cat >/podrunner/config/storage.conf <<'EOF'
[storage]
driver = {{ .podman.storage.driver | replace "fuse-overlayfs" "overlay" | toRawJson }}
graphroot = "/podrunner/storage"
rootless_storage_path = "/podrunner/storage"
runroot = "/podrunner/run/containers"
{{- with .podman.storage.additionalImageStores }}
{{- $stores := list -}}
{{- range $name, $store := . -}}{{- $stores = append $stores (include "podrunner.podman.store" (list $name $store)) -}}{{- end }}
[storage.options]
additionalimagestores = {{ toRawJson $stores }}
{{- end }}
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
{{- include "podrunner.registries.script" .podman.registries }}
{{- if .trust }}
{{ include "podrunner.trust.copy" . }}
{{- include "podrunner.trust.bundle" . }}
{{- end }}
{{ end -}}
