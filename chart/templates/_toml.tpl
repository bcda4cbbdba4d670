{{/*
A map of values as TOML. Helm's own toToml writes integers as floats (run_as_user = 1000.0), which GitLab Runner refuses.

  podrunner.toml.table   a map: its plain keys, then its tables, then its arrays of tables
  podrunner.toml.value   one value
  podrunner.toml.string  one string
  podrunner.toml.key     one key, quoted where TOML wants quotes

Keys come out sorted (identity first in [[runners]]), so that equal values give equal text. A null leaves its key out.
*/}}

{{/*
usage: include "podrunner.toml.table" (dict "table" $map "path" "runners.kubernetes" "indent" "  ")
Dates are written as TOML dates only where GitLab Runner types the key as a time: two keys of [[runners]].
*/}}
{{- define "podrunner.toml.table" -}}
{{- $table := .table -}}
{{- $path := .path -}}
{{- $indent := .indent -}}
{{- $keys := keys $table | sortAlpha -}}
{{- if eq $path "runners" -}}
  {{- $keys = concat (list "name" "url" "token" "executor") (without $keys "name" "url" "token" "executor") -}}
{{- end -}}
{{- $tables := list -}}
{{- $arrays := list -}}
{{- range $key := $keys -}}
  {{- $value := index $table $key -}}
  {{- $name := include "podrunner.toml.key" $key -}}
  {{- if kindIs "invalid" $value -}}
  {{- else if kindIs "map" $value -}}
    {{- $tables = append $tables $key -}}
  {{- else if eq (include "podrunner.toml.isTables" $value) "true" -}}
    {{- $arrays = append $arrays $key -}}
  {{- else if and (eq $path "runners") (has $key (list "token_obtained_at" "token_expires_at")) }}
{{ $indent }}{{ $name }} = {{ $value }}
  {{- else }}
{{ $indent }}{{ $name }} = {{ include "podrunner.toml.value" $value }}
  {{- end -}}
{{- end -}}
{{- range $key := $tables -}}
  {{- $name := include "podrunner.toml.key" $key -}}
  {{- if $path -}}{{- $name = printf "%s.%s" $path $name -}}{{- end }}
{{ $indent }}[{{ $name }}]
  {{- include "podrunner.toml.table" (dict "table" (index $table $key) "path" $name "indent" (printf "%s  " $indent)) -}}
{{- end -}}
{{- range $key := $arrays -}}
  {{- $name := include "podrunner.toml.key" $key -}}
  {{- if $path -}}{{- $name = printf "%s.%s" $path $name -}}{{- end -}}
  {{- range $item := index $table $key }}
{{ $indent }}[[{{ $name }}]]
    {{- include "podrunner.toml.table" (dict "table" $item "path" $name "indent" (printf "%s  " $indent)) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* "true" for a list that holds maps and nothing else */}}
{{- define "podrunner.toml.isTables" -}}
{{- if and (kindIs "slice" .) . -}}
  {{- $maps := true -}}
  {{- range . -}}{{- if not (kindIs "map" .) -}}{{- $maps = false -}}{{- end -}}{{- end -}}
  {{- $maps -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.toml.key" -}}
{{- if regexMatch "^[A-Za-z0-9_-]+$" . -}}{{- . -}}{{- else -}}{{- include "podrunner.toml.quoted" . -}}{{- end -}}
{{- end -}}

{{- define "podrunner.toml.value" -}}
{{- if kindIs "string" . -}}
  {{- include "podrunner.toml.string" . -}}
{{- else if kindIs "slice" . -}}
  [
  {{- range $index, $item := . -}}
    {{- if $index -}}, {{ end -}}
    {{- include "podrunner.toml.value" $item -}}
  {{- end -}}
  ]
{{- else if and (kindIs "float64" .) (eq (floor .) .) -}}
  {{- /* Helm reads every number of a values file as a float: whole ones are written as integers */ -}}
  {{- printf "%.0f" . -}}
{{- else -}}
  {{- . -}}
{{- end -}}
{{- end -}}

{{/*
A text of several lines is written as it is, between ''' marks, where TOML and YAML allow that: no control or unusual
line-break characters (TOML and YAML read some of them differently) and no ''' inside.
*/}}
{{- define "podrunner.toml.string" -}}
{{- if and (contains "\n" .) (not (contains "'''" .)) (not (hasSuffix "'" .)) (not (regexMatch "[^\\n\\t\\x20-\\x7e\\x{a0}-\\x{2027}\\x{2030}-\\x{d7ff}\\x{e000}-\\x{fefe}\\x{ff00}-\\x{fffd}\\x{10000}-\\x{10ffff}]" .)) -}}
'''
{{ . }}'''
{{- else -}}
  {{- include "podrunner.toml.quoted" . -}}
{{- end -}}
{{- end -}}

{{/* JSON's strings are TOML's, but for DEL; C1 controls and the byte order mark are escaped for YAML's sake. */}}
{{- define "podrunner.toml.quoted" -}}
{{- $text := toRawJson . -}}
{{- if regexMatch "[\\x7f-\\x{9f}\\x{feff}]" $text -}}
  {{- range $code := append (untilStep 127 160 1) 65279 -}}
    {{- $text = replace (printf "%c" $code) (printf "\\u%04x" $code) $text -}}
  {{- end -}}
{{- end -}}
{{- $text -}}
{{- end -}}
