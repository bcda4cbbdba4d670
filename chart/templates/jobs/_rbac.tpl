{{/*
What the manager may do: what the Kubernetes executor calls for the runners and job features of the values, and nothing
else. The module podrunner.runner.permissions says the same, feature by feature; tests compare both.

  podrunner.rbac.rules         rules of the Role of one namespace
  podrunner.rbac.clusterRules  rules that no Role can give; empty where none is needed
  podrunner.rbac.clusterName   name of the ClusterRole and of its binding

The source of each line is the call in the Kubernetes executor of GitLab Runner 19.4.
*/}}

{{/* usage: include "podrunner.rbac.rules" (list $ $runners $namespace) */}}
{{- define "podrunner.rbac.rules" -}}
{{- $may := include "podrunner.rbac.features" . | fromJson -}}
# A job's pod, from its creation to its end. list and watch are for waiting without polling
{{- if (index . 0).Values.manager.removeOrphans }}, deletecollection for the pods of a
# manager that was killed (manager.removeOrphans){{ end }}.
- apiGroups: [""]
  resources: [pods]
  verbs: [create, get, list, watch, delete{{ if (index . 0).Values.manager.removeOrphans }}, deletecollection{{ end }}]
# Scripts are sent into the pod by exec and started by attach.
- apiGroups: [""]
  resources: [pods/exec{{ if $may.attach }}, pods/attach{{ end }}]
  verbs: [create]
{{- if or $may.containerLogs $may.containerLog }}
# The logs of services (CI_DEBUG_SERVICES) and of images that keep their entrypoint (FF_KUBERNETES_HONOR_ENTRYPOINT).
- apiGroups: [""]
  resources: [pods/log]
  verbs: [get{{ if $may.containerLogs }}, list{{ end }}]
{{- end }}
{{- with concat (ternary (list "list") list (eq (toString $may.podWarnings) "true")) (ternary (list "watch") list $may.podEvents) }}
# Warnings about the pod in the job's log (list), and all its events with FF_PRINT_POD_EVENTS (watch).
- apiGroups: [""]
  resources: [events]
  verbs: [{{ join ", " . }}]
{{- end }}
{{- if $may.registrySecrets }}
# Registry credentials of a job, for as long as it runs.
- apiGroups: [""]
  resources: [secrets]
  verbs: [create, get, update, delete]
{{- else if $may.pullSecrets }}
# resource_availability_check_max_attempts: wait for the job's image_pull_secrets.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get]
{{- end }}
{{- if $may.availability }}
# resource_availability_check_max_attempts: wait for the job's service account.
- apiGroups: [""]
  resources: [serviceaccounts]
  verbs: [get]
{{- end }}
{{- if $may.sessions }}
# session_server: web terminals, and ports of a job's image and services.
- apiGroups: [""]
  resources: [pods/exec]
  verbs: [get]
- apiGroups: [""]
  resources: [services]
  verbs: [create, get]
{{- end }}
{{- if $may.disruption }}
# pod_disruption_budget: one for each job's pod.
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [create, get]
{{- end }}
{{- if $may.autoscaler }}
# autoscaler: a Deployment of pause pods, which keep room for jobs.
- apiGroups: [apps]
  resources: [deployments]
  verbs: [create, get, list, update, delete]
{{- end }}
{{- if $may.suspend }}
# FF_SUSPENDABLE_ENVIRONMENTS: what a job keeps for the job that resumes it.
- apiGroups: [""]
  resources: [persistentvolumeclaims]
  verbs: [create, delete]
- apiGroups: [""]
  resources: [configmaps]
  verbs: [create, get, update, delete]
{{- end }}
{{- end -}}

{{/* usage: include "podrunner.rbac.clusterRules" (list $ $runners) */}}
{{- define "podrunner.rbac.clusterRules" -}}
{{- $root := index . 0 -}}
{{- $runners := index . 1 -}}
{{- $may := dict -}}
{{- range $name, $runner := $runners -}}
  {{- if $runner.namespacePerJob -}}{{- $_ := set $may "perJob" true -}}{{- end -}}
  {{- range list "pauseClass" "suspend" -}}
    {{- if get $runner.features . -}}{{- $_ := set $may . true -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- if $may.perJob }}
# namespace_per_job: each job runs in a namespace that is created for it, so no Role can exist there in advance.
- apiGroups: [""]
  resources: [namespaces]
  verbs: [create, delete]
{{ include "podrunner.rbac.rules" (list $root $runners "") }}
{{- end }}
{{- if $may.pauseClass }}
# autoscaler: the priority class of pause pods, unless pause_pod_priority_class_name names another.
- apiGroups: [scheduling.k8s.io]
  resources: [priorityclasses]
  verbs: [create, get]
{{- end }}
{{- if $may.suspend }}
# FF_SUSPENDABLE_ENVIRONMENTS: whether the namespace of the environment still exists.
- apiGroups: [""]
  resources: [namespaces]
  verbs: [get]
{{- end }}
{{- end -}}

{{/* Unique in the cluster, because neither namespaces nor releases have a colon in their names. */}}
{{- define "podrunner.rbac.clusterName" -}}
{{- printf "podrunner:%s:%s" .Release.Namespace (include "podrunner.fullname" .) -}}
{{- end -}}
