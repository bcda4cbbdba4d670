{{/*
Features of GitLab Runner for which the manager needs rights of their own.

  podrunner.rbac.flags      feature flags that all jobs of a runner have on, as JSON
  podrunner.rbac.runner     what one runner needs, as JSON
  podrunner.rbac.features   what the runners of one namespace, and their jobs, may need, as JSON
  podrunner.rbac.withdrawn  feature flags that jobs cannot turn on when rbac.jobFeatures is narrowed, as JSON
*/}}

{{/*
Feature flags that all jobs of a runner have on: flag -> true, as JSON. feature_flags win over environment.
usage: include "podrunner.rbac.flags" $config | fromJson
*/}}
{{- define "podrunner.rbac.flags" -}}
{{- $on := dict -}}
{{- range .environment -}}
  {{- if hasPrefix "FF_" . -}}
    {{- $pair := splitList "=" . -}}
    {{- $_ := set $on (first $pair) (has (rest $pair | join "=" | lower) (list "1" "t" "true")) -}}
  {{- end -}}
{{- end -}}
{{- range $flag, $value := .feature_flags -}}
  {{- $_ := set $on $flag (eq (toString $value) "true") -}}
{{- end -}}
{{- range $flag, $value := $on -}}{{- if not $value -}}{{- $_ := unset $on $flag -}}{{- end -}}{{- end -}}
{{- toJson $on -}}
{{- end -}}

{{/*
What one runner needs beside rbac.jobFeatures: feature -> true, as JSON.
usage: include "podrunner.rbac.runner" $config | fromJson
*/}}
{{- define "podrunner.rbac.runner" -}}
{{- $kubernetes := .kubernetes | default dict -}}
{{- $pause := $kubernetes.autoscaler | default dict -}}
{{- $flags := include "podrunner.rbac.flags" . | fromJson -}}
{{- $given := dict
  "attach" (not $flags.FF_USE_LEGACY_KUBERNETES_EXECUTION_STRATEGY)
  "podWarnings" (ne (toString $kubernetes.print_pod_warning_events) "false")
  "podEvents" $flags.FF_PRINT_POD_EVENTS
  "containerLog" (or $flags.FF_KUBERNETES_HONOR_ENTRYPOINT $flags.FF_WAIT_FOR_POD_TO_BE_REACHABLE)
  "availability" $kubernetes.resource_availability_check_max_attempts
  "pullSecrets" (and $kubernetes.resource_availability_check_max_attempts $kubernetes.image_pull_secrets)
  "disruption" $kubernetes.pod_disruption_budget
  "autoscaler" $pause
  "pauseClass" (and $pause (has ($pause.pause_pod_priority_class_name | default "") (list "" "gitlab-runner-idle-capacity")))
  "suspend" $flags.FF_SUSPENDABLE_ENVIRONMENTS
-}}
{{- $features := dict -}}
{{- range $feature, $on := $given -}}
  {{- if $on -}}{{- $_ := set $features $feature true -}}{{- end -}}
{{- end -}}
{{- toJson $features -}}
{{- end -}}

{{/*
usage: include "podrunner.rbac.features" (list $ $runners $namespace) | fromJson
A namespace of "" stands for the namespaces of all runners with namespace_per_job.
*/}}
{{- define "podrunner.rbac.features" -}}
{{- $features := deepCopy (index . 0).Values.rbac.jobFeatures -}}
{{- range $name, $runner := index . 1 -}}
  {{- if eq (index $ 2) (ternary "" $runner.namespace $runner.namespacePerJob) -}}
    {{- $_ := mergeOverwrite $features $runner.features -}}
  {{- end -}}
{{- end -}}
{{- if (include "podrunner.session" (index . 0) | fromJson).listen_address -}}{{- $_ := set $features "sessions" true -}}{{- end -}}
{{- toJson $features -}}
{{- end -}}

{{/* A runner's flag wins over a job's variable: the job runs without the feature instead of failing. */}}
{{- define "podrunner.rbac.withdrawn" -}}
{{- $flags := dict -}}
{{- if not .Values.rbac.jobFeatures.podEvents -}}{{- $_ := set $flags "FF_PRINT_POD_EVENTS" false -}}{{- end -}}
{{- if not .Values.rbac.jobFeatures.containerLogs -}}
  {{- range list "FF_KUBERNETES_HONOR_ENTRYPOINT" "FF_WAIT_FOR_POD_TO_BE_REACHABLE" -}}{{- $_ := set $flags . false -}}{{- end -}}
{{- end -}}
{{- toJson $flags -}}
{{- end -}}
