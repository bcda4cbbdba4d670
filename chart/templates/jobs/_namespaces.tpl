{{/*
Where job pods run, and for which runner.

  podrunner.jobs.namespace    namespace of the job pods unless a runner says otherwise
  podrunner.jobs.label        value of their label manager.runner.gitlab.com/name
  podrunner.rbac.namespaces   namespaces of all runners' job pods, each once, as a JSON list
  podrunner.namespaces.made   those that the chart makes (jobs.createNamespace), as a JSON list
  podrunner.namespaces.level  the Pod Security level that the job pods of one namespace need; empty when unknown
  podrunner.namespaces.own    what jobs, and networkPolicy.jobs, say of one namespace, as JSON
*/}}

{{- define "podrunner.jobs.namespace" -}}
{{- .Values.jobs.namespace | default .Release.Namespace -}}
{{- end -}}

{{/* As GitLab Runner makes it of a runner's name. usage: include "podrunner.jobs.label" $runner */}}
{{- define "podrunner.jobs.label" -}}
{{- regexReplaceAll "[^A-Za-z0-9._-]" (toString .config.name) "_" | trimAll "-_." | trunc 63 | trimAll "-_." -}}
{{- end -}}

{{/* usage: include "podrunner.rbac.namespaces" $runners | fromJsonArray */}}
{{- define "podrunner.rbac.namespaces" -}}
{{- $namespaces := list -}}
{{- range $name, $runner := . -}}
  {{- if not $runner.namespacePerJob -}}{{- $namespaces = append $namespaces $runner.namespace -}}{{- end -}}
{{- end -}}
{{- $namespaces | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/*
The release's own namespace exists before the chart is installed, and Kubernetes creates "default" and its own.
usage: include "podrunner.namespaces.made" (list $ $runners) | fromJsonArray
*/}}
{{- define "podrunner.namespaces.made" -}}
{{- $root := index . 0 -}}
{{- $made := list -}}
{{- if $root.Values.jobs.createNamespace -}}
  {{- $made = without (include "podrunner.rbac.namespaces" (index . 1) | fromJsonArray) $root.Release.Namespace "default" "kube-system" "kube-public" "kube-node-lease" -}}
{{- end -}}
{{- toJson $made -}}
{{- end -}}

{{/* The highest level of its runners. usage: include "podrunner.namespaces.level" (list $ $runners $namespace) */}}
{{- define "podrunner.namespaces.level" -}}
{{- $root := index . 0 -}}
{{- $namespace := index . 2 -}}
{{- $levels := list -}}
{{- range $name, $runner := index . 1 -}}
  {{- $promised := $runner.mode.podSecurity -}}
  {{- if and (eq $runner.namespace $namespace) $promised -}}
    {{- $levels = append $levels (include "podrunner.pod.level" (list $promised $runner.config.kubernetes $root)) -}}
  {{- end -}}
{{- end -}}
{{- if has "privileged" $levels -}}privileged{{- else -}}{{- first $levels | default "" -}}{{- end -}}
{{- end -}}

{{/*
{quota, limits, imagePullSecrets, podSecurity, networkPolicy, labels, annotations}: those of all namespaces of jobs, or of
jobs.namespaces.<namespace>. A quota, limits and pull secrets of its own take the place of those of all; levels and rules that
it does not name are those of all.
usage: include "podrunner.namespaces.own" (list $ $namespace) | fromJson
*/}}
{{- define "podrunner.namespaces.own" -}}
{{- $values := (index . 0).Values -}}
{{- $said := get ($values.jobs.namespaces | default dict) (index . 1) | default dict -}}
{{- $own := dict "podSecurity" (deepCopy $values.jobs.podSecurity) "networkPolicy" (deepCopy $values.networkPolicy.jobs) "labels" dict "annotations" dict -}}
{{- range list "quota" "limits" "imagePullSecrets" -}}
  {{- $_ := set $own . (ternary (index $values.jobs .) (index $said .) (kindIs "invalid" (index $said .))) -}}
{{- end -}}
{{- range list "podSecurity" "networkPolicy" "labels" "annotations" -}}
  {{- include "podrunner.merge" (list (get $own .) (get $said . | default dict)) -}}
{{- end -}}
{{- include "podrunner.values.fill" (list $own.networkPolicy $values.networkPolicy.jobs) -}}
{{- toJson $own -}}
{{- end -}}
