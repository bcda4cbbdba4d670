{{/*
Volumes of a job's pod, as the Kubernetes executor makes them from [runners.kubernetes.volumes].

  podrunner.pod.volumes  {volumes, mounts}, as JSON
  podrunner.pod.source   what a volume is made of, as JSON
*/}}

{{/* A claim that is mounted twice is one volume. */}}
{{- define "podrunner.pod.volumes" -}}
{{- $tables := . -}}
{{- $volumes := list -}}
{{- $mounts := list -}}
{{- $claims := list -}}
{{- range $kind := list "host_path" "secret" "pvc" "config_map" "empty_dir" "csi" "nfs" -}}
  {{- range get $tables $kind | default list -}}
    {{- $mount := dict "name" .name "mountPath" .mount_path -}}
    {{- with .sub_path -}}{{- $_ := set $mount "subPath" . -}}{{- end -}}
    {{- if and .read_only (ne $kind "empty_dir") -}}{{- $_ := set $mount "readOnly" true -}}{{- end -}}
    {{- if has $kind (list "host_path" "pvc" "empty_dir") -}}
      {{- with .mount_propagation -}}{{- $_ := set $mount "mountPropagation" . -}}{{- end -}}
    {{- end -}}
    {{- $mounts = append $mounts $mount -}}
    {{- if not (and (eq $kind "pvc") (has .name $claims)) -}}
      {{- $source := include "podrunner.pod.source" (list $kind .) | fromJson -}}
      {{- $volumes = append $volumes (merge (dict "name" .name) $source) -}}
    {{- end -}}
    {{- if eq $kind "pvc" -}}{{- $claims = append $claims .name -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- dict "volumes" $volumes "mounts" $mounts | toJson -}}
{{- end -}}

{{/* usage: include "podrunner.pod.source" (list $kind $volume) */}}
{{- define "podrunner.pod.source" -}}
{{- $kind := first . -}}
{{- $volume := last . -}}
{{- $fields := dict -}}
{{- $items := list -}}
{{- range $key, $path := $volume.items -}}{{- $items = append $items (dict "key" $key "path" $path) -}}{{- end -}}
{{- if eq $kind "host_path" -}}
  {{- $fields = dict "hostPath" (dict "path" ($volume.host_path | default $volume.mount_path)) -}}
{{- else if eq $kind "secret" -}}
  {{- $fields = dict "secret" (merge (dict "secretName" $volume.name) (ternary (dict "items" $items) dict (not (empty $items)))) -}}
{{- else if eq $kind "pvc" -}}
  {{- $fields = dict "persistentVolumeClaim" (dict "claimName" $volume.name) -}}
{{- else if eq $kind "config_map" -}}
  {{- $fields = dict "configMap" (merge (dict "name" $volume.name) (ternary (dict "items" $items) dict (not (empty $items)))) -}}
{{- else if eq $kind "empty_dir" -}}
  {{- $directory := dict -}}
  {{- with $volume.medium -}}{{- $_ := set $directory "medium" . -}}{{- end -}}
  {{- with $volume.size_limit -}}{{- $_ := set $directory "sizeLimit" . -}}{{- end -}}
  {{- $fields = dict "emptyDir" $directory -}}
{{- else if eq $kind "csi" -}}
  {{- $driver := dict "driver" $volume.driver "fsType" ($volume.fs_type | default "") "readOnly" ($volume.read_only | default false) -}}
  {{- with $volume.volume_attributes -}}{{- $_ := set $driver "volumeAttributes" . -}}{{- end -}}
  {{- $fields = dict "csi" $driver -}}
{{- else -}}
  {{- $fields = dict "nfs" (dict "server" $volume.server "path" $volume.path "readOnly" ($volume.read_only | default false)) -}}
{{- end -}}
{{- toJson $fields -}}
{{- end -}}
