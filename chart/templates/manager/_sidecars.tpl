{{/*
Containers of the chart beside the manager's own, in its pod.

  podrunner.manager.confinement    security context of every container of the chart in the pod
  podrunner.manager.identity       the init container of manager.stableIdentity; usage: include … $
  podrunner.credentials.container  the container that writes config.toml with its secrets (config/_credentials.tpl);
                                   usage: include … (list $ "its name" "once or nothing" $runners)
*/}}

{{- define "podrunner.manager.confinement" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* GitLab Runner derives its system id from /etc/machine-id. No single field of a pod has a value that fits. */}}
{{- define "podrunner.manager.identity" -}}
- name: identity
  image: {{ include "podrunner.image.manager" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  command: [sh, -c, 'printf "%s/%s/%s\n" "$NAMESPACE" "$RELEASE" "$POD" >/podrunner/machine-id']
  env:
    - name: NAMESPACE
      valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
    - name: RELEASE
      value: {{ .Release.Name | quote }}
    - name: POD
      valueFrom: {fieldRef: {fieldPath: metadata.name}}
  {{- with .Values.manager.sidecars.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- include "podrunner.manager.confinement" . | nindent 4 }}
  volumeMounts:
    - name: machine-id
      mountPath: /podrunner
{{- end -}}

{{- define "podrunner.credentials.container" -}}
{{- $root := index . 0 -}}
- name: {{ index . 1 }}
  image: {{ include "podrunner.image.manager" $root | quote }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  command: {{ list "sh" "/etc/podrunner/config/assemble.sh" (index . 2) | compact | toJson }}
  {{- if $root.Values.manager.removeOrphans }}
  env:
    # The label podrunner/manager of job pods.
    - name: POD_NAME
      valueFrom: {fieldRef: {fieldPath: metadata.name}}
  {{- end }}
  {{- with $root.Values.manager.sidecars.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- include "podrunner.manager.confinement" . | nindent 4 }}
  volumeMounts:
    - name: template
      mountPath: /etc/podrunner/config
      readOnly: true
    {{- if include "podrunner.credentials.all" (index . 3) | fromJsonArray }}
    - name: credentials
      mountPath: /etc/podrunner/credentials
      readOnly: true
    {{- end }}
    - name: config
      mountPath: /etc/gitlab-runner
{{- end -}}
