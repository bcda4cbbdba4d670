{{/*
From the values of each runner to its settings, for all templates.

  podrunner.runners  the settings of all runners
  podrunner.runner   the settings of one runner
  podrunner.token    where the token of one runner comes from
*/}}

{{/*
usage: {{- $runners := dict -}}{{- include "podrunner.runners" (list $ $runners) -}}
Fills $runners: name -> settings, see podrunner.runner.
Almost all templates need them, and computing them in each would more than double the time of a render. So they are kept
in $, which the templates of a render share. Nothing else is kept there, only this helper reads it, and the settings depend
on the values alone: it makes no difference which template asks first. Use deepCopy before you change one.
*/}}
{{- define "podrunner.runners" -}}
{{- $root := index . 0 -}}
{{- $into := index . 1 -}}
{{- if not (hasKey $root "podrunnerRunners") -}}
  {{- include "podrunner.checks.official" $root -}}
  {{- include "podrunner.checks.keys" $root -}}
  {{- $modes := $root.Files.Get "files/modes.yaml" | fromYaml -}}
  {{- $runners := dict -}}
  {{- range $name, $settings := $root.Values.runners | default (dict "default" dict) -}}
    {{- $runner := dict -}}
    {{- include "podrunner.runner" (dict "root" $root "modes" $modes "name" $name "settings" ($settings | default dict) "into" $runner) -}}
    {{- $_ := set $runners $name $runner -}}
  {{- end -}}
  {{- $_ := set $root "podrunnerRunners" $runners -}}
{{- end -}}
{{- range $name, $runner := $root.podrunnerRunners -}}
  {{- $_ := set $into $name $runner -}}
{{- end -}}
{{- end -}}

{{/*
usage: include "podrunner.runner" (dict "root" $ "modes" $modes "name" $name "settings" $settings "into" $runner)
Fills $runner from runners.<name>, which is $settings:
  name             its key below runners
  podman           the section podman, with the runner's own keys over it
  mode             what files/modes.yaml says of its mode
  token            {secret, key, variable, inline}, see podrunner.token
  config           the [[runners]] table
  account          {name, create, annotations} of its own service account, see podrunner.jobs.account; empty without one
  credentials      [{path, file, secret, key}], see podrunner.credentials
  namespace        of its job pods
  namespacePerJob  whether each job has a namespace of its own instead
  features         {podEvents: true, …}, see podrunner.rbac.runner
*/}}
{{- define "podrunner.runner" -}}
{{- if (.settings.podman | default dict).openshift -}}
  {{- fail (printf "\n\nrunners.%s.podman.openshift has no effect: the SecurityContextConstraints apply to the whole release.\nSet podman.openshift, or install a separate release for this runner.\n" .name) -}}
{{- end -}}
{{- if ((.settings.podman | default dict).seccomp | default dict).deliver -}}
  {{- fail (printf "\n\nrunners.%s.podman.seccomp.deliver has no effect: the profile is delivered for the whole release.\nSet podman.seccomp.deliver.\n" .name) -}}
{{- end -}}
{{- $podman := deepCopy .root.Values.podman -}}
{{- include "podrunner.merge" (list $podman (.settings.podman | default dict)) -}}
{{- include "podrunner.values.fill" (list $podman .root.Values.podman) -}}
{{- $_ := set $podman "image" (include "podrunner.image.moved" (list .root $podman.image)) -}}
{{- $mode := index .modes $podman.mode -}}
{{- if and (eq $podman.mode "openshift") (eq $podman.openshift.scc.name "nested-container") -}}
  {{- /* these constraints only admit pods with a user namespace of their own */}}
  {{- $mode = merge (dict "kubernetes" .modes.userNamespace.kubernetes) $mode -}}
{{- end -}}
{{- $token := include "podrunner.token" (list .root .name .settings) | fromJson -}}
{{- include "podrunner.checks.account" (list .name .settings) -}}
{{- $account := include "podrunner.jobs.account" (list .root .name .settings) | fromJson -}}
{{- $config := dict -}}
{{- include "podrunner.table" (dict "root" .root "name" .name "account" $account.name "podman" $podman "token" $token "keys" (.settings.config | default dict) "into" $config) -}}
{{- $credentials := include "podrunner.credentials" (list .root .name $token (.settings.credentials | default dict)) | fromJsonArray -}}
{{- with $credentials -}}{{- include "podrunner.credentials.marks" (list $config .) -}}{{- end -}}
{{- include "podrunner.orphans.mark" (list .root $config) -}}
{{- $kubernetes := $config.kubernetes | default dict -}}
{{- $runner := .into -}}
{{- range $key, $value := dict "name" .name "podman" $podman "mode" $mode "token" $token "config" $config "account" $account "credentials" $credentials -}}
  {{- $_ := set $runner $key $value -}}
{{- end -}}
{{- /* GitLab Runner uses "default" if the namespace is empty */}}
{{- $_ := set $runner "namespace" ($kubernetes.namespace | default "default") -}}
{{- $_ := set $runner "namespacePerJob" (eq (toString $kubernetes.namespace_per_job) "true") -}}
{{- $_ := set $runner "features" (include "podrunner.rbac.runner" $config | fromJson) -}}
{{- include "podrunner.checks.runner" $runner -}}
{{- end -}}

{{/* The Secret that holds a runner's token, and the environment variable through which the manager gets it. */}}
{{- define "podrunner.token" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $token := (index . 2).token | default dict -}}
{{- $existing := $token.existingSecret | default dict -}}
{{- if and $token.insecureInline $existing.name -}}
  {{- fail (printf "\n\nrunners.%s.token has insecureInline and existingSecret.name: the chart would overwrite the Secret %s with the token.\nRemove insecureInline: the Secret contains a token.\n" $name $existing.name) -}}
{{- end -}}
{{- $secret := $existing.name | default (printf "%s-%s" (include "podrunner.fullname" $root) $name) -}}
{{- $variable := printf "RUNNER_TOKEN_%s" ($name | upper | replace "-" "_") -}}
{{- dict "secret" $secret "key" ($existing.key | default "token") "variable" $variable "inline" ($token.insecureInline | default "") | toJson -}}
{{- end -}}
