{{/*
What is mounted into the manager's containers, and where it comes from.

  podrunner.manager.mounts       mounts of the manager's container; usage: include … $
  podrunner.manager.script       name of the script in files/ through which GitLab Runner is run, or nothing; usage: include … $
  podrunner.manager.volumes      volumes of the pod; usage: include … $
  podrunner.credentials.volumes  what credentials.container reads and where it writes; usage: include … (list $credentials $several)
  podrunner.trust.volume         the CA bundle; usage: include … .Values.trust.caBundle
*/}}

{{- define "podrunner.manager.mounts" -}}
- name: config
  mountPath: /etc/gitlab-runner
  readOnly: true
- name: tmp
  mountPath: /tmp
- name: machine-id
  mountPath: /etc/machine-id
  subPath: machine-id
  readOnly: true
{{- if .Values.trust.caBundle.name }}
- name: trust
  mountPath: /etc/podrunner/trust
  readOnly: true
{{- end }}
{{- if and (eq .Values.cache.type "gcs") .Values.cache.existingSecret.name }}
- name: cache
  mountPath: {{ include "podrunner.cache.file" . | dir }}
  readOnly: true
{{- end }}
{{- if include "podrunner.manager.script" . }}
- name: scripts
  mountPath: /etc/podrunner/scripts
  readOnly: true
{{- end }}
{{- if .Values.manager.unregister }}
- name: unregister
  mountPath: /etc/podrunner/unregister
{{- end }}
{{- end -}}

{{/* Not both: see podrunner.checks.manager. */}}
{{- define "podrunner.manager.script" -}}
{{- if .Values.manager.unregister -}}unregister{{- else if .Values.manager.removeOrphans -}}orphans{{- end -}}
{{- end -}}

{{- define "podrunner.manager.volumes" -}}
{{- $runners := dict -}}
{{- include "podrunner.runners" (list . $runners) -}}
{{- $credentials := include "podrunner.credentials.all" $runners | fromJsonArray -}}
- name: {{ ternary "template" "config" (eq "true" (include "podrunner.credentials.written" (list . $runners))) }}
  configMap:
    name: {{ include "podrunner.fullname" . | quote }}
{{- if include "podrunner.credentials.written" (list . $runners) }}
{{- include "podrunner.credentials.volumes" (list $credentials (gt (len $runners) 1)) | nindent 0 }}
{{- end }}
# Buffers job logs, up to output_limit for each running job.
- name: tmp
  emptyDir: {}
{{- if .Values.manager.stableIdentity }}
# GitLab Runner derives its system id from /etc/machine-id. It stays the same when a pod of the same name replaces this one.
- name: machine-id
  emptyDir:
    sizeLimit: 1Mi
{{- else }}
# GitLab Runner derives its system id from /etc/machine-id. It survives container restarts; each pod has its own.
- name: machine-id
  downwardAPI:
    items:
      - path: machine-id
        fieldRef:
          fieldPath: metadata.uid
{{- end }}
{{- if .Values.trust.caBundle.name }}
{{- include "podrunner.trust.volume" .Values.trust.caBundle | nindent 0 }}
{{- end }}
{{- if and (eq .Values.cache.type "gcs") .Values.cache.existingSecret.name }}
- name: cache
  secret:
    secretName: {{ .Values.cache.existingSecret.name | quote }}
    items:
      - key: {{ .Values.cache.existingSecret.credentialsFile | quote }}
        path: {{ include "podrunner.cache.file" . | base }}
{{- end }}
{{- with include "podrunner.manager.script" . }}
- name: scripts
  configMap:
    name: {{ include "podrunner.fullname" $ | quote }}
    items:
      - key: {{ . }}.sh
        path: {{ . }}.sh
{{- end }}
{{- if .Values.manager.unregister }}
# For a copy of config.toml at the end: GitLab Runner writes to the file while it unregisters.
- name: unregister
  emptyDir:
    medium: Memory
    sizeLimit: 16Mi
{{- end }}
{{- with .Values.manager.extraVolumes }}
{{- toYaml . | nindent 0 }}
{{- end }}
{{- end -}}

{{- define "podrunner.credentials.volumes" -}}
- name: config
  emptyDir:
    medium: Memory
    sizeLimit: 16Mi
{{- with index . 0 }}
- name: credentials
  projected:
    sources:
      {{- range . }}
      - secret:
          name: {{ .secret | quote }}
          items:
            - key: {{ .key | quote }}
              path: {{ .file | quote }}
          {{- if index $ 1 }}
          # The other runners do not wait for it: assemble.sh leaves out its runner.
          optional: true
          {{- end }}
      {{- end }}
{{- end }}
{{- end -}}

{{- define "podrunner.trust.volume" -}}
- name: trust
  {{- if eq .kind "Secret" }}
  secret:
    secretName: {{ .name | quote }}
  {{- else }}
  configMap:
    name: {{ .name | quote }}
  {{- end }}
    items:
      - key: {{ .key | quote }}
        path: ca.crt
{{- end -}}
