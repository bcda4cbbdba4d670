{{/*
Maps of values, laid over each other.

  podrunner.merge  deep merge of one map into another
*/}}

{{/*
usage: include "podrunner.merge" (list $into $from)
Sets every key of $from in $into, and merges maps recursively. A user's false, 0, "" and null win. (With sprig's merge a
default would win over them, and mergeOverwrite would ignore null.)
*/}}
{{- define "podrunner.merge" -}}
{{- $into := index . 0 -}}
{{- range $key, $value := index . 1 -}}
  {{- if and (kindIs "map" $value) (kindIs "map" (get $into $key)) -}}
    {{- include "podrunner.merge" (list (get $into $key) $value) -}}
  {{- else -}}
    {{- $_ := set $into $key $value -}}
  {{- end -}}
{{- end -}}
{{- end -}}
