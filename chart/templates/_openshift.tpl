{{/*
  podrunner.openshift.scc          name of the SecurityContextConstraints that jobs use
  podrunner.openshift.namespaces   namespaces of runners in the mode openshift, each once, as a JSON list
*/}}
{{/* It belongs to the cluster: with the release's namespace in its name, no two releases share it. */}}
{{- define "podrunner.openshift.scc" -}}
{{- .Values.podman.openshift.scc.name | default (printf "%s.%s-jobs" .Release.Namespace (include "podrunner.fullname" .)) -}}
{{- end -}}

{{/* usage: include "podrunner.openshift.namespaces" $runners | fromJsonArray */}}
{{- define "podrunner.openshift.namespaces" -}}
{{- $namespaces := list -}}
{{- range $name, $runner := . -}}
  {{- if eq $runner.podman.mode "openshift" -}}{{- $namespaces = append $namespaces $runner.namespace -}}{{- end -}}
{{- end -}}
{{- $namespaces | uniq | sortAlpha | toJson -}}
{{- end -}}
