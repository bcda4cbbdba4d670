{{/*
The pod of a job as the Kubernetes executor makes it from a [[runners]] table, as far as its build container goes: without
helper and services, and without the executor's own volumes.

  podrunner.pod.spec         its spec, patched, as JSON
  podrunner.pod.placement    its fields that say where it runs and how it resolves names, as JSON
  podrunner.pod.container    the build container before patches, as JSON
  podrunner.pod.environment  its environment, each variable once, as a JSON list
  podrunner.pod.camel        a table of config.toml (snake case) as Kubernetes writes it (camel case), as JSON
*/}}

{{/* usage: include "podrunner.pod.spec" $runner | fromJson */}}
{{- define "podrunner.pod.spec" -}}
{{- $kubernetes := .config.kubernetes -}}
{{- $volumes := include "podrunner.pod.volumes" ($kubernetes.volumes | default dict) | fromJson -}}
{{- $build := include "podrunner.pod.container" . | fromJson -}}
{{- $_ := set $build "volumeMounts" $volumes.mounts -}}
{{- $spec := include "podrunner.pod.placement" $kubernetes | fromJson -}}
{{- $_ := set $spec "volumes" $volumes.volumes -}}
{{- /* patches speak of the executor's other containers too */}}
{{- $_ := set $spec "initContainers" (list (dict "name" "init-permissions")) -}}
{{- $_ := set $spec "containers" (list $build (dict "name" "helper")) -}}
{{- range $kubernetes.pod_spec -}}
  {{- $spec = (include "podrunner.patch" (list $spec .) | fromJson).spec -}}
{{- end -}}
{{- $first := list -}}
{{- range $spec.initContainers -}}{{- if ne .name "init-permissions" -}}{{- $first = append $first . -}}{{- end -}}{{- end -}}
{{- $_ := set $spec "initContainers" $first -}}
{{- range $spec.containers -}}{{- if eq .name "build" -}}{{- $_ := set $spec "containers" (list .) -}}{{- end -}}{{- end -}}
{{- range list "initContainers" "volumes" -}}{{- if not (get $spec .) -}}{{- $_ := unset $spec . -}}{{- end -}}{{- end -}}
{{- toJson $spec -}}
{{- end -}}

{{- define "podrunner.pod.placement" -}}
{{- $kubernetes := . -}}
{{- $spec := dict "restartPolicy" "Never" -}}
{{- range $key, $field := dict "scheduler_name" "schedulerName" "service_account" "serviceAccountName" "runtime_class_name" "runtimeClassName" "priority_class_name" "priorityClassName" "node_selector" "nodeSelector" "host_aliases" "hostAliases" -}}
  {{- with get $kubernetes $key -}}{{- $_ := set $spec $field . -}}{{- end -}}
{{- end -}}
{{- range $key, $field := dict "automount_service_account_token" "automountServiceAccountToken" "pod_termination_grace_period_seconds" "terminationGracePeriodSeconds" -}}
  {{- if not (has (kindOf (get $kubernetes $key)) (list "invalid" "string")) -}}{{- $_ := set $spec $field (get $kubernetes $key) -}}{{- end -}}
{{- end -}}
{{- $_ := set $spec "dnsPolicy" (get (dict "none" "None" "default" "Default" "cluster-first-with-host-net" "ClusterFirstWithHostNet") (.dns_policy | default "") | default "ClusterFirst") -}}
{{- with .dns_config -}}{{- $_ := set $spec "dnsConfig" . -}}{{- end -}}
{{- with .affinity -}}{{- $_ := set $spec "affinity" (include "podrunner.pod.camel" . | fromJson) -}}{{- end -}}
{{- with .node_tolerations -}}{{- $_ := set $spec "tolerations" (include "podrunner.pod.tolerations" . | fromJsonArray) -}}{{- end -}}
{{- with .pod_security_context -}}{{- $_ := set $spec "securityContext" (include "podrunner.pod.securityContext" . | fromJson) -}}{{- end -}}
{{- with include "podrunner.pod.resources" (list . "pod_") | fromJson -}}{{- $_ := set $spec "resources" . -}}{{- end -}}
{{- $secrets := list -}}
{{- if not .use_service_account_image_pull_secrets -}}
  {{- range .image_pull_secrets -}}{{- $secrets = append $secrets (dict "name" .) -}}{{- end -}}
{{- end -}}
{{- with $secrets -}}{{- $_ := set $spec "imagePullSecrets" . -}}{{- end -}}
{{- toJson $spec -}}
{{- end -}}

{{/* An image that the node has is not pulled again where the runner says nothing: the test shall say something of builds. */}}
{{- define "podrunner.pod.container" -}}
{{- $kubernetes := .config.kubernetes -}}
{{- $policy := $kubernetes.pull_policy | default "" -}}
{{- if kindIs "slice" $policy -}}{{- $policy = first $policy | default "" -}}{{- end -}}
{{- $build := dict "name" "build" "image" ($kubernetes.image | default .podman.image) -}}
{{- $_ := set $build "imagePullPolicy" (get (dict "always" "Always" "never" "Never") $policy | default "IfNotPresent") -}}
{{- $_ := set $build "securityContext" (include "podrunner.pod.build" $kubernetes | fromJson) -}}
{{- $_ := set $build "env" (include "podrunner.pod.environment" .config.environment | fromJsonArray) -}}
{{- with include "podrunner.pod.resources" (list $kubernetes "") | fromJson -}}{{- $_ := set $build "resources" . -}}{{- end -}}
{{- with $kubernetes.container_lifecycle -}}{{- $_ := set $build "lifecycle" (include "podrunner.pod.camel" . | fromJson) -}}{{- end -}}
{{- toJson $build -}}
{{- end -}}

{{/*
Of two entries of one variable the last counts. References to each other are replaced, once; those to variables of the job
stay. Kubernetes reads $$ as $, and replaces nothing in it.
*/}}
{{- define "podrunner.pod.environment" -}}
{{- $values := dict -}}
{{- $names := list -}}
{{- range . -}}
  {{- $parts := splitList "=" . -}}
  {{- if gt (len $parts) 1 -}}
    {{- $names = append $names (first $parts) -}}
    {{- $_ := set $values (first $parts) (rest $parts | join "=") -}}
  {{- end -}}
{{- end -}}
{{- $environment := list -}}
{{- range $name := uniq $names -}}
  {{- $value := get $values $name -}}
  {{- range $other, $text := ternary $values dict (contains "$" $value) -}}
    {{- $value = regexReplaceAllLiteral (printf `\$(\{%s\}|%s\b)` $other $other) $value ($text | replace "$" "\u0001") -}}
  {{- end -}}
  {{- $environment = append $environment (dict "name" $name "value" ($value | replace "\u0001" "$" | replace "$" "$$")) -}}
{{- end -}}
{{- toJson $environment -}}
{{- end -}}

{{/* Labels stay as they are. */}}
{{- define "podrunner.pod.camel" -}}
{{- if kindIs "map" . -}}
  {{- $found := dict -}}
  {{- range $key, $value := . -}}
    {{- if eq $key "match_labels" -}}
      {{- $_ := set $found "matchLabels" $value -}}
    {{- else if kindIs "map" $value -}}
      {{- $_ := set $found (camelcase $key | untitle) (include "podrunner.pod.camel" $value | fromJson) -}}
    {{- else if kindIs "slice" $value -}}
      {{- $items := list -}}
      {{- range $value -}}{{- $items = append $items (ternary (include "podrunner.pod.camel" . | fromJson) . (kindIs "map" .)) -}}{{- end -}}
      {{- $_ := set $found (camelcase $key | untitle) $items -}}
    {{- else if not (kindIs "invalid" $value) -}}
      {{- $_ := set $found (camelcase $key | untitle) $value -}}
    {{- end -}}
  {{- end -}}
  {{- toJson $found -}}
{{- end -}}
{{- end -}}
