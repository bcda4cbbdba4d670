{{/*
Values that nobody gives: helm upgrade --reuse-values does not look at the defaults of a newer chart, and a null takes a default
away. Templates would fail on a section that is not there.

  podrunner.values       puts defaults where keys are missing; usage: include … $
  podrunner.values.fill  the same for one map and all below it
*/}}

{{/*
Every template begins with it; the first of a render does the work. Of keys that mean something else without a value, such as
manager.replicas, null stays null: files/defaults.json lists them.
*/}}
{{- define "podrunner.values" -}}
{{- if not (hasKey . "podrunnerValues") -}}
  {{- $defaults := .Files.Get "files/defaults.json" | fromJson -}}
  {{- include "podrunner.values.fill" (list .Values $defaults.values $defaults.optional "") -}}
  {{- $_ := set . "podrunnerValues" true -}}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.values.fill" (list $values $defaults $optional "path.to.them.") */}}
{{- define "podrunner.values.fill" -}}
{{- $values := index . 0 -}}
{{- $optional := index . 2 -}}
{{- $path := index . 3 -}}
{{- range $key, $default := index . 1 -}}
  {{- $value := get $values $key -}}
  {{- if and (kindIs "map" $default) (kindIs "map" $value) -}}
    {{- include "podrunner.values.fill" (list $value $default $optional (printf "%s%s." $path $key)) -}}
  {{- else if and (not (hasKey $optional (print $path $key))) (or (not (hasKey $values $key)) (kindIs "invalid" $value)) -}}
    {{- $_ := set $values $key (kindIs "map" $default | ternary (deepCopy $default) $default) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
