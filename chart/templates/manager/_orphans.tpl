{{/*
Job pods that outlive a manager which was killed (manager.removeOrphans): each says which manager made it, and the next manager
of that name removes it (files/orphans.sh).

  podrunner.orphans.labels       labels of job pods, as JSON; files/assemble.sh puts the pod's name in the place of the first
  podrunner.orphans.mark         puts them into a runner's config; usage: include … (list $ $config)
  podrunner.orphans.environment  what files/orphans.sh reads; usage: include … (list $ $runners)
  podrunner.checks.orphans       whether they find all job pods, and no job can change them; usage: include … (list $ $runners)
  podrunner.checks.orphans.overwrite  what jobs may set as labels of their pods; usage: include … $runner
*/}}

{{/* Two releases of one name may run jobs in one namespace. */}}
{{- define "podrunner.orphans.labels" -}}
{{- dict "podrunner/manager" (include "podrunner.fullname" .) "podrunner/manager-namespace" .Release.Namespace | toJson -}}
{{- end -}}

{{- define "podrunner.orphans.mark" -}}
{{- $root := index . 0 -}}
{{- if $root.Values.manager.removeOrphans -}}
  {{- include "podrunner.merge" (list (index . 1) (dict "kubernetes" (dict "pod_labels" (include "podrunner.orphans.labels" $root | fromJson)))) -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.orphans.environment" -}}
# Which job pods a manager of this name may have left behind.
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: POD_NAMESPACE
  value: {{ (index . 0).Release.Namespace | quote }}
- name: JOB_NAMESPACES
  value: {{ include "podrunner.rbac.namespaces" (index . 1) | fromJsonArray | join " " | quote }}
{{- end -}}

{{- define "podrunner.checks.orphans" -}}
{{- $root := index . 0 -}}
{{- if $root.Values.manager.removeOrphans -}}
  {{- if not $root.Values.manager.stableIdentity -}}
    {{- fail "\n\nmanager.removeOrphans is true, but manager.stableIdentity is false: no manager would have the name of the one that was killed, so that its job pods would stay.\nSet manager.stableIdentity to true, or manager.removeOrphans to false.\n" -}}
  {{- end -}}
  {{- $elsewhere := dict
    "namespace_per_job" "gives each job a namespace of its own"
    "namespace_overwrite_allowed" "lets jobs choose their namespace"
    "host" "makes job pods in another cluster"
  -}}
  {{- range $name, $runner := index . 1 -}}
    {{- range $key, $why := $elsewhere -}}
      {{- if get $runner.config.kubernetes $key -}}
        {{- fail (printf "\n\nmanager.removeOrphans is true, but runners.%s.config.kubernetes.%s %s: the next manager would not know where to look for the pods of one that was killed.\nRemove the key, or set manager.removeOrphans to false.\n" $name $key $why) -}}
      {{- end -}}
    {{- end -}}
    {{- include "podrunner.checks.orphans.overwrite" $runner -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
GitLab Runner looks for the pattern anywhere in name=value. It is allowed if it can be seen not to match one of the labels,
whatever the value: after ^, it begins with names of labels and =, or with a group of such, and no alternative is outside of it.
In the rest, everything is allowed but what hides an alternative from this reading.
*/}}
{{- define "podrunner.checks.orphans.overwrite" -}}
{{- with toString (.config.kubernetes.pod_labels_overwrite_allowed | default "") -}}
  {{- $rest := . -}}
  {{- range list 1 2 3 -}}{{- $rest = regexReplaceAll "\\((?:\\?:)?[^()]*\\)" $rest "x" -}}{{- end -}}
  {{- $hides := regexMatch "\\\\[()|Q]|\\[[^\\]]*[()|]|\\(\\?[^:]" . -}}
  {{- $names := list -}}
  {{- if and (not (contains "|" $rest)) (regexMatch "^\\^[A-Za-z0-9_./-]+=([^*?{]|$)" .) -}}
    {{- $names = list (regexFind "[A-Za-z0-9_./-]+" .) -}}
  {{- else if and (not (contains "|" $rest)) (regexMatch "^\\^\\((\\?:)?[A-Za-z0-9_./-]+(\\|[A-Za-z0-9_./-]+)*\\)=([^*?{]|$)" .) -}}
    {{- $names = regexFind "[A-Za-z0-9_./|-]+" . | splitList "|" -}}
  {{- else if regexMatch "^\\^\\((\\?:)?[A-Za-z0-9_./-]+=([^*?{|()][^|()]*)?(\\|[A-Za-z0-9_./-]+=([^*?{|()][^|()]*)?)*\\)\\$?$" . -}}
    {{- range regexReplaceAll "^\\^\\((\\?:)?" . "" | splitList "|" -}}{{- $names = append $names (splitList "=" . | first) -}}{{- end -}}
  {{- end -}}
  {{- $open := or $hides (not $names) -}}
  {{- range $name := $names -}}
    {{- range $label := list "podrunner/manager" "podrunner/manager-namespace" -}}
      {{- if regexMatch (printf "^(%s)$" $name) $label -}}{{- $open = true -}}{{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if $open -}}
    {{- fail (printf "\n\nmanager.removeOrphans is true, but runners.%s.config.kubernetes.pod_labels_overwrite_allowed is %q: a job could set the labels podrunner/manager and podrunner/manager-namespace, and give its pod to another manager or to none.\nBegin the pattern with ^ and the labels that are allowed, such as ^team= or ^(team|stage)=.\n" $.name .) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
