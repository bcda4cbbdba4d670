{{/*
The [[runners]] table of one runner.

  podrunner.runner.config  the table: the keys of the mode, of jobs.config and of the runner
  podrunner.config.join    what joins environment, scripts, pod_spec and volumes instead of replacing them
  podrunner.config.filled  what ignores empty values among those
*/}}

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
