{{/*
What the pod of `helm test` takes over from a [[runners]] table, beside what jobs/_pod.tpl has.

  podrunner.pod.tolerations  node_tolerations as Kubernetes writes them
  podrunner.pod.patch        what pod_spec adds: pod (scalar fields), initContainers, volumes, build (container)
*/}}

{{/* Each entry is `key=value: effect`. Without a value it matches every value, without an effect every effect. */}}
{{- define "podrunner.pod.tolerations" -}}
{{- $found := list -}}
{{- range $key, $effect := . -}}
  {{- $parts := regexSplit "=" $key 2 -}}
  {{- $one := dict "key" (first $parts) "operator" "Exists" -}}
  {{- with rest $parts -}}{{- $one = dict "key" (first $parts) "operator" "Equal" "value" (first .) -}}{{- end -}}
  {{- with $effect -}}{{- $_ := set $one "effect" . -}}{{- end -}}
  {{- $found = append $found $one -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/*
usage: {{- $patch := include "podrunner.pod.patch" $kubernetes | fromJson }}
The strategic patches of pod_spec, merged. Lists are joined, as the API server joins them by name.
*/}}
{{- define "podrunner.pod.patch" -}}
{{- $joined := dict "pod" dict "initContainers" list "volumes" list "build" (dict "volumeMounts" list) -}}
{{- range .pod_spec -}}
  {{- $patch := dict -}}
  {{- if eq (.patch_type | default "strategic") "strategic" -}}{{- $patch = .patch | default "" | fromYaml -}}{{- end -}}
  {{- range $key, $value := $patch -}}
    {{- if has $key (list "initContainers" "volumes") -}}
      {{- $_ := set $joined $key (concat (get $joined $key) $value) -}}
    {{- else if eq $key "containers" -}}
      {{- range $value -}}
        {{- if eq .name "build" -}}
          {{- $mounts := concat $joined.build.volumeMounts (.volumeMounts | default list) -}}
          {{- include "podrunner.merge" (list $joined.build .) -}}
          {{- $_ := set $joined.build "volumeMounts" $mounts -}}
        {{- end -}}
      {{- end -}}
    {{- else -}}
      {{- $_ := set $joined.pod $key $value -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson $joined -}}
{{- end -}}
