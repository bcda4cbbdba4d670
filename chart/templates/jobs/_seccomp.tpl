{{/*
The delivery of the chart's seccomp profile to the nodes (podman.seccomp.deliver).

  podrunner.seccomp.name      name of its objects; usage: include … $
  podrunner.seccomp.metadata  metadata of its objects, which are in a namespace of their own; usage: include … $
  podrunner.seccomp.selector  labels by which its pods are found; usage: include … $
  podrunner.seccomp.pod       the pod template; usage: include … $
  podrunner.seccomp.script    what the container that copies does
  podrunner.checks.delivery   where it may run; usage: include … (list $ $runners)
  podrunner.checks.delivered  whether it has a file to write, and jobs that could use it; usage: include … (list $ $runners)
*/}}

{{/* Releases with the same name may have one namespace for it: they must not share an object, or a pod. */}}
{{- define "podrunner.seccomp.name" -}}
{{ .Release.Namespace }}-{{ include "podrunner.fullname" . }}-seccomp
{{- end -}}

{{- define "podrunner.seccomp.metadata" }}
  name: {{ include "podrunner.seccomp.name" . }}
  namespace: {{ .Values.podman.seccomp.deliver.namespace | quote }}
  labels:
    {{- include "podrunner.labels" . | nindent 4 }}
    app.kubernetes.io/component: seccomp
  {{- include "podrunner.annotations" (list . (dict)) }}
{{- end -}}

{{- define "podrunner.seccomp.selector" -}}
{{ include "podrunner.selector" . }}
app.kubernetes.io/component: seccomp
podrunner/release-namespace: {{ .Release.Namespace | quote }}
{{- end -}}

{{/*
Only root may write into the kubelet's folder: the container that copies has uid 0 and no capability, writes to this folder
alone, and ends. What stays has nothing of the node: a DaemonSet restarts pods whose containers end.
*/}}
{{- define "podrunner.seccomp.pod" -}}
{{- $deliver := .Values.podman.seccomp.deliver -}}
{{- $confined := "allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}" -}}
metadata:
  labels:
    {{- include "podrunner.seccomp.selector" . | nindent 4 }}
    {{- with include "podrunner.labels.common" (list . (dict)) }}
    {{- . | trim | nindent 4 }}
    {{- end }}
  annotations:
    # A changed profile is written anew.
    checksum/profile: {{ .Files.Get "files/seccomp/podman.json" | sha256sum }}
spec:
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: 1
  securityContext:
    seccompProfile: {type: RuntimeDefault}
  {{- with $deliver.imagePullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . | quote }}
    {{- end }}
  {{- end }}
  {{- with $deliver.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  nodeSelector:
    {{- toYaml $deliver.nodeSelector | nindent 4 }}
  tolerations:
    {{- toYaml $deliver.tolerations | nindent 4 }}
  initContainers:
    - name: copy
      image: {{ include "podrunner.image.manager" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      command: [sh, -euc]
      args:
        - {{ include "podrunner.seccomp.script" "" | toJson }}
      env:
        - {name: PROFILE, value: {{ .Values.podman.seccomp.localhostProfile | quote }}}
      securityContext: {runAsUser: 0, runAsGroup: 0, {{ $confined }}}
      resources:
        {{- toYaml $deliver.resources | nindent 8 }}
      volumeMounts:
        - {name: profile, mountPath: /profile, readOnly: true}
        - {name: seccomp, mountPath: /seccomp}
  containers:
    - name: copied
      image: {{ include "podrunner.image.manager" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      command: [sleep, infinity]
      securityContext: {runAsUser: 65534, runAsGroup: 65534, runAsNonRoot: true, {{ $confined }}}
      resources:
        {{- toYaml $deliver.resources | nindent 8 }}
  volumes:
    - name: profile
      configMap: {name: {{ include "podrunner.seccomp.name" . }}}
    - name: seccomp
      hostPath: {path: {{ $deliver.folder | quote }}, type: DirectoryOrCreate}
{{- end -}}

{{/* A container that starts meanwhile finds the old file or the new one, and no half of it. */}}
{{- define "podrunner.seccomp.script" -}}
target="${SECCOMP:-/seccomp}/$PROFILE"
mkdir -p "$(dirname "$target")"
cp "${SOURCE:-/profile}/podman.json" "$target.new"
chmod 0644 "$target.new"
mv "$target.new" "$target"
echo "podrunner: wrote $PROFILE"
{{ end -}}

{{- define "podrunner.checks.delivery" -}}
{{- $root := index . 0 -}}
{{- $deliver := $root.Values.podman.seccomp.deliver -}}
{{- if $deliver.enabled -}}
{{- $why := "its pods mount a folder of the node, for which a namespace has to allow the Pod Security level privileged" -}}
{{- if or (not $deliver.namespace) (eq $deliver.namespace $root.Release.Namespace) -}}
  {{- $said := ternary (printf "%s, the release's own" $deliver.namespace) "empty" (not (empty $deliver.namespace)) -}}
  {{- fail (printf "\n\npodman.seccomp.deliver.enabled is true, but podman.seccomp.deliver.namespace is %s: %s, and all of the release's own fits restricted.\nName another namespace, in which no jobs run, for example podrunner-nodes, and label it: kubectl label namespace podrunner-nodes pod-security.kubernetes.io/enforce=privileged\n" $said $why) -}}
{{- end -}}
{{- if has $deliver.namespace (include "podrunner.rbac.namespaces" (index . 1) | fromJsonArray) -}}
  {{- fail (printf "\n\npodman.seccomp.deliver.namespace is %s, where jobs run: %s, and the manager may run commands in every pod there.\nName another namespace, in which no jobs run, for example podrunner-nodes.\n" $deliver.namespace $why) -}}
{{- end -}}
{{- include "podrunner.checks.delivered" . -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.checks.delivered" -}}
{{- $seccomp := (index . 0).Values.podman.seccomp -}}
{{- $modes := list -}}
{{- range $name, $runner := index . 1 -}}{{- $modes = append $modes $runner.podman.mode -}}{{- end -}}
{{- if not (without $modes "none" "privileged") -}}
  {{- fail (printf "\n\npodman.seccomp.deliver.enabled is true, but podman.mode is %s: no job would use the profile.\nSet podman.seccomp.deliver.enabled to false, or podman.mode to another one.\n" (join ", " (uniq $modes))) -}}
{{- end -}}
{{- $file := $seccomp.localhostProfile -}}
{{- if or (not (regexMatch "^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$" $file)) (has ".." (splitList "/" $file)) -}}
  {{- fail (printf "\n\npodman.seccomp.deliver.enabled is true, but podman.seccomp.localhostProfile is %q, which is not a file below the kubelet's seccomp folder.\nSet it, for example to podrunner/podman.json.\n" $file) -}}
{{- end -}}
{{- end -}}
