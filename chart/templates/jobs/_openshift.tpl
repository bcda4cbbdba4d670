{{/*
SecurityContextConstraints of OpenShift, for runners in the mode openshift.

  podrunner.openshift.scc         name of the constraints that jobs use
  podrunner.openshift.namespaces  namespaces of these runners, each once, as a JSON list
  podrunner.openshift.accounts    accounts of their jobs in one namespace, each once, as a JSON list
  podrunner.openshift.rules       rules of the Role that lets these accounts use the constraints
*/}}

{{/* They are cluster-wide: the namespace in the name keeps two releases from sharing them. */}}
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

{{/* usage: include "podrunner.openshift.accounts" (list $runners $namespace) | fromJsonArray */}}
{{- define "podrunner.openshift.accounts" -}}
{{- $accounts := list -}}
{{- range $name, $runner := index . 0 -}}
  {{- if and (eq $runner.podman.mode "openshift") (eq $runner.namespace (index $ 1)) -}}{{- $accounts = append $accounts $runner.config.kubernetes.service_account -}}{{- end -}}
{{- end -}}
{{- $accounts | uniq | sortAlpha | toJson -}}
{{- end -}}

{{- define "podrunner.openshift.rules" -}}
- apiGroups: [security.openshift.io]
  resources: [securitycontextconstraints]
  resourceNames: [{{ include "podrunner.openshift.scc" . | quote }}]
  verbs: [use]
{{- end -}}
