{{/*
Strategic merge patches of the chart's own objects (manager.patches), laid as kubectl patch lays them.

  podrunner.patched         an object with its patch; without one, its text as it is
  podrunner.patched.keys    lists of an object that are joined by a key of their items, as JSON; others are replaced; usage: include … $name
  podrunner.patched.map     lays a patch over a map
  podrunner.patched.list    lays items over a list that is joined by a key
  podrunner.patched.order   items of such a list in their order; usage: include … (dict "found" … "kept" … "items" … "by" …)
*/}}

{{/* usage: include "podrunner.patched" (list $ $name $text), where $text is the object but for apiVersion and kind, and $name its key below manager.patches */}}
{{- define "podrunner.patched" -}}
{{- $name := index . 1 -}}
{{- with get ((index . 0).Values.manager.patches | default dict) $name -}}
  {{- $object := index $ 2 | fromYaml -}}
  {{- $before := deepCopy $object -}}
  {{- include "podrunner.patched.map" (dict "into" $object "over" . "keys" (include "podrunner.patched.keys" $name | fromJson) "at" (printf "manager.patches.%s" $name)) -}}
  {{- include "podrunner.checks.patched" (list $name $before $object) -}}
  {{- toYaml $object -}}
{{- else -}}
  {{- index . 2 -}}
{{- end -}}
{{- end -}}

{{/* By the tags patchMergeKey of k8s.io/api: they are the same in all versions that the chart knows. */}}
{{- define "podrunner.patched.keys" -}}
{{- if eq . "workload" -}}
{{- dict "containers" "name" "initContainers" "name" "ephemeralContainers" "name" "env" "name" "ports" "containerPort" "volumes" "name" "volumeMounts" "mountPath" "volumeDevices" "devicePath" "imagePullSecrets" "name" "hostAliases" "ip" "topologySpreadConstraints" "topologyKey" "schedulingGates" "name" "resourceClaims" "name" | toJson -}}
{{- else if hasSuffix "ervice" . -}}
{{- dict "ports" "port" | toJson -}}
{{- else -}}
{}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.patched.map" (dict "into" $map "over" $patch "keys" $keys "at" "where the patch stands"); changes $map */}}
{{- define "podrunner.patched.map" -}}
{{- $into := .into -}}
{{- $how := toString (get .over "$patch") -}}
{{- if not (has $how (list "" "replace" "delete")) -}}
  {{- fail (printf "\n\n%s.$patch is %s: it may be replace or delete.\n" .at $how) -}}
{{- end -}}
{{- if $how -}}
  {{- range keys $into -}}{{- $_ := unset $into . -}}{{- end -}}
{{- end -}}
{{- if ne $how "delete" -}}
{{- range $key, $value := omit .over "$patch" -}}
  {{- $at := printf "%s.%s" $.at $key -}}
  {{- $below := get $into $key -}}
  {{- if hasPrefix "$" $key -}}
    {{- fail (printf "\n\n%s is a directive that the chart does not know: a patch may have $patch alone.\nRemove it.\n" $at) -}}
  {{- else if kindIs "invalid" $value -}}
    {{- $_ := unset $into $key -}}
  {{- else if or (and (kindIs "map" $below) (not (kindIs "map" $value))) (and (kindIs "slice" $below) (not (kindIs "slice" $value))) -}}
    {{- fail (printf "\n\n%s is %s, but the object has a %s there.\nWrite %s as it is in Kubernetes, or null to remove it.\n" $at (toJson $value) (ternary "map" "list" (kindIs "map" $below)) $key) -}}
  {{- else if kindIs "map" $value -}}
    {{- if not (kindIs "map" $below) -}}{{- $below = dict -}}{{- $_ := set $into $key $below -}}{{- end -}}
    {{- include "podrunner.patched.map" (dict "into" $below "over" $value "keys" $.keys "at" $at) -}}
  {{- else if and (kindIs "slice" $value) (hasKey $.keys $key) -}}
    {{- include "podrunner.patched.list" (dict "parent" $into "key" $key "over" $value "keys" $.keys "at" $at) -}}
  {{- else if kindIs "slice" $value -}}
    {{- $_ := set $into $key (deepCopy $value) -}}
  {{- else -}}
    {{- $_ := set $into $key $value -}}
  {{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.patched.list" (dict "parent" $map "key" $key "over" $items "keys" $keys "at" …); changes the list below $key */}}
{{- define "podrunner.patched.list" -}}
{{- $by := get .keys .key -}}
{{- $kept := get .parent .key | default list -}}
{{- $items := list -}}
{{- $names := list -}}
{{- range $kept -}}{{- $names = append $names (get . $by | toString) -}}{{- end -}}
{{- range $index, $item := .over -}}
  {{- $at := printf "%s[%d]" $.at $index -}}
  {{- if or (not (kindIs "map" $item)) (and (not (hasKey ($item | default dict) $by)) (ne (get $item "$patch") "replace")) -}}
    {{- fail (printf "\n\n%s is %s, but items of %s are joined by %s.\nWrite a map with %s: that of an item that is there, or a new one.\n" $at (toJson $item) $.key $by $by) -}}
  {{- end -}}
  {{- $name := get $item $by | toString -}}
  {{- if eq (get $item "$patch" | toString) "replace" -}}
    {{- $kept = list -}}
  {{- else if not (has (get $item "$patch" | toString) (list "" "delete")) -}}
    {{- fail (printf "\n\n%s.$patch is %v: it may be replace or delete.\n" $at (get $item "$patch")) -}}
  {{- else if and (get $item "$patch") (not (has $name $names)) -}}
    {{- fail (printf "\n\n%s has %s %s, which the object does not have (available: %s): there is nothing to remove.\nCorrect it, or remove the item.\n" $at $by $name (join ", " $names)) -}}
  {{- else if get $item "$patch" -}}
    {{- $left := list -}}
    {{- range $kept -}}{{- if ne (get . $by | toString) $name -}}{{- $left = append $left . -}}{{- end -}}{{- end -}}
    {{- $kept = $left -}}
  {{- else if and (hasSuffix "ontainers" $.key) (not $item.image) (not (has $name $names)) -}}
    {{- fail (printf "\n\n%s has the name %s, which no container has (available: %s), and no image for a new one.\nCorrect the name, or add image.\n" $at $name (join ", " $names)) -}}
  {{- else -}}
    {{- $items = append $items $item -}}
  {{- end -}}
{{- end -}}
{{- $laid := list -}}
{{- range $item := $items -}}
  {{- $into := dict -}}
  {{- range $kept -}}{{- if eq (get . $by | toString) (get $item $by | toString) -}}{{- $into = deepCopy . -}}{{- end -}}{{- end -}}
  {{- include "podrunner.patched.map" (dict "into" $into "over" $item "keys" $.keys "at" (printf "%s[%v]" $.at (get $item $by))) -}}
  {{- $laid = append $laid $into -}}
{{- end -}}
{{- $ordered := dict "found" list "kept" $kept "items" $laid "by" $by -}}
{{- include "podrunner.patched.order" $ordered -}}
{{- $_ := set .parent .key $ordered.found -}}
{{- end -}}

{{/*
As apimachinery orders them: those of the patch as they stand there, others between them as they were. What is new comes before
the others that are left.
*/}}
{{- define "podrunner.patched.order" -}}
{{- $by := .by -}}
{{- $places := dict -}}
{{- $mine := dict -}}
{{- range .items -}}{{- $_ := set $mine (get . $by | toString) true -}}{{- end -}}
{{- $left := list -}}
{{- range $place, $item := .kept -}}
  {{- $name := get $item $by | toString -}}
  {{- $_ := set $places $name $place -}}
  {{- if not (hasKey $mine $name) -}}{{- $left = append $left $item -}}{{- end -}}
{{- end -}}
{{- $found := list -}}
{{- range $item := .items -}}
  {{- $there := get $places (get $item $by | toString) | toString -}}
  {{- $after := list -}}
  {{- range $other := $left -}}
    {{- if and $there (not $after) (lt (get $places (get $other $by | toString)) (atoi $there)) -}}
      {{- $found = append $found $other -}}
    {{- else -}}
      {{- $after = append $after $other -}}
    {{- end -}}
  {{- end -}}
  {{- $left = $after -}}
  {{- $found = append $found $item -}}
{{- end -}}
{{- $_ := set . "found" (concat $found $left) -}}
{{- end -}}
