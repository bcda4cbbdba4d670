{{/*
What the manager may do in a job namespace: what the Kubernetes executor calls, and nothing else.

  podrunner.rbac.rules        rules of the Role
  podrunner.rbac.namespaces   namespaces of all runners' job pods, each once, as a JSON list

The source of each line is the call in the Kubernetes executor of GitLab Runner 19.4.
*/}}
{{- define "podrunner.rbac.rules" -}}
# A job's pod, from its creation to its end. list and watch: waiting for it without polling.
- apiGroups: [""]
  resources: [pods]
  verbs: [create, get, list, watch, delete]
# Scripts are sent into the pod by exec and started by attach.
- apiGroups: [""]
  resources: [pods/exec, pods/attach]
  verbs: [create]
# The logs of services (CI_DEBUG_SERVICES) and of images that keep their entrypoint (FF_KUBERNETES_HONOR_ENTRYPOINT).
- apiGroups: [""]
  resources: [pods/log]
  verbs: [get, list]
# Warnings about the pod in the job's log (list), and all its events with FF_PRINT_POD_EVENTS (watch).
- apiGroups: [""]
  resources: [events]
  verbs: [list, watch]
# Registry credentials of a job, for as long as it runs.
- apiGroups: [""]
  resources: [secrets]
  verbs: [create, get, update, delete]
# resource_availability_check_max_attempts: wait for the job's service account.
- apiGroups: [""]
  resources: [serviceaccounts]
  verbs: [get]
{{- end -}}

{{/* usage: include "podrunner.rbac.namespaces" $runners | fromJsonArray */}}
{{- define "podrunner.rbac.namespaces" -}}
{{- $namespaces := list -}}
{{- range $name, $runner := . -}}{{- $namespaces = append $namespaces $runner.namespace -}}{{- end -}}
{{- $namespaces | uniq | sortAlpha | toJson -}}
{{- end -}}
