{{/*
Values of the sections jobs and networkPolicy.jobs that contradict each other or what else is set.

  podrunner.checks.jobs            the section as it is typed
  podrunner.checks.namespaces      namespaces of all runners' jobs, once their settings are merged
  podrunner.checks.namespaces.own  whether jobs.namespaces is of them
  podrunner.checks.secrets         whether there is a namespace for the Secrets of the jobs
  podrunner.checks.quota           whether all containers state what jobs.quota counts
  podrunner.checks.quota.note      keeps an amount that is missing
  podrunner.checks.quota.fail      tells all that are missing
  podrunner.checks.networkPolicy   whether NetworkPolicies find the jobs of all runners; usage: include … (list $ $runners)
*/}}

{{- define "podrunner.checks.jobs" -}}
{{- $config := .Values.jobs.config | default dict -}}
{{- $namespace := ($config.kubernetes | default dict).namespace -}}
{{- if hasKey $config "name" -}}
  {{- fail (printf "\n\njobs.config.name is %q: all runners of this release would have the same name.\nRemove it; a runner's name is its key below runners, or runners.<name>.config.name.\n" (toString $config.name)) -}}
{{- end -}}
{{- if and $namespace .Values.jobs.namespace (ne $namespace .Values.jobs.namespace) -}}
  {{- fail (printf "\n\njobs.namespace is %s and jobs.config.kubernetes.namespace is %s: jobs cannot run in both.\nRemove one of them.\n" .Values.jobs.namespace $namespace) -}}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.checks.namespaces" (list $ $runners) */}}
{{- define "podrunner.checks.namespaces" -}}
{{- $root := index . 0 -}}
{{- $jobs := $root.Values.jobs -}}
{{- $made := include "podrunner.namespaces.made" . | fromJsonArray -}}
{{- if and $jobs.createNamespace (not $made) -}}
  {{- fail "\n\njobs.createNamespace is true, but there is no namespace to create: jobs run in the release's own, in one that Kubernetes creates, or each in one of its own.\nSet jobs.namespace, or set jobs.createNamespace to false. Helm creates the release's own namespace with --create-namespace.\n" -}}
{{- end -}}
{{- range $key, $level := $jobs.podSecurity -}}
  {{- if and $level (not $jobs.createNamespace) -}}
    {{- fail (printf "\n\njobs.podSecurity.%s is %s, but jobs.createNamespace is false: the chart labels only namespaces that it creates.\nSet jobs.createNamespace to true, or label the namespace yourself and leave jobs.podSecurity.%s empty.\n" $key $level $key) -}}
  {{- end -}}
{{- end -}}
{{- include "podrunner.checks.namespaces.own" (list $root (index . 1) $made) -}}
{{- range $made -}}
  {{- $needed := include "podrunner.namespaces.level" (list $root (index $ 1) .) -}}
  {{- $enforce := (include "podrunner.namespaces.own" (list $root .) | fromJson).podSecurity.enforce -}}
  {{- $value := ternary (printf "jobs.namespaces.%s" .) "jobs" (hasKey ((get ($jobs.namespaces | default dict) . | default dict).podSecurity | default dict) "enforce") -}}
  {{- if or (and (eq (toString $enforce) "restricted") $needed) (and (eq (toString $enforce) "baseline") (eq $needed "privileged")) -}}
    {{- fail (printf "\n\n%s.podSecurity.enforce is %s, but the jobs in namespace %s need %s: their pods would be refused.\nLeave %s.podSecurity.enforce empty for the level they need, or choose another podman.mode.\n" $value $enforce . $needed $value) -}}
  {{- end -}}
{{- end -}}
{{- range $namespace := include "podrunner.rbac.namespaces" (index . 1) | fromJsonArray -}}
  {{- $beside := dict -}}
  {{- range $name, $runner := index $ 1 -}}
    {{- if and (not $runner.namespacePerJob) (eq $runner.namespace $namespace) -}}{{- $_ := set $beside $name $runner -}}{{- end -}}
  {{- end -}}
  {{- include "podrunner.checks.quota" (list $root $beside $namespace (index $ 1)) -}}
{{- end -}}
{{- range $name, $runner := index . 1 -}}
  {{- if $runner.namespacePerJob -}}{{- include "podrunner.checks.secrets" (list $root $runner) -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.checks.namespaces.own" (list $ $runners $made) */}}
{{- define "podrunner.checks.namespaces.own" -}}
{{- $root := index . 0 -}}
{{- $known := include "podrunner.rbac.namespaces" (index . 1) | fromJsonArray -}}
{{- range $namespace, $any := $root.Values.jobs.namespaces -}}
  {{- $said := $any | default dict -}}
  {{- if and $any (not (has $namespace $known)) -}}
    {{- fail (printf "\n\njobs.namespaces has %s, where no jobs run: they run in %s.\nCorrect the name, or name the namespace in runners.<name>.config.kubernetes.namespace.\n" $namespace (join ", " $known | default "a namespace of each job's own")) -}}
  {{- end -}}
  {{- range $label, $value := $said.labels -}}
    {{- if hasPrefix "pod-security.kubernetes.io/" $label -}}
      {{- fail (printf "\n\njobs.namespaces.%s.labels has %s, which the chart sets.\nWrite the level into jobs.namespaces.%s.podSecurity.\n" $namespace $label $namespace) -}}
    {{- end -}}
  {{- end -}}
  {{- range $key := list "labels" "annotations" "podSecurity" -}}
    {{- if and (get $said $key) (not (has $namespace (index $ 2))) -}}
      {{- fail (printf "\n\njobs.namespaces.%s.%s is set, but the chart does not create this namespace, and writes it on no other.\nSet jobs.createNamespace to true, or label the namespace yourself; the release's own and those of Kubernetes (default, kube-system) are never created.\n" $namespace $key) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
A namespace that is created for a job has no Secrets. If the cluster adds some to it, name them in the runner's own keys.
usage: include "podrunner.checks.secrets" (list $ $runner)
*/}}
{{- define "podrunner.checks.secrets" -}}
{{- $values := (index . 0).Values -}}
{{- $runner := index . 1 -}}
{{- $named := dict "proxy.existingSecret.name" $values.proxy.existingSecret.name -}}
{{- if deepEqual $values.jobs.imagePullSecrets $runner.config.kubernetes.image_pull_secrets -}}{{- $_ := set $named "jobs.imagePullSecrets" $values.jobs.imagePullSecrets -}}{{- end -}}
{{- if ne $runner.podman.mode "none" -}}{{- $_ := set $named "podman.registries.login.existingSecret.name" $runner.podman.registries.login.existingSecret.name -}}{{- end -}}
{{- range $value, $secrets := $named -}}
  {{- if $secrets -}}
    {{- fail (printf "\n\n%s names a Secret in the namespace of job pods, but runners.%s.config.kubernetes.namespace_per_job is true: a new namespace has no Secrets, and its job would not start.\nRemove namespace_per_job, or leave %s empty.\n" $value $runner.name $value) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
Kubernetes refuses a pod if one of its containers does not set CPU or memory that a quota counts, or that a LimitRange
limits for the whole pod.
usage: include "podrunner.checks.quota" (list $ $beside $namespace $runners), where $beside are the runners of that namespace
*/}}
{{- define "podrunner.checks.quota" -}}
{{- $root := index . 0 -}}
{{- $own := include "podrunner.namespaces.own" (list $root (index . 2)) | fromJson -}}
{{- $said := get ($root.Values.jobs.namespaces | default dict) (index . 2) | default dict -}}
{{- $ours := printf "jobs.namespaces.%s" (index . 2) -}}
{{- $limits := $own.limits | default dict -}}
{{- $bounds := $limits.Container | default dict -}}
{{- $counted := dict -}}
{{- range $name, $amount := $own.quota -}}
  {{- if has (splitList "." $name | last) (list "cpu" "memory") -}}{{- $_ := set $counted $name (printf "%s.quota" (ternary $ours "jobs" (not (kindIs "invalid" $said.quota)))) -}}{{- end -}}
{{- end -}}
{{- range $resource, $amount := ($limits.Pod | default dict).max -}}{{- $_ := set $counted (printf "limits.%s" $resource) (printf "%s.limits.Pod.max" (ternary $ours "jobs" (not (kindIs "invalid" $said.limits)))) -}}{{- end -}}
{{- $unsaid := dict -}}
{{- range $name, $source := $counted -}}
  {{- $resource := splitList "." $name | last -}}
  {{- $part := ternary "limit" "request" (hasPrefix "limits." $name) -}}
  {{- $given := or (hasKey ($bounds.default | default dict) $resource) (hasKey ($bounds.max | default dict) $resource) -}}
  {{- if not (or $given (and (eq $part "request") (hasKey ($bounds.defaultRequest | default dict) $resource))) -}}
    {{- range $runner, $settings := index $ 1 -}}
      {{- range $container := list "" "helper_" "service_" -}}
        {{- $key := printf "%s%s_%s" $container ($resource | replace "-" "_") $part -}}
        {{- if not (or (get $settings.config.kubernetes (printf "%s%s_limit" $container ($resource | replace "-" "_"))) (get $settings.config.kubernetes $key)) -}}
          {{- $at := printf "but runners.%s.config.kubernetes" $runner -}}
          {{- include "podrunner.checks.quota.note" (dict "unsaid" $unsaid "source" $source "at" $at "name" $name "key" $key "default" (printf "%s.limits.Container.default.%s" (ternary $ours "jobs" (not (kindIs "invalid" $said.limits))) $resource)) -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
    {{- if eq $root.Release.Namespace (index $ 2) -}}
      {{- $own := dict "manager" $root.Values.manager.resources -}}
      {{- if or $root.Values.manager.stableIdentity (include "podrunner.credentials.all" (index $ 3) | fromJsonArray) -}}
        {{- $_ := set $own "manager.sidecars" $root.Values.manager.sidecars.resources -}}
      {{- end -}}
      {{- range $value, $said := $own -}}
        {{- $resources := $said | default dict -}}
        {{- if not (or (get ($resources.limits | default dict) $resource) (and (eq $part "request") (get ($resources.requests | default dict) $resource))) -}}
          {{- $at := printf "in the release's own namespace, but %s.resources.%ss" $value $part -}}
          {{- include "podrunner.checks.quota.note" (dict "unsaid" $unsaid "source" $source "at" $at "name" $name "key" $resource) -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- with $unsaid }}{{ include "podrunner.checks.quota.fail" . }}{{ end -}}
{{- end -}}

{{/*
Who writes one amount that is missing should not be told of the next one afterwards: all are kept, and told together.
usage: include "podrunner.checks.quota.note" (dict "unsaid" … "source" … "at" … "name" … "key" … ["default" …])
*/}}
{{- define "podrunner.checks.quota.note" -}}
{{- $id := printf "%s %s" .source .at -}}
{{- $noted := get .unsaid $id | default (dict "source" .source "at" .at "names" list "keys" list "defaults" list) -}}
{{- $_ := set .unsaid $id (dict "source" .source "at" .at "names" (append $noted.names .name | uniq) "keys" (append $noted.keys .key | uniq) "defaults" (append $noted.defaults .default | compact | uniq)) -}}
{{- end -}}

{{- define "podrunner.checks.quota.fail" -}}
{{- $said := list -}}
{{- range . -}}
  {{- $told := printf "%s counts %s%s %s has no %s: Kubernetes would refuse" .source (join ", " .names) (ternary "," "" (not (empty .defaults))) .at (join ", " .keys) -}}
  {{- if .defaults -}}
    {{- $said = append $said (printf "%s every job's pod.\nSet %s for all containers that set none, or %s in jobs.config.kubernetes." $told (join ", " .defaults) (ternary (first .keys) "all of these keys" (eq (len .keys) 1))) -}}
  {{- else -}}
    {{- $said = append $said (printf "%s the manager's pod.\nSet %s, or let jobs run in a namespace of their own (jobs.namespace)." $told (ternary "it" "them" (eq (len .keys) 1))) -}}
  {{- end -}}
{{- end -}}
{{- fail (printf "\n\n%s\n" (join "\n" $said)) -}}
{{- end -}}

{{- define "podrunner.checks.networkPolicy" -}}
{{- $root := index . 0 -}}
{{- range $name, $runner := index . 1 -}}
{{- $namespace := ternary "" $runner.namespace $runner.namespacePerJob -}}
{{- $policy := (include "podrunner.namespaces.own" (list $root $namespace) | fromJson).networkPolicy -}}
{{- if $policy.enabled -}}
  {{- $own := (get ($root.Values.jobs.namespaces | default dict) $namespace | default dict).networkPolicy -}}
  {{- $value := ternary (printf "jobs.namespaces.%s.networkPolicy" $namespace) "networkPolicy.jobs" (not (empty $own)) -}}
  {{- range $policy.blocked -}}
    {{- if hasSuffix "/0" . -}}
      {{- fail (printf "\n\n%s.blocked has %s, which is every address: Kubernetes takes only exceptions that leave something.\nRemove it, and name what jobs may reach in %s.egress.\n" $value . $value) -}}
    {{- end -}}
  {{- end -}}
  {{- range $key := list "namespace_per_job" "namespace_overwrite_allowed" -}}
    {{- if get ($runner.config.kubernetes | default dict) $key -}}
      {{- fail (printf "\n\n%s.enabled is true, but runners.%s.config.kubernetes.%s lets job pods run in namespaces without this NetworkPolicy.\nRemove the key, or set %s.enabled to false and create policies in these namespaces yourself.\n" $value $name $key $value) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
