{{/*
The [[runners]] table of one runner.

  podrunner.table          the table: the keys of the mode, of jobs.config and of the runner
  podrunner.table.add      adds keys to it
  podrunner.table.patches  turns pod_spec on
*/}}

{{/*
usage: include "podrunner.table" (dict "root" $ "name" $name "podman" $podman "token" $token "keys" $keys "into" $table)
Fills $table: identity, then the keys of the mode and of the surroundings (CA bundle, proxy, cache), then those of
jobs.config, then $keys, the runner's own. Later keys win.
*/}}
{{- define "podrunner.table" -}}
{{- $runner := . -}}
{{- $root := .root -}}
{{- $own := .keys -}}
{{- $shared := $root.Values.jobs.config | default dict -}}
{{- $context := dict "podman" $runner.podman "namespace" (include "podrunner.jobs.namespace" $root) "serviceAccount" (include "podrunner.jobs.serviceAccount" $root) "helperImage" "" "trust" $root.Values.trust.caBundle.name -}}
{{- $perJob := dig "kubernetes" "namespace_per_job" (dig "kubernetes" "namespace_per_job" false $shared) $own -}}
{{- /* a namespace that is created for a job does not have the service account of the jobs */}}
{{- if $perJob -}}{{- $_ := set $context "serviceAccount" "" -}}{{- end -}}
{{- $kubernetes := deepCopy ($shared.kubernetes | default dict) -}}
{{- include "podrunner.merge" (list $kubernetes ($own.kubernetes | default dict)) -}}
{{- $_ := set $context "kubernetes" $kubernetes -}}
{{- $_ := set $context "helperImage" (include "podrunner.image.helper" (list $root $kubernetes)) -}}
{{- $mode := include (printf "podrunner.podman.defaults.%s" $runner.podman.mode) $context | fromYaml -}}
{{- include "podrunner.surroundings" (list $root $mode) -}}
{{- range $key, $value := dict "name" $runner.name "executor" "kubernetes" "url" $root.Values.gitlab.url "token" (printf "$%s" $runner.token.variable) -}}
  {{- $_ := set $runner.into $key $value -}}
{{- end -}}
{{- include "podrunner.merge" (list $runner.into $mode) -}}
{{- if ne $runner.podman.mode "none" -}}
  {{- with include "podrunner.rbac.withdrawn" $root | fromJson -}}{{- include "podrunner.merge" (list $runner.into (dict "feature_flags" .)) -}}{{- end -}}
{{- end -}}
{{- include "podrunner.table.add" (list $runner.into $shared) -}}
{{- include "podrunner.table.add" (list $runner.into $own) -}}
{{- include "podrunner.table.patches" $runner.into -}}
{{- end -}}

{{/*
GitLab Runner ignores pod_spec without its flag, and says nothing. Where the values turn the flag off, it stays off, and
podrunner.checks.patches says so. A flag in environment could be turned off by a job, so it is in feature_flags as well.
*/}}
{{- define "podrunner.table.patches" -}}
{{- $flag := "FF_USE_ADVANCED_POD_SPEC_CONFIGURATION" -}}
{{- if (.kubernetes | default dict).pod_spec -}}
  {{- $off := or (hasKey (.feature_flags | default dict) $flag) (and (hasKey . "feature_flags") (kindIs "invalid" .feature_flags)) -}}
  {{- range .environment -}}
    {{- if hasPrefix (printf "%s=" $flag) . -}}{{- $off = not (get (include "podrunner.rbac.flags" $ | fromJson) $flag) -}}{{- end -}}
  {{- end -}}
  {{- if not $off -}}{{- include "podrunner.merge" (list . (dict "feature_flags" (dict $flag true))) -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/*
usage: include "podrunner.table.add" (list $table $keys)
$keys replace those of the table. environment, the scripts, pod_spec and volumes (by name) are joined instead. An empty
value or null of these adds nothing: it must not silently remove what isolates a job from the node.
*/}}
{{- define "podrunner.table.add" -}}
{{- $table := index . 0 -}}
{{- $keys := deepCopy (index . 1) -}}
{{- range list "environment" "pre_build_script" "pre_get_sources_script" -}}
  {{- if not (get $keys .) -}}{{- $_ := unset $keys . -}}{{- end -}}
{{- end -}}
{{- if and $table.environment $keys.environment -}}
  {{- $_ := set $keys "environment" (concat $table.environment $keys.environment) -}}
{{- end -}}
{{- range $script := list "pre_build_script" "pre_get_sources_script" -}}
  {{- if and (get $table $script) (get $keys $script) -}}
    {{- $_ := set $keys $script (printf "%s\n%s" (get $table $script | trimSuffix "\n") (get $keys $script)) -}}
  {{- end -}}
{{- end -}}
{{- with $keys.kubernetes -}}
  {{- range list "pod_spec" "volumes" -}}
    {{- if not (get $keys.kubernetes .) -}}{{- $_ := unset $keys.kubernetes . -}}{{- end -}}
  {{- end -}}
  {{- $pods := $table.kubernetes | default dict -}}
  {{- if and $pods.pod_spec .pod_spec -}}
    {{- $_ := set . "pod_spec" (concat $pods.pod_spec .pod_spec) -}}
  {{- end -}}
  {{- range $kind, $replacing := .volumes -}}
    {{- $names := list -}}
    {{- range $replacing -}}{{- $names = append $names .name -}}{{- end -}}
    {{- $joined := list -}}
    {{- range get ($pods.volumes | default dict) $kind | default list -}}
      {{- if not (has .name $names) -}}{{- $joined = append $joined . -}}{{- end -}}
    {{- end -}}
    {{- $_ := set $keys.kubernetes.volumes $kind (concat $joined ($replacing | default list)) -}}
  {{- end -}}
{{- end -}}
{{- include "podrunner.merge" (list $table $keys) -}}
{{- end -}}
