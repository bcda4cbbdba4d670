{{/*
Names, labels and annotations; _images.tpl has the references of images.

  podrunner.fullname               prefix of every object's name
  podrunner.labels                 labels of every object
  podrunner.selector               the part of them that never changes
  podrunner.labels.chart           the recommended ones alone
  podrunner.labels.manager         labels of an object that belongs to the manager, with labels of its own
  podrunner.labels.common          commonLabels with labels of a pod's own
  podrunner.annotations            annotations of every object, with its own
  podrunner.annotations.kept       the same, for what outlives the release
  podrunner.kept.kinds             kinds of objects that do
  podrunner.manager.serviceAccount name of the manager's service account
  podrunner.jobs.namespace         namespace of the job pods unless a runner says otherwise
  podrunner.jobs.serviceAccount    name of the job pods' service account
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
{{- if not (regexMatch "^[a-z][-a-z0-9]{0,39}$" $name) -}}
  {{- $begin := regexReplaceAll "^[0-9]" $name "r$0" | replace "." "-" | trunc 31 | trimSuffix "-" -}}
  {{- $name = printf "%s-%s" $begin ($name | sha256sum | trunc 8) -}}
{{- end -}}
{{- $name -}}
{{- end -}}

{{- define "podrunner.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "podrunner.labels" -}}
{{ include "podrunner.labels.chart" . }}
{{- include "podrunner.labels.common" (list . (dict)) }}
{{- end -}}

{{- define "podrunner.labels.chart" -}}
{{ include "podrunner.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: gitlab-runner
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* usage: include "podrunner.labels.manager" (list $ .Values.metrics.service.labels) */}}
{{- define "podrunner.labels.manager" -}}
{{ include "podrunner.labels.chart" (index . 0) }}
app.kubernetes.io/component: manager
{{- include "podrunner.labels.common" . }}
{{- end -}}

{{/*
Each on a line of its own. A key stands once in YAML: what the chart itself says is left out here.
usage: {{- include "podrunner.labels.common" (list $ .Values.manager.podLabels) | nindent 8 }}
*/}}
{{- define "podrunner.labels.common" -}}
{{- range $key, $value := merge (dict) (index . 1) (index . 0).Values.commonLabels -}}
  {{- if not (or (hasPrefix "app.kubernetes.io/" $key) (eq $key "helm.sh/chart")) }}
{{ dict $key $value | toYaml }}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
The whole key, on a line of its own below the labels; nothing when there are none.
usage: {{- include "podrunner.annotations" (list $ (dict "key" "value")) }}
*/}}
{{- define "podrunner.annotations" -}}
{{- $annotations := merge (dict) (index . 1) (index . 0).Values.commonAnnotations -}}
{{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
{{- end -}}
{{- end -}}

{{/*
A manager that drains needs its account and rights, a job's pod may still have to be made, and its network may be closed to
all that no policy opens: Helm keeps them at uninstall, and when an upgrade has no place for them any more.
*/}}
{{- define "podrunner.annotations.kept" -}}
{{- $own := index . 1 -}}
{{- if (index . 0).Values.manager.keepOnUninstall -}}
  {{- $own = merge (dict "helm.sh/resource-policy" "keep") $own -}}
{{- end -}}
{{- include "podrunner.annotations" (list (index . 0) $own) -}}
{{- end -}}

{{/* As kubectl names them, with those that are of the whole cluster; it fails for a kind that the cluster has not. */}}
{{- define "podrunner.kept.kinds" -}}
namespaces,serviceaccounts,roles,rolebindings,networkpolicies,clusterroles,clusterrolebindings
{{- if .Capabilities.APIVersions.Has "security.openshift.io/v1" -}},securitycontextconstraints{{- end -}}
{{- end -}}

{{- define "podrunner.manager.serviceAccount" -}}
{{- $account := .Values.manager.serviceAccount -}}
{{- if $account.create -}}
{{- $account.name | default (printf "%s-manager" (include "podrunner.fullname" .)) -}}
{{- else -}}
{{- $account.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.jobs.namespace" -}}
{{- .Values.jobs.namespace | default .Release.Namespace -}}
{{- end -}}

{{- define "podrunner.jobs.serviceAccount" -}}
{{- $account := .Values.jobs.serviceAccount -}}
{{- if $account.create -}}
{{- $account.name | default (printf "%s-jobs" (include "podrunner.fullname" .)) -}}
{{- else -}}
{{- $account.name -}}
{{- end -}}
{{- end -}}
