{{/*
The rules of the policy for job pods, in the Common Expression Language (CEL).

  podrunner.policy.rules    the rules
  podrunner.policy.sysctls  sysctls that the Pod Security level baseline lets a pod set, as a list of CEL
*/}}

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
