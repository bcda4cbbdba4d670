{{/*
Contradictions in the settings of one runner, and between its mode and the cluster: the render fails with a sentence that
names the value and the way out.

  podrunner.checks.runner       one runner, after its settings are merged
  podrunner.checks.constraints  who owns the SecurityContextConstraints of the mode openshift
  podrunner.checks.patches      whether the runner applies patches of the job's pod
  podrunner.checks.version      the modes of all runners, against the cluster's version
*/}}

{{- define "podrunner.checks.runner" -}}
{{- $at := printf "runners.%s" .name -}}
{{- if not .config.url -}}
  {{- fail "\n\ngitlab.url is empty: the runner does not know its GitLab.\nSet it to the address of your GitLab, for example: --set gitlab.url=https://gitlab.com\n" -}}
{{- end -}}
{{- include "podrunner.checks.storage" . -}}
{{- include "podrunner.checks.patches" . -}}
{{- if and .podman.run (not (has .podman.mode (list "none" "privileged" "userNamespace"))) -}}
  {{- fail (printf "\n\npodman.run is true, but podman.mode is %s (%s): containers cannot have a /proc of their own where the pod's is masked.\nSet podman.mode to userNamespace, or podman.run to false: containers of podman run then see the job's /proc.\n" .podman.mode $at) -}}
{{- end -}}
{{- if and (eq .podman.storage.driver "fuse-overlayfs") (not .podman.fuse.source) (not (has .podman.mode (list "none" "privileged"))) -}}
  {{- fail (printf "\n\npodman.storage.driver is fuse-overlayfs, but podman.fuse.source is empty (%s): there would be no /dev/fuse.\nSet podman.fuse.source to crio or devicePlugin, or podman.storage.driver to overlay or vfs.\n" $at) -}}
{{- end -}}
{{- if and (eq .podman.seccomp.type "Localhost") (not .podman.seccomp.localhostProfile) -}}
  {{- fail (printf "\n\npodman.seccomp.type is Localhost, but podman.seccomp.localhostProfile is empty (%s).\nName the profile's file below the kubelet's seccomp folder, for example profiles/podman.json.\n" $at) -}}
{{- end -}}
{{- if and (eq .podman.appArmor.type "Localhost") (not .podman.appArmor.localhostProfile) -}}
  {{- fail (printf "\n\npodman.appArmor.type is Localhost, but podman.appArmor.localhostProfile is empty (%s).\nName a profile that is loaded on the nodes, for example podman.\n" $at) -}}
{{- end -}}
{{- if eq .podman.mode "openshift" -}}
  {{- include "podrunner.checks.constraints" .podman.openshift.scc -}}
{{- end -}}
{{- if and .namespacePerJob (eq .podman.mode "openshift") -}}
  {{- fail (printf "\n\n%s.config.kubernetes.namespace_per_job is true, but podman.mode is openshift: the SecurityContextConstraints can be bound only in namespaces that are known in advance.\nRemove namespace_per_job, or set podman.mode to another one.\n" $at) -}}
{{- end -}}
{{- if and .namespacePerJob .account -}}
  {{- fail (printf "\n\n%s.serviceAccount is set, but %s.config.kubernetes.namespace_per_job is true: a new namespace has no account of that name, and its job would not start.\nRemove one of them.\n" $at $at) -}}
{{- end -}}
{{- if ne .podman.mode "none" -}}
  {{- if not (or .config.kubernetes.service_account .namespacePerJob) -}}
    {{- fail (printf "\n\n%s.config.kubernetes.service_account is empty: job pods would run as the namespace's default service account.\nLet the chart create one (jobs.serviceAccount.create: true), or set jobs.serviceAccount.name to an account without permissions.\n" $at) -}}
  {{- end -}}
  {{- include "podrunner.checks.policyjson" . -}}
  {{- include "podrunner.checks.build" . -}}
  {{- if not .mode.promise.privileged -}}{{- include "podrunner.checks.containers" . -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/*
The list is that of OpenShift 4.20 and its operators. Helm would fail to create them, or the platform would restore its
own.
usage: include "podrunner.checks.constraints" .podman.openshift.scc
*/}}
{{- define "podrunner.checks.constraints" -}}
{{- $platform := list "anyuid" "container-build" "hostaccess" "hostmount-anyuid" "hostmount-anyuid-v2" "hostnetwork" "hostnetwork-v2" "nested-container" "node-exporter" "nonroot" "nonroot-v2" "privileged" "restricted" "restricted-v2" "restricted-v3" -}}
{{- if and .create (has .name $platform) -}}
  {{- fail (printf "\n\npodman.openshift.scc.name is %s, which are the platform's own constraints, but podman.openshift.scc.create is true: the chart would replace them.\nSet podman.openshift.scc.create to false, or choose another name.\n" .name) -}}
{{- end -}}
{{- end -}}

{{/* The chart turns the flag on, so that it is off only where the values say so. */}}
{{- define "podrunner.checks.patches" -}}
{{- $flag := "FF_USE_ADVANCED_POD_SPEC_CONFIGURATION" -}}
{{- with (.config.kubernetes | default dict).pod_spec -}}
  {{- if not (get (include "podrunner.rbac.flags" $.config | fromJson) $flag) -}}
    {{- fail (printf "\n\nrunners.%s.config turns %s off, and GitLab Runner would ignore the patch %s of kubernetes.pod_spec without a word.\nRemove the flag from feature_flags and environment: the chart turns it on.\n" $.name $flag ((first .).name | default "1")) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
Older versions silently drop fields that they do not know: such a pod would run without its user namespace.
usage: include "podrunner.checks.version" (list . $runners)
*/}}
{{- define "podrunner.checks.version" -}}
{{- $root := index . 0 -}}
{{- range $name, $runner := index . 1 -}}
  {{- $needed := $runner.mode.kubernetes -}}
  {{- /* in so many words, so that podrunner sees for which versions this differs; a test compares them with files/modes.yaml */}}
  {{- if and $needed (semverCompare "<1.33-0" $root.Capabilities.KubeVersion.Version) -}}
    {{- if eq $runner.podman.mode "openshift" -}}
      {{- fail (printf "\n\npodman.openshift.scc.name is nested-container, which gives job pods a user namespace of their own: that needs Kubernetes %s (OpenShift 4.20), and this is %s.\nLet the chart create the constraints (name empty, create: true), or upgrade the cluster first.\n" $needed $root.Capabilities.KubeVersion.Version) -}}
    {{- end -}}
    {{- fail (printf "\n\npodman.mode is %s (runners.%s), which needs Kubernetes %s, and this is %s.\nSet podman.mode to unprivileged, or upgrade the cluster first.\n" $runner.podman.mode $name $needed $root.Capabilities.KubeVersion.Version) -}}
  {{- end -}}
  {{- if and $runner.podman.appArmor.type (ne $runner.podman.mode "none") (semverCompare "<1.30-0" $root.Capabilities.KubeVersion.Version) -}}
    {{- fail (printf "\n\npodman.appArmor.type is %s (runners.%s), which needs Kubernetes 1.30, and this is %s.\nLeave it empty, and write the annotation container.apparmor.security.beta.kubernetes.io/build: unconfined, or localhost/PROFILE, into runners.%s.config.kubernetes.pod_annotations.\n" $runner.podman.appArmor.type $name $root.Capabilities.KubeVersion.Version $name) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
