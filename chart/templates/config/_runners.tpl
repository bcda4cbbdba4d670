{{/*
From the values of each runner to its settings, for all templates.

  podrunner.runners  every runner's settings, computed once a render
  podrunner.runner   the settings of one runner
  podrunner.token    where the token of one runner comes from
  podrunner.modes    the table of modes, files/modes.yaml
*/}}

{{/*
usage: {{- $runners := dict -}}{{- include "podrunner.runners" (list $ $runners) -}}
Fills $runners: name -> {podman, namespace, namespacePerJob, token: {secret, key, variable},
credentials: [{file, secret, key}], features: {podEvents: true, …}, config: the [[runners]] table}.
All templates of a render share $ (not .Values, which is left as it is): the first that asks keeps the settings there.
They are everybody's: deepCopy before you change one.
*/}}
{{- define "podrunner.runners" -}}
{{- $root := index . 0 -}}
{{- $into := index . 1 -}}
{{- if not (hasKey $root "podrunnerRunners") -}}
  {{- include "podrunner.checks.official" $root -}}
  {{- $runners := dict -}}
  {{- range $name, $settings := $root.Values.runners | default (dict "default" dict) -}}
    {{- $runner := dict "name" $name -}}
    {{- include "podrunner.runner" (list $root $runner ($settings | default dict)) -}}
    {{- $_ := set $runners $name $runner -}}
  {{- end -}}
  {{- $_ := set $root "podrunnerRunners" $runners -}}
{{- end -}}
{{- range $name, $runner := $root.podrunnerRunners -}}
  {{- $_ := set $into $name $runner -}}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.runner" (list $ $runner $settings): fills $runner, which has a name, from runners.<name> */}}
{{- define "podrunner.runner" -}}
{{- $root := index . 0 -}}
{{- $runner := index . 1 -}}
{{- $settings := index . 2 -}}
{{- if hasKey ($settings.podman | default dict) "openshift" -}}
  {{- fail (printf "\n\nrunners.%s.podman.openshift has no effect: the SecurityContextConstraints are those of the whole release.\nSet podman.openshift, or install a release of its own for this runner.\n" $runner.name) -}}
{{- end -}}
{{- $podman := deepCopy $root.Values.podman -}}
{{- include "podrunner.merge" (list $podman ($settings.podman | default dict)) -}}
{{- $_ := set $podman "image" (include "podrunner.image.moved" (list $root $podman.image)) -}}
{{- $_ := set $runner "podman" $podman -}}
{{- $_ := set $runner "token" (include "podrunner.token" (list $root $runner.name $settings) | fromJson) -}}
{{- include "podrunner.runner.config" (list $root $runner ($settings.config | default dict)) -}}
{{- include "podrunner.credentials" (list $root $runner ($settings.credentials | default dict)) -}}
{{- $kubernetes := $runner.config.kubernetes | default dict -}}
{{- /* GitLab Runner takes an empty namespace for "default" */ -}}
{{- $_ := set $runner "namespace" ($kubernetes.namespace | default "default") -}}
{{- $_ := set $runner "namespacePerJob" (eq (toString $kubernetes.namespace_per_job) "true") -}}
{{- $_ := set $runner "features" (include "podrunner.rbac.runner" $runner.config | fromJson) -}}
{{- include "podrunner.checks.runner" $runner -}}
{{- end -}}

{{/* The Secret that holds a runner's token, and the environment variable that carries it to the manager. */}}
{{- define "podrunner.token" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $token := (index . 2).token | default dict -}}
{{- $existing := $token.existingSecret | default dict -}}
{{- if and $token.insecureInline $existing.name -}}
  {{- fail (printf "\n\nrunners.%s.token has insecureInline and existingSecret.name: the chart would write the token over the Secret %s.\nRemove insecureInline and its token; the Secret has one.\n" $name $existing.name) -}}
{{- end -}}
{{- $secret := $existing.name | default (printf "%s-%s" (include "podrunner.fullname" $root) $name) -}}
{{- $variable := printf "RUNNER_TOKEN_%s" ($name | upper | replace "-" "_") -}}
{{- dict "secret" $secret "key" ($existing.key | default "token") "variable" $variable "inline" ($token.insecureInline | default "") | toJson -}}
{{- end -}}

{{/*
usage: {{- include "podrunner.modes" $ -}}
Sets .podrunnerModes, which all templates of a render share as they do the runners: reading it once is enough.
*/}}
{{- define "podrunner.modes" -}}
{{- if not (hasKey . "podrunnerModes") -}}
  {{- $_ := set . "podrunnerModes" (.Files.Get "files/modes.yaml" | fromYaml) -}}
{{- end -}}
{{- end -}}
