{{/*
The dashboard for Grafana, as JSON.

  podrunner.dashboard          all of it
  podrunner.dashboard.panel    one panel; usage: include … (dict "root" $ "panel" $panel "id" 3 "x" 0 "y" 1)
  podrunner.dashboard.queries  its expressions: {"queries": {legend: expression}, "above": {"line": threshold}}
*/}}

{{- define "podrunner.dashboard" -}}
{{- $root := . -}}
{{- $panels := list -}}
{{- $y := 0 -}}
{{- $file := .Files.Get "files/dashboard.yaml" | replace "<rate>" "$__rate_interval" | fromYaml -}}
{{- range $row := $file.rows -}}
  {{- $panels = append $panels (dict "type" "row" "title" $row.row "id" (add1 (len $panels)) "collapsed" false "panels" list "gridPos" (dict "x" 0 "y" $y "w" 24 "h" 1)) -}}
  {{- $y = add1 $y -}}
  {{- $x := 0 -}}
  {{- $height := 0 -}}
  {{- range $panel := $row.panels -}}
    {{- if gt (add $x $panel.width | int) 24 -}}
      {{- $x = 0 -}}
      {{- $y = add $y $height -}}
    {{- end -}}
    {{- $height = ternary 4 8 (eq ($panel.kind | default "") "stat") -}}
    {{- $place := dict "root" $root "panel" $panel "id" (add1 (len $panels)) "x" $x "y" $y "height" $height -}}
    {{- $panels = append $panels (include "podrunner.dashboard.panel" $place | fromJson) -}}
    {{- $x = add $x $panel.width | int -}}
  {{- end -}}
  {{- $y = add $y $height -}}
{{- end -}}
{{- merge (dict
  "uid" (printf "podrunner-%s" (sha256sum (printf "%s/%s" .Release.Namespace .Release.Name) | trunc 16))
  "title" (printf "GitLab Runner: %s in %s" .Release.Name .Release.Namespace)
  "panels" $panels
  ) $file.dashboard | toJson -}}
{{- end -}}

{{- define "podrunner.dashboard.panel" -}}
{{- $panel := .panel -}}
{{- $source := dict "type" "prometheus" "uid" "${datasource}" -}}
{{- $found := include "podrunner.dashboard.queries" . | fromJson -}}
{{- $targets := list -}}
{{- range $legend, $expr := $found.queries -}}
  {{- $refId := printf "Q%d" (len $targets) -}}
  {{- $targets = append $targets (dict "refId" $refId "datasource" $source "expr" $expr "legendFormat" $legend) -}}
{{- end -}}
{{- $defaults := dict "unit" ($panel.unit | default "short") "min" 0 -}}
{{- with $found.above -}}
  {{- $steps := list (dict "color" "green" "value" nil) (dict "color" "red" "value" .line) -}}
  {{- $_ := set $defaults "thresholds" (dict "mode" "absolute" "steps" $steps) -}}
  {{- $_ := set $defaults "custom" (dict "thresholdsStyle" (dict "mode" "line")) -}}
{{- end -}}
{{- dict
  "id" .id
  "type" ($panel.kind | default "timeseries")
  "title" $panel.title
  "description" ($panel.description | default "")
  "datasource" $source
  "gridPos" (dict "x" .x "y" .y "w" $panel.width "h" .height)
  "fieldConfig" (dict "defaults" $defaults "overrides" list)
  "targets" $targets
  | toJson -}}
{{- end -}}

{{- define "podrunner.dashboard.queries" -}}
{{- $panel := .panel -}}
{{- $queries := dict -}}
{{- $above := dict -}}
{{- with $panel.alert -}}
  {{- $alert := index (include "podrunner.metrics.alerts" $.root | fromYaml) . -}}
  {{- $queries = dict ($panel.legend | default "") $alert.value -}}
  {{- with get $.root.Values.metrics.prometheusRule.alerts . -}}
    {{- $above = dict "line" .above -}}
  {{- end -}}
{{- end -}}
{{- range $legend, $expr := $panel.exprs -}}
  {{- $_ := set $queries $legend ($expr | replace "<series>" (include "podrunner.metrics.series" $.root)) -}}
{{- end -}}
{{- dict "queries" $queries "above" $above | toJson -}}
{{- end -}}
