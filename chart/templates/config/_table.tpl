{{/*
The [[runners]] table of one runner.

  podrunner.table          the table: the keys of the mode, of jobs.config and of the runner
  podrunner.table.add      adds keys to it
  podrunner.table.volumes  joins volumes
  podrunner.table.patches  turns pod_spec on
  podrunner.table.stays    keeps running jobs on their nodes
*/}}

{{/*
usage: include "podrunner.table" (dict "root" $ "name" $name "account" $name "podman" $podman "token" $token "keys" $keys "into" $table)
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
{{- $namespace := ternary "" ($kubernetes.namespace | default (include "podrunner.jobs.namespace" $root)) (not (empty $perJob)) -}}
{{- include "podrunner.surroundings" (list $root $mode $namespace) -}}
{{- range $key, $value := dict "name" $runner.name "executor" "kubernetes" "url" $root.Values.gitlab.url "token" (printf "$%s" $runner.token.variable) -}}
  {{- $_ := set $runner.into $key $value -}}
{{- end -}}
{{- include "podrunner.merge" (list $runner.into $mode) -}}
{{- if ne $runner.podman.mode "none" -}}
  {{- with include "podrunner.rbac.withdrawn" $root | fromJson -}}{{- include "podrunner.merge" (list $runner.into (dict "feature_flags" .)) -}}{{- end -}}
{{- end -}}
{{- if $root.Values.jobs.doNotDisrupt -}}{{- include "podrunner.merge" (list $runner.into (include "podrunner.table.stays" $root | fromYaml)) -}}{{- end -}}
{{- include "podrunner.table.add" (list $runner.into $shared) -}}
{{- with $runner.account -}}{{- include "podrunner.merge" (list $runner.into (dict "kubernetes" (dict "service_account" .))) -}}{{- end -}}
{{- include "podrunner.table.add" (list $runner.into $own) -}}
{{- if ne $runner.podman.mode "none" -}}{{- include "podrunner.registries.apart" (list $runner.into $runner.podman) -}}{{- end -}}
{{- include "podrunner.table.patches" $runner.into -}}
{{- end -}}

{{/*
usage: include "podrunner.table.volumes" (list $volumes $own); adds to $own, tables of volumes by their kind
A pod has one volume at a path, so one of $own takes the place of another at its path, of whatever kind. Of two with one
name, the later replaces the earlier, as a pod has a name once; but a claim may be mounted at several paths, and a volume of
the chart's stays (podrunner.checks.volumes).
*/}}
{{- define "podrunner.table.volumes" -}}
{{- $own := index . 1 -}}
{{- $taken := list -}}
{{- range $kind, $volumes := $own -}}
  {{- range $volumes -}}
    {{- $taken = concat $taken (list (toString .mount_path | clean) (printf "%s %v" $kind .name)) -}}
  {{- end -}}
{{- end -}}
{{- range $kind, $volumes := index . 0 -}}
  {{- $joined := list -}}
  {{- range $volumes -}}
    {{- $stays := or (eq $kind "pvc") (hasPrefix "podrunner-" (toString .name)) (eq .mount_path "/podrunner-login") -}}
    {{- if not (or (has (toString .mount_path | clean) $taken) (and (not $stays) (has (printf "%s %v" $kind .name) $taken))) -}}
      {{- $joined = append $joined . -}}
    {{- end -}}
  {{- end -}}
  {{- $joined = concat $joined (get $own $kind | default list) -}}
  {{- $_ := set $own $kind (ternary $joined nil (not (empty $joined))) -}}
{{- end -}}
{{- end -}}

{{/* Karpenter and cluster-autoscaler ask for an annotation each; whoever evicts pods asks the budget. */}}
{{- define "podrunner.table.stays" -}}
kubernetes:
  pod_disruption_budget: true
  pod_annotations:
    karpenter.sh/do-not-disrupt: "true"
    cluster-autoscaler.kubernetes.io/safe-to-evict: "false"
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
$keys replace those of the table. environment, the scripts, pod_spec and volumes are joined instead. An empty value or null
of these adds nothing: it must not silently remove what isolates a job from the node.
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
  {{- if .volumes -}}{{- include "podrunner.table.volumes" (list ($pods.volumes | default dict) .volumes) -}}{{- end -}}
{{- end -}}
{{- include "podrunner.merge" (list $table $keys) -}}
{{- end -}}
