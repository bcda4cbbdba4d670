{{/*
Values of the section manager that contradict each other or what the chart itself puts into the pod.

  podrunner.checks.manager              all of it but the command
  podrunner.checks.manager.command      whether manager.unregister and manager.removeOrphans know what to run
  podrunner.checks.manager.autoscaling  number of managers, and who decides on it
  podrunner.checks.manager.budget       whether nodes can be drained
  podrunner.checks.manager.extras       labels, volumes, containers and variables that the chart has already
  podrunner.checks.manager.env          variables among them
  podrunner.checks.manager.patches      whether there is an object for each patch
*/}}

{{- define "podrunner.checks.manager" -}}
{{- $manager := .Values.manager -}}
{{- if and $manager.stableIdentity $manager.unregister -}}
  {{- fail "\n\nmanager.stableIdentity and manager.unregister are both true: one keeps a manager's entry in GitLab, the other removes it whenever a pod stops.\nSet one of them to false.\n" -}}
{{- end -}}
{{- $rolling := $manager.strategy.rollingUpdate | default dict -}}
{{- if and (eq $manager.strategy.type "RollingUpdate") (has (toString $rolling.maxSurge) (list "0" "0%")) (has (toString $rolling.maxUnavailable) (list "0" "0%")) -}}
  {{- fail "\n\nmanager.strategy.rollingUpdate.maxSurge and maxUnavailable are both 0: no pod could be replaced, and Kubernetes would refuse the Deployment.\nSet one of them to 1.\n" -}}
{{- end -}}
{{- if $manager.autoscaling.enabled -}}
  {{- include "podrunner.checks.manager.autoscaling" . -}}
{{- end -}}
{{- if $manager.podDisruptionBudget.enabled -}}
  {{- include "podrunner.checks.manager.budget" $manager -}}
{{- end -}}
{{- include "podrunner.checks.manager.patches" . -}}
{{- include "podrunner.checks.manager.extras" . -}}
{{- end -}}

{{/* Before the container is made, which splits the command. */}}
{{- define "podrunner.checks.manager.command" -}}
{{- if not .Values.manager.command -}}
  {{- fail (printf "\n\nmanager.%s is true, but manager.command is empty: the chart runs the image's runner through a script, and does not know its command.\nSet it, for example manager.command: [gitlab-runner], or leave manager.command out.\n" (ternary "unregister" "removeOrphans" .Values.manager.unregister)) -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.checks.manager.autoscaling" -}}
{{- $manager := .Values.manager -}}
{{- $autoscaling := $manager.autoscaling -}}
{{- if not (has (toString $manager.replicas) (list "1" "<nil>")) -}}
  {{- fail (printf "\n\nmanager.replicas is %v, but manager.autoscaling.enabled is true: the autoscaler sets the number.\nRemove manager.replicas, and set manager.autoscaling.minReplicas and maxReplicas.\n" $manager.replicas) -}}
{{- end -}}
{{- if lt (int $autoscaling.maxReplicas) (int $autoscaling.minReplicas) -}}
  {{- fail (printf "\n\nmanager.autoscaling.maxReplicas is %v, less than minReplicas, which is %v.\nSet it to minReplicas or more.\n" $autoscaling.maxReplicas $autoscaling.minReplicas) -}}
{{- end -}}
{{- if not (include "podrunner.metrics.port" .) -}}
  {{- fail "\n\nmanager.autoscaling.enabled is true, but config.listen_address is empty: the load of the managers could not be measured.\nSet config.listen_address, for example to :9252.\n" -}}
{{- end -}}
{{- if and .Values.sessionServer.enabled (gt (int $autoscaling.maxReplicas) 1) -}}
  {{- fail "\n\nmanager.autoscaling.enabled and sessionServer.enabled are both true: GitLab could reach any of the managers, but only one of them runs the job.\nSet one of them to false, or install a release for each manager.\n" -}}
{{- end -}}
{{- end -}}

{{/* Kubernetes rounds a percentage up. usage: include … .Values.manager */}}
{{- define "podrunner.checks.manager.budget" -}}
{{- $least := toString .podDisruptionBudget.minAvailable -}}
{{- $most := toString .podDisruptionBudget.maxUnavailable -}}
{{- if and $least $most -}}
  {{- fail (printf "\n\nmanager.podDisruptionBudget.minAvailable is %s and maxUnavailable is %s: Kubernetes allows only one of them.\nLeave the other empty.\n" $least $most) -}}
{{- end -}}
{{- if has $most (list "0" "0%") -}}
  {{- fail "\n\nmanager.podDisruptionBudget.maxUnavailable is 0: no node with a manager could be drained.\nSet it to 1: a manager that is evicted takes no new jobs and waits for its running ones.\n" -}}
{{- end -}}
{{- $managers := int (ternary .autoscaling.minReplicas (.replicas | default 0) .autoscaling.enabled) -}}
{{- $kept := trimSuffix "%" $least | int -}}
{{- if hasSuffix "%" $least -}}{{- $kept = div (add (mul $kept $managers) 99) 100 | int -}}{{- end -}}
{{- if and $least $managers (ge $kept $managers) -}}
  {{- fail (printf "\n\nmanager.podDisruptionBudget.minAvailable is %s of %d: no node with a manager could be drained.\nSet it lower, or have more managers. A manager that is evicted takes no new jobs and waits for its running ones.\n" $least $managers) -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.checks.manager.extras" -}}
{{- $manager := .Values.manager -}}
{{- range $key, $labels := dict "labels" $manager.labels "podLabels" $manager.podLabels -}}
  {{- range list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" -}}
    {{- if hasKey ($labels | default dict) . -}}
      {{- fail (printf "\n\nmanager.%s has %s, by which the manager's pods are selected.\nGive it another name.\n" $key .) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $volumes := list -}}
{{- range $manager.extraVolumes -}}
  {{- $volumes = append $volumes .name -}}
  {{- if has .name (list "config" "template" "credentials" "tmp" "machine-id" "trust" "cache" "scripts" "unregister") -}}
    {{- fail (printf "\n\nmanager.extraVolumes has %q, which is the name of one of the chart's volumes.\nGive it another name.\n" .name) -}}
  {{- end -}}
{{- end -}}
{{- range $manager.extraVolumeMounts -}}
  {{- if or (has (clean .mountPath) (list "/tmp" "/etc/machine-id" "/etc/gitlab-runner" "/etc/podrunner")) (regexMatch "^/etc/(gitlab-runner|podrunner)/" (clean .mountPath)) -}}
    {{- fail (printf "\n\nmanager.extraVolumeMounts has %s, where the chart has files of its own.\nMount it elsewhere.\n" .mountPath) -}}
  {{- end -}}
  {{- if not (has .name $volumes) -}}
    {{- fail (printf "\n\nmanager.extraVolumeMounts has %q, which is not in manager.extraVolumes.\nAdd the volume there.\n" .name) -}}
  {{- end -}}
{{- end -}}
{{- range $key, $containers := dict "extraContainers" $manager.extraContainers "extraInitContainers" $manager.extraInitContainers -}}
  {{- range $containers -}}
    {{- if has .name (list "manager" "credentials" "assemble" "identity") -}}
      {{- fail (printf "\n\nmanager.%s has %q, which is the name of one of the chart's containers.\nGive it another name.\n" $key .name) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- with $manager.env -}}
  {{- include "podrunner.checks.manager.env" $ -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.checks.manager.env" -}}
{{- $elsewhere := dict "CONFIG_FILE" "the chart writes config.toml, from config and runners" "LISTEN_ADDRESS" "set config.listen_address, which the probes follow" -}}
{{- range include "podrunner.manager.environment" . | fromYamlArray -}}
  {{- $_ := set $elsewhere .name "the chart sets it itself" -}}
{{- end -}}
{{- range $name, $value := .Values.manager.env -}}
  {{- with get $elsewhere $name -}}
    {{- fail (printf "\n\nmanager.env has %s: %s.\nRemove it.\n" $name .) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.checks.manager.patches" -}}
{{- $needed := dict
  "service" (list .Values.manager.stableIdentity "manager.stableIdentity")
  "metricsService" (list (or .Values.metrics.service.enabled .Values.metrics.serviceMonitor.enabled) "metrics.service.enabled")
  "sessionService" (list .Values.sessionServer.enabled "sessionServer.enabled")
  "networkPolicy" (list (or .Values.networkPolicy.manager.enabled .Values.networkPolicy.manager.closedToJobs) "networkPolicy.manager.closedToJobs")
  "podDisruptionBudget" (list .Values.manager.podDisruptionBudget.enabled "manager.podDisruptionBudget.enabled")
-}}
{{- range $name, $patch := .Values.manager.patches -}}
  {{- if and $patch (hasKey $needed $name) (not (get $needed $name | first)) -}}
    {{- $switch := get $needed $name | last -}}
    {{- fail (printf "\n\nmanager.patches.%s is set, but the chart does not make this object, because %s is false.\nSet %s to true, or remove the patch.\n" $name $switch $switch) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
