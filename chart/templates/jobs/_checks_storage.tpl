{{/*
Values of podman.storage that contradict each other or a runner's resources.

  podrunner.checks.storage  one runner, after its settings are merged
  podrunner.checks.claimed  whether a volume of the cluster is used
  podrunner.checks.volumes  whether another volume has the name of one of the chart's
  podrunner.checks.limit    whether the limit of the build container leaves room for a volume
  podrunner.quantity        an amount such as 20Gi as a number
*/}}

{{- define "podrunner.checks.storage" -}}
{{- $at := printf "runners.%s" .name -}}
{{- $storage := .podman.storage -}}
{{- if and (eq .podman.storage.medium "Memory") (not .podman.storage.size) -}}
  {{- fail (printf "\n\npodman.storage.medium is Memory and podman.storage.size is empty (%s): images could use all memory.\nSet podman.storage.size, for example to 4Gi, or leave podman.storage.medium empty to store images on disk.\n" $at) -}}
{{- end -}}
{{- if and (eq $storage.home.medium "Memory") (not $storage.home.size) -}}
  {{- fail (printf "\n\npodman.storage.home.medium is Memory and podman.storage.home.size is empty (%s): checkouts could use all memory.\nSet podman.storage.home.size, for example to 2Gi, or leave podman.storage.home.medium empty to keep them on disk.\n" $at) -}}
{{- end -}}
{{- range $value, $volume := dict "podman.storage" $storage "podman.storage.home" $storage.home -}}
  {{- if eq $volume.medium "Volume" -}}
    {{- if not $volume.size -}}
      {{- fail (printf "\n\n%s.medium is Volume and %s.size is empty (%s): Kubernetes makes no volume without a size.\nSet %s.size, for example to 20Gi, or leave %s.medium empty for the disk of the node.\n" $value $value $at $value $value) -}}
    {{- end -}}
    {{- include "podrunner.checks.claimed" (list $ $value) -}}
  {{- end -}}
{{- end -}}
{{- range $name, $store := $storage.additionalImageStores -}}
  {{- if ne (len (values ($store | default dict) | compact)) 1 -}}
    {{- fail (printf "\n\npodman.storage.additionalImageStores.%s needs exactly one place (%s).\nSet one of persistentVolumeClaim, hostPath and path.\n" $name $at) -}}
  {{- end -}}
{{- end -}}
{{- if ne .podman.mode "none" -}}
  {{- include "podrunner.checks.volumes" . -}}
  {{- include "podrunner.checks.limit" (dict "at" $at "kubernetes" .config.kubernetes "storage" $storage "medium" "" "resource" "ephemeral_storage" "then" "the kubelet would evict the pod first") -}}
  {{- include "podrunner.checks.limit" (dict "at" $at "kubernetes" .config.kubernetes "storage" $storage "medium" "Memory" "resource" "memory" "then" "the job would run out of memory first") -}}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.checks.claimed" (list $runner "podman.storage.home") */}}
{{- define "podrunner.checks.claimed" -}}
{{- $runner := index . 0 -}}
{{- $name := ternary "podrunner-home" "podrunner-storage" (hasSuffix ".home" (index . 1)) -}}
{{- $found := eq $runner.podman.mode "none" -}}
{{- range (($runner.config.kubernetes | default dict).volumes | default dict).empty_dir -}}{{- $found = or $found (eq .name $name) -}}{{- end -}}
{{- if not $found -}}
  {{- fail (printf "\n\n%s.medium is Volume, but runners.%s.config.kubernetes.volumes has another volume in its place: it would be made for each job, and mounted nowhere.\nLeave %s.medium empty, or remove the other volume.\n" (index . 1) $runner.name (index . 1)) -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.checks.volumes" -}}
{{- $places := dict -}}
{{- range $kind, $volumes := .config.kubernetes.volumes -}}
  {{- range $volumes -}}
    {{- $before := get $places (toString .name) -}}
    {{- if and $before (hasPrefix "podrunner-" .name) -}}
      {{- fail (printf "\n\nrunners.%s.config.kubernetes.volumes has %s at %s and %s: the chart's volume has this name, and a pod has a name once.\nGive your volume another name, or mount it where the chart's is to replace that.\n" $.name .name $before .mount_path) -}}
    {{- end -}}
    {{- $_ := set $places (toString .name) (toString .mount_path) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
A volume cannot be filled up to its size if the build container's limit is lower, because it counts towards that limit.
usage: include "podrunner.checks.limit" (dict "at" … "kubernetes" … "storage" … "medium" … "resource" … "then" …)
*/}}
{{- define "podrunner.checks.limit" -}}
{{- $key := printf "%s_limit" .resource -}}
{{- $limit := get .kubernetes $key -}}
{{- if $limit -}}
  {{- $root := . -}}
  {{- range $name, $volume := dict "podman.storage.size" .storage "podman.storage.home.size" .storage.home -}}
    {{- if and (eq $volume.medium $root.medium) $volume.size (gt (include "podrunner.quantity" $volume.size | float64) (include "podrunner.quantity" $limit | float64)) -}}
      {{- fail (printf "\n\n%s is %s, but %s.config.kubernetes.%s is %s: %s.\nRaise the limit above the size, or lower the size.\n" $name (toString $volume.size) $root.at $key (toString $limit) $root.then) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.quantity" -}}
{{- $text := toString . -}}
{{- $factors := dict "" 1.0 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 "Pi" 1125899906842624.0 "Ei" 1152921504606846976.0 -}}
{{- $number := regexFind "^[0-9.]+" $text -}}
{{- mulf (float64 $number) (get $factors (trimPrefix $number $text) | default 1.0) -}}
{{- end -}}
