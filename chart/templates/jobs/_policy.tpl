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
  podrunner.policy.rules         the rules
  podrunner.checks.policies      whether the policy would hold what it says; usage: include … (list $ $runners)
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

{{/*
What files/modes.yaml promises of the build container, and of all containers what the Pod Security level baseline says, which
is the level of every mode that the policy takes. The last ones are of the account and of what the API server may change
later.
usage: include "podrunner.policy.rules" $runners
*/}}
{{- define "podrunner.policy.rules" -}}
{{- $kinds := list -}}
{{- range $name, $runner := . -}}{{- $kinds = concat $kinds (include "podrunner.policy.runner" $runner | fromJson).volumes -}}{{- end -}}
{{- $volumes := list "(has(v.hostPath) && v.hostPath.path in variables.may.hostPaths)" -}}
{{- range include "podrunner.policy.volumes" "" | fromJsonArray -}}{{- $volumes = append $volumes (printf "has(v.%s)" .) -}}{{- end -}}
{{- range $kinds | uniq | sortAlpha -}}{{- $volumes = append $volumes (printf "(has(v.%s) && %q in variables.may.volumes)" . .) -}}{{- end -}}
{{- $own := "variables.containers.all(c, " -}}
{{- $build := "variables.build.all(c, " -}}
{{- $rules := list
  (list `variables.key != ""` "the label manager.runner.gitlab.com/name has to name a runner of this release and namespace")
  (list `variables.contexts.all(s, !s.?privileged.orValue(false) && !s.?windowsOptions.?hostProcess.orValue(false))` "no container may be privileged, or a host process of Windows")
  (list `!object.spec.?hostNetwork.orValue(false) && !object.spec.?hostPID.orValue(false) && !object.spec.?hostIPC.orValue(false)` "hostNetwork, hostPID and hostIPC are not allowed")
  (list (print $own `c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0))`) "hostPort is not allowed")
  (list `variables.may.ownUserNamespace.size() == 0 || !object.spec.?hostUsers.orValue(true)` "hostUsers has to be false")
  (list (print $build `variables.may.uid.size() == 0 ? c.?securityContext.?runAsUser.or(variables.pod.?runAsUser).orValue(1) != 0 : string(c.?securityContext.?runAsUser.or(variables.pod.?runAsUser).orValue(-1)) in variables.may.uid)`) "runAsUser of the build container is not the one that the mode promises")
  (list (print $build `"ALL" in c.?securityContext.?capabilities.?drop.orValue([]) && c.?securityContext.?capabilities.?add.orValue([]).all(a, a in variables.may.capabilities))`) "the build container has to drop ALL capabilities, and may add only those that the mode promises")
  (list (print $own `c.name == "build" || c.?securityContext.?capabilities.?add.orValue([]).all(a, a in ` (include "podrunner.pod.capabilities" "") `))`) "a container adds a capability beyond the Pod Security level baseline")
  (list (print `"true" in variables.may.escalation || ` $own `!c.?securityContext.?allowPrivilegeEscalation.orValue(true))`) "allowPrivilegeEscalation of every container has to be false")
  (list (print $own `c.?securityContext.?procMount.orValue("Default") == "Default" || c.name in variables.may.procMount)`) "procMount has to be Default")
  (list (print $own `c.?securityContext.?seccompProfile.or(variables.pod.?seccompProfile).?type.orValue("") != "Unconfined" || c.name in variables.may.seccompUnconfined)`) "the seccomp profile Unconfined is not allowed")
  (list (print $own `c.?securityContext.?appArmorProfile.or(variables.pod.?appArmorProfile).?type.orValue("") != "Unconfined" || c.name in variables.may.appArmorUnconfined)`) "the AppArmor profile Unconfined is not allowed")
  (list `object.metadata.?annotations.orValue({}).all(k, !k.startsWith("container.apparmor.security.beta.kubernetes.io/") || object.metadata.annotations[k] in ["", "runtime/default"] || object.metadata.annotations[k].startsWith("localhost/") || k.split("/")[1] in variables.may.appArmorUnconfined)` "an annotation takes the AppArmor profile off")
  (list `variables.contexts.all(s, s.?seLinuxOptions.?type.orValue("") in ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"] && s.?seLinuxOptions.?user.orValue("") == "" && s.?seLinuxOptions.?role.orValue("") == "")` "these seLinuxOptions are beyond the Pod Security level baseline")
  (list (print `variables.pod.?sysctls.orValue([]).all(s, s.name in ` (include "podrunner.policy.sysctls" "") `)`) "a sysctl is beyond the Pod Security level baseline")
  (list (print `variables.volumes.all(v, ` (join " || " $volumes) `)`) "a volume is of a kind that no job has, or a folder of the node that the values do not name")
  (list `object.spec.?serviceAccountName.orValue("default") in variables.may.accounts || variables.may.accountPatterns.exists(p, object.spec.?serviceAccountName.orValue("default").matches(p))` "the service account is not that of the jobs")
  (list `object.spec.?ephemeralContainers.orValue([]).size() == 0` "ephemeral containers are not allowed")
-}}
{{- range $rules }}
- expression: {{ first . | squote }}
  messageExpression: {{ printf `variables.whose + %q` (last .) | squote }}
{{- end }}
{{- end -}}

{{- define "podrunner.policy.sysctls" -}}
["kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"]
{{- end -}}

{{/*
A policy that one runner's pods go around says nothing of any pod: whoever has the manager's token makes a pod of that runner.
usage: include "podrunner.checks.policies" (list $ $runners)
*/}}
{{- define "podrunner.checks.policies" -}}
{{- $root := index . 0 -}}
{{- $policy := $root.Values.policies.jobs -}}
{{- if $policy.enabled -}}
{{- if semverCompare "<1.30-0" $root.Capabilities.KubeVersion.Version -}}
  {{- fail (printf "\n\npolicies.jobs.enabled is true, but this is Kubernetes %s: ValidatingAdmissionPolicy needs 1.30.\nSet policies.jobs.enabled to false, or upgrade the cluster first.\n" $root.Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- if and (has "Deny" $policy.actions) (has "Warn" $policy.actions) -}}
  {{- fail "\n\npolicies.jobs.actions has Deny and Warn: Kubernetes takes only one of them, because a refusal says the same as a warning.\nWrite [Deny] or [Deny, Audit] to refuse, [Warn] or [Warn, Audit] to try the policy.\n" -}}
{{- end -}}
{{- range $name, $runner := index . 1 -}}
  {{- $promise := $runner.mode.promise | default (dict "privileged" true) -}}
  {{- if $promise.privileged -}}
    {{- fail (printf "\n\npolicies.jobs.enabled is true, but podman.mode is %s (runners.%s): the mode promises nothing that a policy could hold, and the manager's token may make the pods of every runner of its release.\nGive this runner a release of its own, or set policies.jobs.enabled to false.\n" $runner.podman.mode $name) -}}
  {{- end -}}
  {{- range $key, $why := dict "host" "makes job pods in another cluster" "bearer_token" "makes job pods with another account" "bearer_token_overwrite_allowed" "lets jobs choose the account that makes their pods" "autoscaler" "lets the manager make Deployments, whose pods Kubernetes makes with an account of its own" -}}
    {{- if get $runner.config.kubernetes $key -}}
      {{- fail (printf "\n\npolicies.jobs.enabled is true, but runners.%s.config.kubernetes.%s %s: the policy judges only pods that the manager's account makes.\nRemove the key, give this runner a release of its own, or set policies.jobs.enabled to false.\n" $name $key $why) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
