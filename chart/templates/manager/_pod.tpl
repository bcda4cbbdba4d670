{{/*
The manager's pod, whatever kind of object runs it. usage of each: include … $

  podrunner.manager.restart  what GitLab Runner reads at its start only, as JSON: a change of it takes another pod
  podrunner.manager.spread   topology spread constraints
  podrunner.manager.pod      the pod template: metadata and spec
*/}}

{{/*
GitLab Runner 19.4 reads listen_address, session_server and boot_verify only when it starts (commands/multi.go). The same
is true for tokens in the environment, of which the chart knows those in the values.
*/}}
{{- define "podrunner.manager.restart" -}}
{{- $runners := dict -}}
{{- include "podrunner.runners" (list . $runners) -}}
{{- $read := dict "listen" .Values.config.listen_address "session" (include "podrunner.session" .) -}}
{{- range $name, $runner := $runners -}}
  {{- with dig "experimental" "boot_verify" "" $runner.config -}}{{- $_ := set $read (printf "boot_verify of %s" $name) . -}}{{- end -}}
  {{- if not (include "podrunner.credentials.reloaded" $) -}}
    {{- with $runner.token.inline -}}{{- $_ := set $read (printf "token of %s" $name) . -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson $read -}}
{{- end -}}

{{- define "podrunner.manager.spread" -}}
{{- $selector := dict "labelSelector" (dict "matchLabels" (include "podrunner.manager.selector" . | fromYaml)) -}}
{{- range .Values.manager.topologySpreadConstraints }}
{{- if hasKey . "labelSelector" }}
{{ list . | toYaml }}
{{- else }}
{{ list (merge (dict) . $selector) | toYaml }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "podrunner.manager.pod" -}}
{{- $runners := dict -}}
{{- include "podrunner.runners" (list . $runners) -}}
{{- $manager := .Values.manager -}}
{{- $written := include "podrunner.credentials.written" (list . $runners) -}}
metadata:
  labels:
    {{- include "podrunner.manager.selector" . | nindent 4 }}
    {{- with include "podrunner.labels.common" (list . $manager.podLabels) }}
    {{- . | trim | nindent 4 }}
    {{- end }}
  annotations:
    # Changes with what GitLab Runner reads only when it starts. Other changes of config.toml need no new pod.
    checksum/read-at-start: {{ include "podrunner.manager.restart" . | sha256sum }}
    {{- with $manager.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "podrunner.manager.serviceAccount" . | quote }}
  # On SIGQUIT the manager takes no new jobs and waits for its running ones, at most this long.
  terminationGracePeriodSeconds: {{ $manager.terminationGracePeriodSeconds }}
  securityContext:
    runAsNonRoot: true
    {{- with $manager.podSecurityContext }}
    {{- range $key, $value := . }}
    {{- if not (kindIs "invalid" $value) }}
    {{ $key }}: {{ toJson $value }}
    {{- end }}
    {{- end }}
    {{- end }}
    seccompProfile:
      type: RuntimeDefault
  {{- with include "podrunner.image.secrets" (list . $manager.imagePullSecrets) | fromJsonArray }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . | quote }}
    {{- end }}
  {{- end }}
  {{- with $manager.dnsPolicy }}
  dnsPolicy: {{ . }}
  {{- end }}
  {{- with $manager.dnsConfig }}
  dnsConfig:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $manager.hostAliases }}
  hostAliases:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $manager.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  {{- with $manager.runtimeClassName }}
  runtimeClassName: {{ . | quote }}
  {{- end }}
  {{- with $manager.schedulerName }}
  schedulerName: {{ . | quote }}
  {{- end }}
  {{- if or $written $manager.stableIdentity $manager.extraInitContainers }}
  initContainers:
    {{- if $manager.stableIdentity }}
    {{- include "podrunner.manager.identity" . | nindent 4 }}
    {{- end }}
    {{- if $written }}
    {{- include "podrunner.credentials.container" (list . "assemble" "once" $runners) | nindent 4 }}
    {{- end }}
    {{- with $manager.extraInitContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
  containers:
    {{- include "podrunner.manager.container" . | nindent 4 }}
    {{- if $written }}
    # Writes config.toml with its secrets again when the file or a secret changes.
    {{- include "podrunner.credentials.container" (list . "credentials" "" $runners) | nindent 4 }}
    {{- end }}
    {{- with $manager.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    {{- include "podrunner.manager.volumes" . | nindent 4 }}
  {{- with $manager.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $manager.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $manager.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with include "podrunner.manager.spread" . }}
  topologySpreadConstraints:
    {{- trim . | nindent 4 }}
  {{- end }}
{{- end -}}
