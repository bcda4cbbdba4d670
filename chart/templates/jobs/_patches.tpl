{{/*
Patches of the job pod, for what config.toml has no key.

  podrunner.podman.patches   pod_spec for the keys of a mode, and what comes with a patch
  podrunner.podman.claims    the patches that put podman's volumes on volumes of the cluster, as a JSON list
  podrunner.podman.identity  the patch that names a user whom the platform assigned
*/}}

{{/*
Until a pod with a user namespace of its own runs, GitLab Runner lists its events at each poll, beside the pod itself
(gitlab-runner#39848). With twice the interval, it asks the API server no more often than for another pod.
usage: include … (dict "podman" … "kubernetes" … ["hostUsers" false] ["identity" true])
*/}}
{{- define "podrunner.podman.patches" -}}
{{- $patches := include "podrunner.podman.claims" .podman.storage | fromJsonArray -}}
{{- if hasKey . "hostUsers" -}}
  {{- $patches = append $patches (dict "name" "podrunner-user-namespace" "patch_type" "strategic" "patch" "hostUsers: false\n") -}}
{{- end -}}
{{- if and (eq .podman.fuse.source "devicePlugin") (ne .podman.mode "privileged") -}}
  {{- $limits := dict "limits" (dict .podman.fuse.resource "1") -}}
  {{- $patch := dict "containers" (list (dict "name" "build" "resources" $limits)) -}}
  {{- $patches = append $patches (dict "name" "podrunner-fuse" "patch_type" "strategic" "patch" (toYaml $patch)) -}}
{{- end -}}
{{- if .identity -}}
  {{- $patches = append $patches (dict "name" "podrunner-identity" "patch_type" "strategic" "patch" (include "podrunner.podman.identity" .)) -}}
{{- end -}}
{{- if hasKey . "hostUsers" }}
  poll_interval: 6
{{- end }}
{{- if $patches }}
  pod_spec: {{ toJson $patches }}
{{- end -}}
{{- end -}}

{{/*
GitLab Runner has no key for generic ephemeral volumes. Each takes the place of the emptyDir of its name, so that it is mounted
where that would be. Kubernetes makes the claim with the pod and deletes it with the pod.
usage: include "podrunner.podman.claims" .podman.storage | fromJsonArray
*/}}
{{- define "podrunner.podman.claims" -}}
{{- $patches := list -}}
{{- range $name, $volume := dict "podrunner-storage" . "podrunner-home" .home -}}
  {{- if eq $volume.medium "Volume" -}}
    {{- $spec := dict "accessModes" (list "ReadWriteOnce") "resources" (dict "requests" (dict "storage" (toString $volume.size))) -}}
    {{- with $volume.storageClass -}}{{- $_ := set $spec "storageClassName" . -}}{{- end -}}
    {{- $patch := dict "volumes" (list (dict "name" $name "emptyDir" nil "ephemeral" (dict "volumeClaimTemplate" (dict "spec" $spec)))) -}}
    {{- $patches = append $patches (dict "name" $name "patch_type" "strategic" "patch" (toYaml $patch)) -}}
  {{- end -}}
{{- end -}}
{{- toJson $patches -}}
{{- end -}}

{{/*
An init container copies the passwd of the image and adds the user that the platform assigned, and the subordinate ids
that newuidmap looks up by the name of this user. These are above the ids of systems and users (below 100000) and below
those that OpenShift assigns (from 1000000000). In a user namespace of the pod's own, they are all ids except the user's.
*/}}
{{- define "podrunner.podman.identity" -}}
initContainers:
  - name: podrunner-identity
    image: {{ .podman.image | quote }}
    imagePullPolicy: IfNotPresent
    {{- /* the same as for GitLab Runner's own init container */}}
    {{- with include "podrunner.pod.resources" (list .kubernetes "helper_") | fromJson }}
    resources: {{ toJson . }}
    {{- end }}
    command: [sh, -euc]
    args:
      - |
        { grep -v "^[^:]*:[^:]*:$(id -u):" /etc/passwd || true; echo "build:x:$(id -u):$(id -g)::{{ .podman.home }}:/bin/sh"; } >/identity/passwd
        read -r _ first count </proc/self/uid_map
        ids() {
          [ "$first" != 0 ] || { echo build:100000:65536; return; }
          [ "$1" -le 1 ] || echo "build:1:$(($1 - 1))"
          echo "build:$(($1 + 1)):$((count - 1 - $1))"
        }
        ids "$(id -u)" >/identity/subuid
        ids "$(id -g)" >/identity/subgid
    securityContext:
      allowPrivilegeEscalation: false
      capabilities: {drop: [ALL]}
      seccompProfile: {type: RuntimeDefault}
    volumeMounts:
      - {name: podrunner-identity, mountPath: /identity}
containers:
  - name: build
    volumeMounts:
      - {name: podrunner-identity, mountPath: /etc/passwd, subPath: passwd}
      - {name: podrunner-identity, mountPath: /etc/subuid, subPath: subuid}
      - {name: podrunner-identity, mountPath: /etc/subgid, subPath: subgid}
volumes:
  - name: podrunner-identity
    emptyDir: {}
{{ end -}}
