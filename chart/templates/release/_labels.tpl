{{/*
Labels and annotations of the release's objects.

  podrunner.selector          the labels that never change
  podrunner.labels            labels of every object
  podrunner.labels.chart      the recommended labels alone
  podrunner.labels.manager    labels of an object that belongs to the manager, with the object's own
  podrunner.labels.common     commonLabels, with those of one pod
  podrunner.annotations       annotations of every object, with the object's own
  podrunner.annotations.kept  the same, for objects that outlive the release
  podrunner.kept.kinds        the kinds of those objects
*/}}

{{- define "podrunner.selector" -}}
app.kubernetes.io/name: {{ include "podrunner.name" . | quote }}
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
helm.sh/chart: {{ printf "%s-%s" (include "podrunner.name" .) .Chart.Version | replace "+" "_" | trunc 63 | trimAll "-_." }}
{{- end -}}

{{/* usage: include "podrunner.labels.manager" (list $ .Values.metrics.service.labels) */}}
{{- define "podrunner.labels.manager" -}}
{{ include "podrunner.labels.chart" (index . 0) }}
app.kubernetes.io/component: manager
{{- include "podrunner.labels.common" . }}
{{- end -}}

{{/*
Each on a line of its own, without those that the chart itself sets: a key may occur only once in YAML.
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
The key with its map, below the labels; nothing if there are no annotations.
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
A manager that drains needs its service account and permissions, it may still have to create a job's pod, and its network
may be closed unless a policy opens it. So Helm keeps these objects on uninstall, and when an upgrade no longer has them.
*/}}
{{- define "podrunner.annotations.kept" -}}
{{- $own := index . 1 -}}
{{- if (index . 0).Values.manager.keepOnUninstall -}}
  {{- $own = merge (dict "helm.sh/resource-policy" "keep") $own -}}
{{- end -}}
{{- include "podrunner.annotations" (list (index . 0) $own) -}}
{{- end -}}

{{/* As kubectl names them, with cluster-wide kinds. kubectl fails for a kind that the cluster does not have. */}}
{{- define "podrunner.kept.kinds" -}}
namespaces,serviceaccounts,roles,rolebindings,networkpolicies,clusterroles,clusterrolebindings
{{- if .Capabilities.APIVersions.Has "security.openshift.io/v1" -}},securitycontextconstraints{{- end -}}
{{- end -}}
