{{/*
Keys of GitLab's own chart among the values.

  podrunner.checks.official        fails with all of them
  podrunner.checks.official.found  those of one map of the values, one a line
*/}}

{{/*
Runs before anything reads the values. Below runners, a map or null is a runner of this chart, not an official key.
usage: include "podrunner.checks.official" $
*/}}
{{- define "podrunner.checks.official" -}}
{{- $known := .Files.Get "files/gitlab-runner.json" | fromJson -}}
{{- with include "podrunner.checks.official.found" (list $known .Values "") -}}
  {{- fail (printf "\n\nThese values belong to GitLab's own chart, gitlab-runner, and have no effect in this one:%s\n`podrunner import VALUES.yaml` converts a values file of that chart.\n" .) -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.checks.official.found" -}}
{{- $known := index . 0 -}}
{{- $path := index . 2 -}}
{{- range $key, $value := index . 1 -}}
  {{- $fate := get $known $key -}}
  {{- if and (kindIs "map" $fate) (kindIs "map" $value) -}}
    {{- include "podrunner.checks.official.found" (list $fate $value (printf "%s%s." $path $key)) -}}
  {{- else if and (kindIs "string" $fate) $fate -}}
    {{- $ours := kindIs "invalid" $value -}}
    {{- if eq $path "runners." -}}{{- $ours = and (or $ours (kindIs "map" $value)) (eq $key (lower $key | replace "_" "-")) -}}{{- end -}}
    {{- if not $ours }}
  {{ $path }}{{ $key }}: {{ $fate }}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}
