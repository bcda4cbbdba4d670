{{/*
What objects of this release are called.

  podrunner.fullname  prefix of every object's name
*/}}

{{/*
Of 63 characters, 40 leave room for "-<runner>-build" and for what controllers append. A longer name ends in a hash of
the whole name, so that two releases whose names begin the same do not share an object. So does a name that is not valid
for a Service, which before Kubernetes 1.36 has to begin with a letter, or that has dots, as releases may.
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
