{{/*
Patches of pod_spec, as GitLab Runner lays them over a job's pod.

  podrunner.patch       lays one over a spec
  podrunner.patch.lay   a strategic or merge patch
  podrunner.patch.join  a list of a strategic patch, whose items have a key
  podrunner.patch.at    one change of a JSON patch, at its place
  podrunner.patch.get   what a JSON patch points to
*/}}

{{/*
usage: $spec = (include "podrunner.patch" (list $spec $patch) | fromJson).spec
A patch that is no YAML changes nothing here: `podrunner check` says where it is wrong. Nor do tests of a JSON patch.
*/}}
{{- define "podrunner.patch" -}}
{{- $spec := index . 0 -}}
{{- $type := (index . 1).patch_type | default "strategic" -}}
{{- $text := (index . 1).patch | default "" -}}
{{- if eq $type "json" -}}
  {{- range $text | fromYamlArray -}}
    {{- if kindIs "map" . -}}
      {{- $path := trimPrefix "/" .path | splitList "/" -}}
      {{- $from := trimPrefix "/" (.from | default "") | splitList "/" -}}
      {{- $value := .value -}}
      {{- if has .op (list "copy" "move") -}}{{- $value = (include "podrunner.patch.get" (list $spec $from) | fromJson).value -}}{{- end -}}
      {{- if eq .op "move" -}}{{- $spec = (include "podrunner.patch.at" (list $spec $from "remove" nil) | fromJson).node -}}{{- end -}}
      {{- if ne .op "test" -}}
        {{- $op := ternary "add" .op (has .op (list "copy" "move")) -}}
        {{- $spec = (include "podrunner.patch.at" (list $spec $path $op $value) | fromJson).node -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- else -}}
  {{- $patch := fromYaml $text -}}
  {{- if not (hasKey $patch "Error") -}}{{- include "podrunner.patch.lay" (list $spec $patch (eq $type "strategic")) -}}{{- end -}}
{{- end -}}
{{- dict "spec" $spec | toJson -}}
{{- end -}}

{{/* usage: include "podrunner.patch.lay" (list $into $patch $strategic); null removes a field, and $patch is a directive */}}
{{- define "podrunner.patch.lay" -}}
{{- $into := index . 0 -}}
{{- $strategic := index . 2 -}}
{{- $joined := dict "containers" "name" "env" "name" "hostAliases" "ip" "imagePullSecrets" "name" "initContainers" "name" "ports" "containerPort" "resourceClaims" "name" "topologySpreadConstraints" "topologyKey" "volumeDevices" "devicePath" "volumeMounts" "mountPath" "volumes" "name" -}}
{{- range $key, $value := index . 1 -}}
  {{- if and $strategic (hasPrefix "$" $key) -}}
  {{- else if kindIs "invalid" $value -}}
    {{- $_ := unset $into $key -}}
  {{- else if and $strategic (kindIs "map" $value) (hasKey $value "$patch") (not (hasKey $into $key)) -}}
    {{- /* a directive without anything to act on */}}
  {{- else if kindIs "map" $value -}}
    {{- if or (not (kindIs "map" (get $into $key))) (and $strategic (hasKey $value "$patch")) -}}{{- $_ := set $into $key dict -}}{{- end -}}
    {{- if ne (toString (get $value "$patch")) "delete" -}}{{- include "podrunner.patch.lay" (list (get $into $key) $value $strategic) -}}{{- end -}}
  {{- else if and $strategic (kindIs "slice" $value) (hasKey $joined $key) -}}
    {{- $_ := set $into $key (include "podrunner.patch.join" (list (get $into $key | default list) $value (get $joined $key)) | fromJsonArray) -}}
  {{- else -}}
    {{- $_ := set $into $key $value -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.patch.join" (list $items $patch $key) | fromJsonArray */}}
{{- define "podrunner.patch.join" -}}
{{- $items := index . 0 -}}
{{- $by := index . 2 -}}
{{- range $new := index . 1 -}}
  {{- $kept := list -}}
  {{- $directive := get $new "$patch" -}}
  {{- $found := false -}}
  {{- range $item := $items -}}
    {{- $same := eq (get $item $by | toString) (get $new $by | toString) -}}
    {{- if and $same (not $directive) -}}{{- include "podrunner.patch.lay" (list $item $new true) -}}{{- $found = true -}}{{- end -}}
    {{- if not (or (eq $directive "replace") (and $same (eq $directive "delete"))) -}}{{- $kept = append $kept $item -}}{{- end -}}
  {{- end -}}
  {{- if not (or $found $directive) -}}
    {{- $item := dict -}}
    {{- include "podrunner.patch.lay" (list $item $new true) -}}
    {{- $kept = append $kept $item -}}
  {{- end -}}
  {{- $items = $kept -}}
{{- end -}}
{{- toJson $items -}}
{{- end -}}

{{/* usage: (include "podrunner.patch.at" (list $node $parts "add, replace or remove" $value) | fromJson).node */}}
{{- define "podrunner.patch.at" -}}
{{- $node := index . 0 -}}
{{- $head := index . 1 | first | replace "~1" "/" | replace "~0" "~" -}}
{{- $rest := index . 1 | rest -}}
{{- $op := index . 2 -}}
{{- $value := index . 3 -}}
{{- if kindIs "map" $node -}}
  {{- if and $rest (hasKey $node $head) -}}
    {{- $_ := set $node $head (include "podrunner.patch.at" (list (get $node $head) $rest $op $value) | fromJson).node -}}
  {{- else if and (not $rest) (eq $op "remove") -}}
    {{- $_ := unset $node $head -}}
  {{- else if not $rest -}}
    {{- $_ := set $node $head $value -}}
  {{- end -}}
{{- else if kindIs "slice" $node -}}
  {{- $place := ternary (len $node) (int $head) (eq $head "-") -}}
  {{- $changed := list -}}
  {{- range $index, $item := $node -}}
    {{- if ne $index $place -}}
      {{- $changed = append $changed $item -}}
    {{- else if $rest -}}
      {{- $changed = append $changed (include "podrunner.patch.at" (list $item $rest $op $value) | fromJson).node -}}
    {{- else if ne $op "remove" -}}
      {{- $changed = append $changed $value -}}
      {{- if eq $op "add" -}}{{- $changed = append $changed $item -}}{{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and (eq $op "add") (not $rest) (eq $place (len $node)) -}}{{- $changed = append $changed $value -}}{{- end -}}
  {{- $node = $changed -}}
{{- end -}}
{{- dict "node" $node | toJson -}}
{{- end -}}

{{/* usage: (include "podrunner.patch.get" (list $node $parts) | fromJson).value */}}
{{- define "podrunner.patch.get" -}}
{{- $node := index . 0 -}}
{{- range index . 1 -}}
  {{- $part := replace "~1" "/" . | replace "~0" "~" -}}
  {{- if kindIs "map" $node -}}
    {{- $node = get $node $part -}}
  {{- else if kindIs "slice" $node -}}
    {{- $items := $node -}}
    {{- $node = dict -}}
    {{- range $index, $item := $items -}}{{- if eq (toString $index) $part -}}{{- $node = $item -}}{{- end -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- dict "value" $node | toJson -}}
{{- end -}}
