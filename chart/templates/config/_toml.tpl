{{/*
A map of values as TOML. Helm's own toToml writes integers as floats (run_as_user = 1000.0), which GitLab Runner refuses.

  podrunner.toml.table     a map: its plain keys, then its tables, then its arrays of tables
  podrunner.toml.isTables  whether a list becomes an array of tables
  podrunner.toml.list      a list of plain values
  podrunner.toml.lines     a string of several lines
  podrunner.toml.escape    a whole text, with the characters escaped that JSON allows in its strings and TOML does not

Keys are sorted (identity first in [[runners]]), so that equal values give equal text. A key whose value is null is left
out. Other plain values are written as JSON, which is valid TOML: whole numbers have no decimal point, although Helm reads
them as floats.
*/}}

{{/*
usage: include "podrunner.toml.table" (dict "table" $map "path" "runners.kubernetes" "indent" "  ")
Dates are written as TOML dates only for the two keys of [[runners]] that GitLab Runner reads as a time.
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
  {{- $kind := kindOf $value -}}
  {{- /* Trimmed rather than matched: Helm compiles a regular expression for each call, and there are many keys. */}}
  {{- $name := $key -}}
  {{- if or (not $key) (trimAll "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-" $key) -}}{{- $name = toRawJson $key -}}{{- end -}}
  {{- if eq $kind "map" -}}
    {{- $tables = append $tables (list $key $name) -}}
  {{- else if eq $kind "slice" -}}
    {{- if eq (include "podrunner.toml.isTables" $value) "true" -}}
      {{- $arrays = append $arrays (list $key $name) -}}
    {{- else }}
{{ $indent }}{{ $name }} = {{ include "podrunner.toml.list" $value }}
    {{- end -}}
  {{- else if eq $kind "invalid" -}}
  {{- else if and (eq $path "runners") (eq $key "token_obtained_at" "token_expires_at") }}
{{ $indent }}{{ $name }} = {{ $value }}
  {{- else if and (eq $kind "string") (contains "\n" $value) }}
{{ $indent }}{{ $name }} = {{ include "podrunner.toml.lines" $value }}
  {{- else }}
{{ $indent }}{{ $name }} = {{ toRawJson $value }}
  {{- end -}}
{{- end -}}
{{- range $pair := $tables -}}
  {{- $name := last $pair -}}
  {{- if $path -}}{{- $name = printf "%s.%s" $path $name -}}{{- end }}
{{ $indent }}[{{ $name }}]
  {{- include "podrunner.toml.table" (dict "table" (first $pair | get $table) "path" $name "indent" (printf "%s  " $indent)) -}}
{{- end -}}
{{- range $pair := $arrays -}}
  {{- $name := last $pair -}}
  {{- if $path -}}{{- $name = printf "%s.%s" $path $name -}}{{- end -}}
  {{- range $item := first $pair | get $table }}
{{ $indent }}[[{{ $name }}]]
    {{- include "podrunner.toml.table" (dict "table" $item "path" $name "indent" (printf "%s  " $indent)) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* "true" for a list that holds maps and nothing else */}}
{{- define "podrunner.toml.isTables" -}}
{{- $maps := not (empty .) -}}
{{- range . -}}{{- if not (kindIs "map" .) -}}{{- $maps = false -}}{{- end -}}{{- end -}}
{{- $maps -}}
{{- end -}}

{{- define "podrunner.toml.list" -}}
[
{{- range $index, $item := . -}}
  {{- if $index -}}, {{ end -}}
  {{- toRawJson $item -}}
{{- end -}}
]
{{- end -}}

{{/*
A string of several lines is written unchanged between ''' marks if TOML and YAML allow that: it has no control
characters, no unusual line breaks (TOML and YAML read some of them differently) and no '''.
*/}}
{{- define "podrunner.toml.lines" -}}
{{- if and (not (contains "'''" .)) (not (hasSuffix "'" .)) (not (regexMatch "[^\\n\\t\\x20-\\x7e\\x{a0}-\\x{2027}\\x{2030}-\\x{d7ff}\\x{e000}-\\x{fefe}\\x{ff00}-\\x{fffd}\\x{10000}-\\x{10ffff}]" .)) -}}
'''
{{ . }}'''
{{- else -}}
  {{- toRawJson (toString .) -}}
{{- end -}}
{{- end -}}

{{/*
A JSON string is a TOML string, except for DEL. C1 controls and the byte order mark are escaped for YAML. This is done
for the whole text at once, because strings between ''' marks have none of these characters.
*/}}
{{- define "podrunner.toml.escape" -}}
{{- $text := . -}}
{{- if regexMatch "[\\x7f-\\x{9f}\\x{feff}]" $text -}}
  {{- range $code := append (untilStep 127 160 1) 65279 -}}
    {{- $text = replace (printf "%c" $code) (printf "\\u%04x" $code) $text -}}
  {{- end -}}
{{- end -}}
{{- $text -}}
{{- end -}}
