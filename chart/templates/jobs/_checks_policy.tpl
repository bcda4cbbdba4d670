{{/*
Values with which the policy for job pods would hold nothing: the render fails with a sentence that names the value and the
way out.

  podrunner.checks.policies  whether the policy would hold what it says; usage: include … (list $ $runners)
*/}}

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
