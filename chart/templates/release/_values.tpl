{{/*
Values that nobody gives: helm upgrade --reuse-values does not look at the defaults of a newer chart, and a null takes a default
away. Templates would fail on a section that is not there.

  podrunner.values       puts defaults where keys are missing; usage: include … $
  podrunner.values.fill  the same for one map and all below it
*/}}

{{/*
Every template begins with it; the first of a render does the work. Of keys that mean something else without a value, such as
manager.replicas, null stays null: files/defaults.json does not have them. It is a list of maps, each before those in it: an
include for each would take as long as the rest of the render.
*/}}
{{- define "podrunner.values" -}}
{{- if not (hasKey . "podrunnerValues") -}}
  {{- $root := . -}}
  {{- range $map := .Files.Get "files/defaults.json" | fromJsonArray -}}
    {{- $values := $root.Values -}}
    {{- range $map.at -}}{{- if kindIs "map" $values -}}{{- $values = index $values . -}}{{- end -}}{{- end -}}
    {{- if kindIs "map" $values -}}
      {{- range $key, $default := $map.keys -}}
        {{- if kindIs "invalid" (index $values $key) -}}
          {{- $_ := set $values $key (kindIs "map" $default | ternary (deepCopy $default) $default) -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- $_ := set . "podrunnerValues" true -}}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.values.fill" (list $values $others) */}}
{{- define "podrunner.values.fill" -}}
{{- $values := index . 0 -}}
{{- range $key, $other := index . 1 -}}
  {{- $value := index $values $key -}}
  {{- if kindIs "invalid" $value -}}
    {{- $_ := set $values $key (kindIs "map" $other | ternary (deepCopy $other) $other) -}}
  {{- else if and (kindIs "map" $other) (kindIs "map" $value) -}}
    {{- include "podrunner.values.fill" (list $value $other) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
