{{/*
What objects of this release are called.

  podrunner.fullname  prefix of every object's name
*/}}

{{/*
40 characters leave room for "-<runner>-build" and for what controllers append, within 63. Of a longer name the end is a
hash of the whole: two releases whose names begin alike share no object. The same where a Service could not be called so:
before Kubernetes 1.36 its name begins with a letter, and neither it nor a StatefulSet may have dots, as releases may.
*/}}
{{- define "podrunner.fullname" -}}
{{- $name := .Values.fullnameOverride -}}
{{- if not $name -}}
  {{- $name = .Release.Name -}}
  {{- if not (contains .Chart.Name $name) -}}{{- $name = printf "%s-%s" $name .Chart.Name -}}{{- end -}}
{{- end -}}
{{- /* Trimmed rather than matched: Helm compiles a regular expression for each call, and every object calls this. */}}
{{- $letters := "abcdefghijklmnopqrstuvwxyz" -}}
{{- if or (gt (len $name) 40) (trimAll (printf "%s0123456789-" $letters) $name) (not (contains (substr 0 1 $name) $letters)) -}}
  {{- $begin := regexReplaceAll "^[0-9]" $name "r$0" | replace "." "-" | trunc 31 | trimSuffix "-" -}}
  {{- $name = printf "%s-%s" $begin ($name | sha256sum | trunc 8) -}}
{{- end -}}
{{- $name -}}
{{- end -}}
