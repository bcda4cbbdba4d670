{{/*
From values to config.toml.

  podrunner.merge          deep merge of one map into another
  podrunner.runners        every runner's settings, computed once a render
  podrunner.modes          the table of modes, files/modes.yaml
  podrunner.config         config.toml
*/}}

{{/*
usage: include "podrunner.merge" (list $into $from)
Sets every key of $from in $into, maps by recursion; a user's false, 0, "" and null all win. (sprig's merge lets a
default beat them, and mergeOverwrite replaces neither by null.)
*/}}
{{- define "podrunner.merge" -}}
{{- $into := index . 0 -}}
{{- range $key, $value := index . 1 -}}
  {{- if and (kindIs "map" $value) (kindIs "map" (get $into $key)) -}}
    {{- include "podrunner.merge" (list (get $into $key) $value) -}}
  {{- else -}}
    {{- $_ := set $into $key $value -}}
  {{- end -}}
{{- end -}}
{{- end -}}

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

{{/*
usage: {{- include "podrunner.modes" $ -}}
Sets .podrunnerModes, which all templates of a render share as they do the runners: reading it once is enough.
*/}}
{{- define "podrunner.modes" -}}
{{- if not (hasKey . "podrunnerModes") -}}
  {{- $_ := set . "podrunnerModes" (.Files.Get "files/modes.yaml" | fromYaml) -}}
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
Sets $runner.config: identity, then the keys of the mode and of what surrounds it (CA bundle, proxy, cache), then those of
jobs.config, then the runner's own; the later win. What several of them extend is joined instead: environment, the
scripts, pod_spec and volumes by name. An empty value or null of theirs takes nothing away.
*/}}
{{- define "podrunner.runner.config" -}}
{{- $root := index . 0 -}}
{{- $runner := index . 1 -}}
{{- $user := deepCopy (index . 2) -}}
{{- $shared := deepCopy ($root.Values.jobs.config | default dict) -}}
{{- $config := dict "name" $runner.name "executor" "kubernetes" "url" $root.Values.gitlab.url "token" (printf "$%s" $runner.token.variable) -}}
{{- $context := dict "podman" $runner.podman "namespace" (include "podrunner.jobs.namespace" $root) "serviceAccount" (include "podrunner.jobs.serviceAccount" $root) "helperImage" "" "trust" $root.Values.trust.caBundle.name -}}
{{- $perJob := dig "kubernetes" "namespace_per_job" (dig "kubernetes" "namespace_per_job" false $shared) $user -}}
{{- /* the account of the jobs is not in the namespaces that are made for them */}}
{{- if $perJob -}}{{- $_ := set $context "serviceAccount" "" -}}{{- end -}}
{{- $kubernetes := deepCopy ($shared.kubernetes | default dict) -}}
{{- include "podrunner.merge" (list $kubernetes ($user.kubernetes | default dict)) -}}
{{- $_ := set $context "kubernetes" $kubernetes -}}
{{- $_ := set $context "helperImage" (include "podrunner.image.helper" (list $root $kubernetes)) -}}
{{- $mode := include (printf "podrunner.podman.defaults.%s" $runner.podman.mode) $context | fromYaml -}}
{{- include "podrunner.surroundings" (list $root $runner.podman.mode $mode) -}}
{{- include "podrunner.merge" (list $config $mode) -}}
{{- if ne $runner.podman.mode "none" -}}
  {{- with include "podrunner.rbac.withdrawn" $root | fromJson -}}{{- include "podrunner.merge" (list $config (dict "feature_flags" .)) -}}{{- end -}}
{{- end -}}
{{- range $keys := list $shared $user -}}
  {{- include "podrunner.config.join" (list $config $keys) -}}
  {{- include "podrunner.merge" (list $config $keys) -}}
{{- end -}}
{{- $_ := set $runner "config" $config -}}
{{- end -}}

{{/*
usage: include "podrunner.config.join" (list $config $keys): puts $config's part of joined keys into $keys
An empty value adds nothing: it must not take away, without a word, what keeps a job apart from the node.
*/}}
{{- define "podrunner.config.join" -}}
{{- $given := index . 0 -}}
{{- $own := index . 1 -}}
{{- include "podrunner.config.filled" (list $own "environment" "pre_build_script" "pre_get_sources_script") -}}
{{- if and $given.environment $own.environment -}}
  {{- $_ := set $own "environment" (concat $given.environment $own.environment) -}}
{{- end -}}
{{- range $script := list "pre_build_script" "pre_get_sources_script" -}}
  {{- if and (get $given $script) (get $own $script) -}}
    {{- $_ := set $own $script (printf "%s\n%s" (get $given $script | trimSuffix "\n") (get $own $script)) -}}
  {{- end -}}
{{- end -}}
{{- with $own.kubernetes -}}
  {{- include "podrunner.config.filled" (list . "pod_spec" "volumes") -}}
  {{- $givenPods := $given.kubernetes | default dict -}}
  {{- if and $givenPods.pod_spec .pod_spec -}}
    {{- $_ := set . "pod_spec" (concat $givenPods.pod_spec .pod_spec) -}}
  {{- end -}}
  {{- range $kind, $replacing := .volumes -}}
    {{- $names := list -}}
    {{- range $replacing -}}{{- $names = append $names .name -}}{{- end -}}
    {{- $joined := list -}}
    {{- range get ($givenPods.volumes | default dict) $kind | default list -}}
      {{- if not (has .name $names) -}}{{- $joined = append $joined . -}}{{- end -}}
    {{- end -}}
    {{- $_ := set $own.kubernetes.volumes $kind (concat $joined ($replacing | default list)) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.config.filled" (list $keys "environment" …): takes the named keys away where they are empty */}}
{{- define "podrunner.config.filled" -}}
{{- range $key := rest . -}}
  {{- if not (get (first $) $key) -}}{{- $_ := unset (first $) $key -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.config" (dict "root" $ "runners" $runners) */}}
{{- define "podrunner.config" -}}
{{- $config := deepCopy .root.Values.config -}}
{{- with include "podrunner.session" .root | fromJson -}}{{- $_ := set $config "session_server" . -}}{{- end -}}
{{- $tables := list -}}
{{- range $name, $runner := .runners -}}
  {{- $tables = append $tables $runner.config -}}
{{- end -}}
{{- $_ := set $config "runners" $tables -}}
{{- include "podrunner.toml.table" (dict "table" $config "path" "" "indent" "") | trimPrefix "\n" | include "podrunner.toml.escape" }}
{{ end -}}
