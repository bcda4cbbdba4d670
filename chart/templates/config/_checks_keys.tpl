{{/*
Keys of config.toml among the values that GitLab Runner does not know: it would ignore them silently.

  podrunner.checks.keys        fails with the first of them, unless the runner is newer than those whose keys are known
  podrunner.checks.keys.table  those of one table of the values, one a line
  podrunner.checks.keys.near   " Did you mean …?" for the known key that is most like one
*/}}

{{/* usage: include "podrunner.checks.keys" $ */}}
{{- define "podrunner.checks.keys" -}}
{{- $known := .Files.Get "files/config-keys.json" | fromJson -}}
{{- $found := include "podrunner.checks.keys.table" (list $known.config .Values.config "config.") -}}
{{- $found = print $found (include "podrunner.checks.keys.table" (list $known.runners (.Values.jobs.config | default dict) "jobs.config.")) -}}
{{- range $name, $runner := .Values.runners -}}
  {{- if kindIs "map" $runner -}}
    {{- $found = print $found (include "podrunner.checks.keys.table" (list $known.runners ($runner.config | default dict) (printf "runners.%s.config." $name))) -}}
  {{- end -}}
{{- end -}}
{{- range $storage := list "s3" "gcs" "azure" -}}
  {{- $found = print $found (include "podrunner.checks.keys.table" (list (get $known.runners.cache $storage) (get $.Values.cache $storage | default dict) (printf "cache.%s." $storage))) -}}
{{- end -}}
{{- $version := include "podrunner.runner.version" . -}}
{{- if and $found (not (semverCompare $known.newer $version)) -}}
  {{- fail (printf "\n\nGitLab Runner %s would ignore these keys of config.toml:%s\nCorrect them. If they are of a release after %s, set image.tag to that release, also beside image.digest.\n" $version $found $known.until) -}}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.checks.keys.table" (list $known $table "jobs.config."); what is known is a map for a table, else 0 */}}
{{- define "podrunner.checks.keys.table" -}}
{{- $known := index . 0 -}}
{{- $path := index . 2 -}}
{{- range $key, $value := index . 1 -}}
  {{- $below := get $known $key -}}
  {{- if not (hasKey $known $key) }}
  {{ $path }}{{ $key }}: unknown key.{{ include "podrunner.checks.keys.near" (list $key $known) }}
  {{- else if kindIs "map" $below -}}
    {{- range $item := kindIs "slice" $value | ternary $value (list $value) -}}
      {{- if kindIs "map" $item -}}
        {{- include "podrunner.checks.keys.table" (list $below $item (printf "%s%s." $path $key)) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* By the pairs of letters that both have, as there is no distance of texts in templates. */}}
{{- define "podrunner.checks.keys.near" -}}
{{- $key := index . 0 -}}
{{- $best := "" -}}
{{- $most := 49 -}}
{{- range $name, $below := index . 1 -}}
  {{- $shared := 0 -}}
  {{- range $at := untilStep 0 (sub (len $key) 1 | int) 1 -}}
    {{- if contains (substr $at (add $at 2 | int) $key | lower) (lower $name) -}}{{- $shared = add1 $shared -}}{{- end -}}
  {{- end -}}
  {{- $alike := div (mul 200 $shared) (add (len $key) (len $name) -1) -}}
  {{- if gt (int $alike) (int $most) -}}{{- $best = $name -}}{{- $most = $alike -}}{{- end -}}
{{- end -}}
{{- with $best }} Did you mean {{ . }}?{{ end -}}
{{- end -}}
