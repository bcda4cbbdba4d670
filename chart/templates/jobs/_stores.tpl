{{/*
Additional image stores: images that podman finds without pulling them.

  podrunner.podman.stores  their volumes
  podrunner.podman.store   the path of one of them
*/}}

{{/*
Volumes of additional image stores, read-only. They are not below /podrunner, whose folders get the job's group.
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
