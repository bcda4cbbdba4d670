{{/*
Whether an object is still what the chart needs, after its patch (manager.patches).

  podrunner.checks.patched            all of it; usage: include … (list $name $before $after)
  podrunner.checks.patched.elsewhere  whether a value says the field instead; usage: include … (list $name $before $after)
  podrunner.checks.patched.containers  whether the chart's containers are there as they were; usage: include … (list $before $after)
*/}}

{{/*
What has a value, by which other objects or checks of the chart go, or is nobody's to write.
usage: include … (list $name $before $after)
*/}}
{{- define "podrunner.checks.patched.elsewhere" -}}
{{- $account := "manager.serviceAccount says the account, to which the permissions are bound" -}}
{{- $elsewhere := list
  (list "status is what Kubernetes writes itself" "status")
  (list "with it Helm no longer keeps the object with the release, and removes it at another time" "metadata" "annotations" "helm.sh/hook")
  (list "manager.replicas and manager.autoscaling say the number of managers" "spec" "replicas")
  (list "manager.terminationGracePeriodSeconds says how long jobs may take to end" "spec" "template" "spec" "terminationGracePeriodSeconds")
  (list $account "spec" "template" "spec" "serviceAccountName")
  (list $account "spec" "template" "spec" "serviceAccount")
  (list "without its token the manager could make no job pods" "spec" "template" "spec" "automountServiceAccountToken")
-}}
{{- range $one := $elsewhere -}}
  {{- $was := index $ 1 -}}
  {{- $is := index $ 2 -}}
  {{- range rest $one -}}
    {{- $was = get ($was | default dict) . -}}
    {{- $is = get ($is | default dict) . -}}
  {{- end -}}
  {{- if ne (toJson $was) (toJson $is) -}}
    {{- fail (printf "\n\nmanager.patches.%s changes %s: %s.\nRemove it from the patch.\n" (index $ 0) (rest $one | join ".") (first $one)) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
An upgrade could not change these fields, or the pods would not be found any more: by their controller, Services, policies,
kubectl of the notes.
*/}}
{{- define "podrunner.checks.patched" -}}
{{- $name := index . 0 -}}
{{- $before := index . 1 -}}
{{- $after := index . 2 -}}
{{- if deepEqual $before $after -}}
  {{- fail (printf "\n\nmanager.patches.%s changes nothing: the object is so already, or what the patch removes is not there.\nCorrect the patch, or remove it.\n" $name) -}}
{{- end -}}
{{- $ours := list (list "apiVersion") (list "kind") (list "metadata" "name") (list "metadata" "namespace") (list "spec" "selector") (list "spec" "podSelector") (list "spec" "serviceName") (list "spec" "podManagementPolicy") -}}
{{- range list "name" "instance" "component" "managed-by" -}}
  {{- $ours = append $ours (list "metadata" "labels" (printf "app.kubernetes.io/%s" .)) -}}
  {{- if eq $name "workload" -}}{{- $ours = append $ours (list "spec" "template" "metadata" "labels" (printf "app.kubernetes.io/%s" .)) -}}{{- end -}}
{{- end -}}
{{- range $path := $ours -}}
  {{- $was := $before -}}
  {{- $is := $after -}}
  {{- range $path -}}
    {{- $was = get ($was | default dict) . -}}
    {{- $is = get ($is | default dict) . -}}
  {{- end -}}
  {{- if ne (toJson $was) (toJson $is) -}}
    {{- fail (printf "\n\nmanager.patches.%s changes %s, by which the chart and Kubernetes know the object or its pods: an upgrade would be refused, or the manager would not be found.\nRemove it from the patch.\n" $name (join "." $path)) -}}
  {{- end -}}
{{- end -}}
{{- include "podrunner.checks.patched.elsewhere" . -}}
{{- if eq $name "workload" -}}
  {{- range append (dig "spec" "template" "spec" "containers" list $after) (dig "spec" "template" "spec" dict $after) -}}
    {{- if eq (dig "securityContext" "runAsUser" "" . | toString) "0" -}}
      {{- fail "\n\nmanager.patches.workload sets securityContext.runAsUser to 0: Kubernetes does not start a container as root that has runAsNonRoot.\nSet another user, or remove it: nothing of the manager needs root.\n" -}}
    {{- end -}}
  {{- end -}}
  {{- include "podrunner.checks.patched.containers" (list $before $after) -}}
{{- end -}}
{{- end -}}

{{/* What the chart's own containers run, and that they are there. usage: include … (list $before $after) */}}
{{- define "podrunner.checks.patched.containers" -}}
{{- $elsewhere := dict "image" "image says the manager's image, by which the chart knows its release" "command" "manager.command says what runs" "args" "manager.command says what runs, and the chart how" -}}
{{- range $list := list "containers" "initContainers" -}}
  {{- $left := dict -}}
  {{- range dig "spec" "template" "spec" $list list (index $ 1) -}}{{- $_ := set $left .name . -}}{{- end -}}
  {{- range $was := dig "spec" "template" "spec" $list list (index $ 0) -}}
    {{- $is := get $left $was.name -}}
    {{- if not $is -}}
      {{- fail (printf "\n\nmanager.patches.workload removes the container %s, without which no job runs.\nRemove that from the patch.\n" $was.name) -}}
    {{- end -}}
    {{- range $key, $why := $elsewhere -}}
      {{- if ne (get $was $key | toJson) (get $is $key | toJson) -}}
        {{- fail (printf "\n\nmanager.patches.workload changes %s of the container %s: %s.\nRemove it from the patch.\n" $key $was.name $why) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}
