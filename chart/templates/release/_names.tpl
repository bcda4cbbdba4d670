{{/*
What objects of this release are called.

  podrunner.name      the chart's name or, as a dependency, its alias: as the value of a label
  podrunner.fullname  prefix of every object's name
*/}}

{{/* Helm allows underscores and dashes at both ends of an alias, and any length. */}}
{{- define "podrunner.name" -}}
{{- $name := .Chart.Name -}}
{{- $short := printf "%s-%s" (trunc 54 $name | trimAll "-_") ($name | sha256sum | trunc 8) | trimAll "-" -}}
{{- ternary $short $name (or (gt (len $name) 63) (ne $name (trimAll "-_" $name))) -}}
{{- end -}}

{{/*
Of 63 characters, 40 leave room for what the chart and controllers append. A longer name ends in a hash of
the whole name, so that two releases whose names begin the same do not share an object. So does a name that is not valid
for a Service, which before Kubernetes 1.36 has to begin with a letter, or that has dots, as releases may, or capitals or
underscores, as aliases may. A dependency may have copies beside it: it goes without its own name only where that is the
release's, which is so for one of them at most.
*/}}
{{- define "podrunner.fullname" -}}
{{- $name := .Values.fullnameOverride -}}
{{- if not $name -}}
  {{- $name = .Release.Name -}}
  {{- if not (ternary (contains .Chart.Name $name) (eq .Chart.Name $name) .Chart.IsRoot) -}}{{- $name = printf "%s-%s" $name .Chart.Name -}}{{- end -}}
{{- end -}}
{{- /* Trimmed rather than matched: Helm compiles a regular expression for each call, and every object calls this. */}}
{{- $letters := "abcdefghijklmnopqrstuvwxyz" -}}
{{- if or (gt (len $name) 40) (trimAll (printf "%s0123456789-" $letters) $name) (not (contains (substr 0 1 $name) $letters)) -}}
  {{- $begin := regexReplaceAll "([a-z0-9])([A-Z])" (regexReplaceAll "^[0-9]" $name "r$0") "$1-$2" | lower -}}
  {{- $begin = regexReplaceAll "[^a-z0-9]+" $begin "-" | trunc 31 | trimSuffix "-" -}}
  {{- $name = printf "%s-%s" $begin ($name | sha256sum | trunc 8) -}}
{{- end -}}
{{- $name -}}
{{- end -}}
