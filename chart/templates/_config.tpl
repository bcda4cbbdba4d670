{{/*
From values to config.toml.

  podrunner.merge          deep merge of one map into another
  podrunner.runners        every runner's settings, computed once a template
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
Fills $runners: name -> {podman, namespace, token: {secret, key, variable}, config: the [[runners]] table}.
*/}}
{{- define "podrunner.runners" -}}
{{- $root := index . 0 -}}
{{- $into := index . 1 -}}
{{- range $name, $settings := $root.Values.runners | default (dict "default" dict) -}}
  {{- $settings = $settings | default dict -}}
  {{- $podman := deepCopy $root.Values.podman -}}
  {{- include "podrunner.merge" (list $podman ($settings.podman | default dict)) -}}
  {{- $runner := dict "name" $name "podman" $podman "config" (dict "name" $name) -}}
  {{- $_ := set $runner "token" (include "podrunner.token" (list $root $name $settings) | fromJson) -}}
  {{- include "podrunner.runner.config" (list $root $runner ($settings.config | default dict)) -}}
  {{- $kubernetes := $runner.config.kubernetes | default dict -}}
  {{- /* GitLab Runner takes an empty namespace for "default" */ -}}
  {{- $_ := set $runner "namespace" ($kubernetes.namespace | default "default") -}}
  {{- include "podrunner.checks.runner" $runner -}}
  {{- $_ := set $into $name $runner -}}
{{- end -}}
{{- end -}}

{{/* The Secret that holds a runner's token, and the environment variable that carries it to the manager. */}}
{{- define "podrunner.token" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $token := (index . 2).token | default dict -}}
{{- $existing := $token.existingSecret | default dict -}}
{{- $secret := $existing.name | default (printf "%s-%s" (include "podrunner.fullname" $root) $name) -}}
{{- $variable := printf "RUNNER_TOKEN_%s" ($name | upper | replace "-" "_") -}}
{{- dict "secret" $secret "key" ($existing.key | default "token") "variable" $variable "inline" ($token.insecureInline | default "") | toJson -}}
{{- end -}}

{{/*
Sets $runner.config: identity, then the mode's keys, then the user's, which win. Lists that the mode and the user both
extend are joined instead: environment, pre_build_script, pod_spec and volumes by name.
*/}}
{{- define "podrunner.runner.config" -}}
{{- $root := index . 0 -}}
{{- $runner := index . 1 -}}
{{- $user := deepCopy (index . 2) -}}
{{- $config := dict "name" $runner.name "executor" "kubernetes" "url" $root.Values.gitlab.url "token" (printf "$%s" $runner.token.variable) -}}
{{- $context := dict "podman" $runner.podman "namespace" (include "podrunner.jobs.namespace" $root) "serviceAccount" (include "podrunner.jobs.serviceAccount" $root) "helperImage" "" -}}
{{- if $root.Values.helperImage.repository -}}
  {{- $_ := set $context "helperImage" (include "podrunner.image" (dict "image" $root.Values.helperImage "tag" (printf "x86_64-v%s" $root.Chart.AppVersion))) -}}
{{- end -}}
{{- $mode := include (printf "podrunner.podman.defaults.%s" $runner.podman.mode) $context | fromYaml -}}
{{- include "podrunner.config.join" (list $mode $user) -}}
{{- include "podrunner.merge" (list $config $mode) -}}
{{- include "podrunner.merge" (list $config $user) -}}
{{- $_ := set $runner "config" $config -}}
{{- end -}}

{{/* usage: include "podrunner.config.join" (list $mode $user): puts the mode's part of joined keys into $user */}}
{{- define "podrunner.config.join" -}}
{{- $mode := index . 0 -}}
{{- $user := index . 1 -}}
{{- if and $mode.environment $user.environment -}}
  {{- $_ := set $user "environment" (concat $mode.environment $user.environment) -}}
{{- end -}}
{{- if and $mode.pre_build_script $user.pre_build_script -}}
  {{- $_ := set $user "pre_build_script" (printf "%s%s" $mode.pre_build_script $user.pre_build_script) -}}
{{- end -}}
{{- $modePatches := ($mode.kubernetes | default dict).pod_spec -}}
{{- $userPatches := ($user.kubernetes | default dict).pod_spec -}}
{{- if and $modePatches $userPatches -}}
  {{- $_ := set $user.kubernetes "pod_spec" (concat $modePatches $userPatches) -}}
{{- end -}}
{{- $modeVolumes := ($mode.kubernetes | default dict).volumes | default dict -}}
{{- $userVolumes := ($user.kubernetes | default dict).volumes | default dict -}}
{{- range $kind, $volumes := $modeVolumes -}}
  {{- $own := get $userVolumes $kind | default list -}}
  {{- $names := list -}}
  {{- range $own -}}{{- $names = append $names .name -}}{{- end -}}
  {{- $joined := list -}}
  {{- range $volumes -}}{{- if not (has .name $names) -}}{{- $joined = append $joined . -}}{{- end -}}{{- end -}}
  {{- if $own -}}{{- $_ := set $userVolumes $kind (concat $joined $own) -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.config" (dict "root" $ "runners" $runners) */}}
{{- define "podrunner.config" -}}
{{- $config := deepCopy .root.Values.config -}}
{{- $tables := list -}}
{{- range $name, $runner := .runners -}}
  {{- $tables = append $tables $runner.config -}}
{{- end -}}
{{- $_ := set $config "runners" $tables -}}
{{- include "podrunner.toml.table" (dict "table" $config "path" "" "indent" "") | trimPrefix "\n" }}
{{ end -}}
