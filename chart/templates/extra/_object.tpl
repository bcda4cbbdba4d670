{{/*
Objects of extraObjects.

  podrunner.extra  one of them, with the release's namespace, labels and annotations where it has none of its own

usage: include "podrunner.extra" (list $ $name $given), where $given is an object, or a template of one
*/}}

{{- define "podrunner.extra" -}}
{{- $root := index . 0 -}}
{{- $object := index . 2 -}}
{{- if kindIs "string" $object -}}
  {{- $objects := list -}}
  {{- range regexSplit "(?m)^---(\\s|$)" (tpl $object $root) -1 -}}
    {{- with fromYaml . -}}{{- $objects = append $objects . -}}{{- end -}}
  {{- end -}}
  {{- if gt (len $objects) 1 -}}
    {{- fail (printf "\n\nextraObjects.%s has %d objects once its template is evaluated, but may have only one.\nGive each of them a name of its own below extraObjects.\n" (index . 1) (len $objects)) -}}
  {{- end -}}
  {{- $object = first $objects | default dict -}}
  {{- if $object.Error -}}
    {{- fail (printf "\n\nextraObjects.%s is not valid YAML once its template is evaluated: %s.\n" (index . 1) $object.Error) -}}
  {{- end -}}
  {{- if not (and $object.apiVersion $object.kind (dig "metadata" "name" "" $object)) -}}
    {{- fail (printf "\n\nextraObjects.%s is not an object once its template is evaluated: it needs apiVersion, kind and metadata.name.\n" (index . 1)) -}}
  {{- end -}}
{{- end -}}
{{- $metadata := deepCopy $object.metadata -}}
{{- $_ := set $metadata "labels" (merge (dict) ($metadata.labels | default dict) (include "podrunner.labels" $root | fromYaml)) -}}
{{- with merge (dict) ($metadata.annotations | default dict) $root.Values.commonAnnotations -}}
  {{- $_ := set $metadata "annotations" . -}}
{{- end -}}
{{- toYaml (merge (dict "metadata" $metadata) (omit $object "metadata")) -}}
{{- end -}}
