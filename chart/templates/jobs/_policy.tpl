{{/*
The policy that holds pods of the manager's account to what the modes of the runners promise (policies.jobs).

  podrunner.policy.name          of the policy and of its binding
  podrunner.policy.match         whose requests for what it judges
  podrunner.policy.runners       what each runner's pods may have, as a JSON map
  podrunner.policy.runner        the same of one runner
  podrunner.policy.nothing       the same of nobody
  podrunner.policy.everywhere    whether a job may choose its namespace
  podrunner.policy.volumes       kinds of volumes that every pod may have, as a JSON list
  podrunner.policy.variables     variables of the rules
*/}}

{{/* Unique in the cluster: neither namespaces nor names of this chart have dots. At most 109 of 253 characters. */}}
{{- define "podrunner.policy.name" -}}
{{- printf "%s.%s-jobs" .Release.Namespace (include "podrunner.fullname" .) -}}
{{- end -}}

{{/* usage: include "podrunner.policy.match" (list $ $runners) */}}
{{- define "podrunner.policy.match" -}}
{{- $root := index . 0 -}}
matchConstraints:
  {{- if not (include "podrunner.policy.everywhere" (index . 1)) }}
  namespaceSelector:
    matchExpressions:
      - key: kubernetes.io/metadata.name
        operator: In
        values: {{ include "podrunner.rbac.namespaces" (index . 1) }}
  {{- end }}
  resourceRules:
    - apiGroups: [""]
      apiVersions: [v1]
      operations: [CREATE, UPDATE]
      resources: [pods, pods/ephemeralcontainers]
matchConditions:
  - name: by-the-manager
    expression: {{ printf `request.userInfo.username == "system:serviceaccount:%s:%s"` $root.Release.Namespace (include "podrunner.manager.serviceAccount" $root) | squote }}
{{- end -}}

{{/* Not empty if a job's pod may run in a namespace that is not known in advance. */}}
{{- define "podrunner.policy.everywhere" -}}
{{- range $name, $runner := . -}}
  {{- if or $runner.namespacePerJob $runner.config.kubernetes.namespace_overwrite_allowed -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{/*
By namespace and label of the runner; without a namespace where jobs choose it. The entry without a name is for pods that
name no runner. It is one map of lists of texts, because lists and maps of the Common Expression Language (CEL) have items
of one type.
usage: include "podrunner.policy.runners" $runners
*/}}
{{- define "podrunner.policy.runners" -}}
{{- $found := dict "" (include "podrunner.policy.nothing" . | fromJson) -}}
{{- range $name, $runner := . -}}
  {{- $may := include "podrunner.policy.runner" $runner | fromJson -}}
  {{- $label := include "podrunner.jobs.label" $runner -}}
  {{- $key := printf "%s/%s" (ternary "" $runner.namespace (not (empty (include "podrunner.policy.everywhere" (dict "" $runner))))) $label -}}
  {{- if and (hasKey $found $key) (ne (get $found $key | toJson) (toJson $may)) -}}
    {{- fail (printf "\n\npolicies.jobs.enabled is true, but two runners have the label manager.runner.gitlab.com/name=%s in namespace %s, and their job pods may differ: the policy could not tell them apart.\nGive them different names (runners.<name>.config.name).\n" $label $runner.namespace) -}}
  {{- end -}}
  {{- $_ := set $found $key $may -}}
{{- end -}}
{{- toPrettyJson $found -}}
{{- end -}}

{{- define "podrunner.policy.nothing" -}}
{{- $may := dict -}}
{{- range list "accountPatterns" "accounts" "appArmorUnconfined" "capabilities" "escalation" "hostPaths" "mode" "ownUserNamespace" "procMount" "seccompUnconfined" "uid" "volumes" -}}
  {{- $_ := set $may . list -}}
{{- end -}}
{{- toJson $may -}}
{{- end -}}

{{/*
The promise of its mode, by files/modes.yaml. What the values allow beside it is added where no promise forbids it: accounts,
volumes, and for the build container the options of podman that unmask /proc or take a profile off.
usage: include "podrunner.policy.runner" $runner
  ownUserNamespace    "true" if the pod needs one
  uid                 of the build container; empty for any but 0
  capabilities        that the build container may add, after dropping all
  escalation          "true" if containers may gain privileges
  procMount           containers whose /proc may be unmasked; likewise of profiles that may be Unconfined
  hostPaths           folders of the node
  volumes             kinds of volumes beside those that every pod may have
*/}}
{{- define "podrunner.policy.runner" -}}
{{- $promise := .mode.promise -}}
{{- $spec := include "podrunner.pod.spec" . | fromJson -}}
{{- $build := (first $spec.containers).securityContext | default dict -}}
{{- $may := include "podrunner.policy.nothing" . | fromJson -}}
{{- $_ := set $may "mode" (list .podman.mode) -}}
{{- $_ := set $may "accounts" (list ($spec.serviceAccountName | default "default")) -}}
{{- with .config.kubernetes.service_account_overwrite_allowed -}}{{- $_ := set $may "accountPatterns" (list .) -}}{{- end -}}
{{- if not (kindIs "invalid" $promise.uid) -}}{{- $_ := set $may "uid" (list (toString $promise.uid)) -}}{{- end -}}
{{- $_ := set $may "capabilities" $promise.capabilities -}}
{{- if not $promise.noNewPrivileges -}}{{- $_ := set $may "escalation" (list "true") -}}{{- end -}}
{{- if and (hasKey $promise "hostUsers") (eq (toString $promise.hostUsers) "false") -}}{{- $_ := set $may "ownUserNamespace" (list "true") -}}{{- end -}}
{{- if ne ($build.procMount | default "Default") "Default" -}}{{- $_ := set $may "procMount" (list "build") -}}{{- end -}}
{{- range $profile := list "seccomp" "appArmor" -}}
  {{- $key := printf "%sProfile" $profile -}}
  {{- $said := get $build $key | default (get ($spec.securityContext | default dict) $key) | default dict -}}
  {{- if eq (toString $said.type) "Unconfined" -}}{{- $_ := set $may (printf "%sUnconfined" $profile) (list "build") -}}{{- end -}}
{{- end -}}
{{- range $spec.volumes -}}
  {{- range $kind, $source := omit . "name" -}}
    {{- if eq $kind "hostPath" -}}
      {{- $_ := set $may "hostPaths" (append $may.hostPaths $source.path | uniq) -}}
    {{- else if not (has $kind (include "podrunner.policy.volumes" "" | fromJsonArray)) -}}
      {{- $_ := set $may "volumes" (append $may.volumes $kind | uniq | sortAlpha) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson $may -}}
{{- end -}}

{{- define "podrunner.policy.variables" -}}
- name: runners
  expression: |-
    {{- include "podrunner.policy.runners" . | nindent 4 }}
- name: label
  expression: object.metadata.?labels[?"manager.runner.gitlab.com/name"].orValue("")
- name: key
  expression: >-
    request.namespace + "/" + variables.label in variables.runners ? request.namespace + "/" + variables.label
    : "/" + variables.label in variables.runners ? "/" + variables.label : ""
- name: may
  expression: variables.runners[variables.key]
- name: whose
  expression: '"runner " + variables.label + " (podman.mode " + variables.may.mode.join() + "): "'
- name: pod
  expression: object.spec.?securityContext.orValue({})
- name: containers
  expression: >-
    object.spec.containers + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])
- name: build
  expression: variables.containers.filter(c, c.name == "build")
- name: contexts
  expression: '[variables.pod] + variables.containers.map(c, c.?securityContext.orValue({}))'
- name: volumes
  expression: object.spec.?volumes.orValue([])
{{- end -}}

{{/* Those of the Pod Security level restricted. */}}
{{- define "podrunner.policy.volumes" -}}
["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"]
{{- end -}}
