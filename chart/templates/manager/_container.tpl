{{/*
The container in which the manager runs.

  podrunner.manager.container  the container; usage: include … $
  podrunner.manager.probes     its probes; usage: include … $
*/}}

{{- define "podrunner.manager.container" -}}
{{- $manager := .Values.manager -}}
{{- $script := include "podrunner.manager.script" . -}}
{{- $port := include "podrunner.metrics.port" . -}}
{{- $session := include "podrunner.session.port" . -}}
- name: manager
  image: {{ include "podrunner.image.manager" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  # dumb-init turns the SIGTERM of Kubernetes (15) into SIGQUIT (3), which lets running jobs finish.
  {{- if $script }}
  {{- include "podrunner.checks.manager.command" . }}
  command: {{ concat (initial $manager.command) (list "sh" (printf "/etc/podrunner/scripts/%s.sh" $script) (last $manager.command)) | toJson }}
  {{- else }}
  command: {{ toJson $manager.command }}
  {{- end }}
  args: [run, --config, /etc/gitlab-runner/config.toml]
  env:
    {{- include "podrunner.manager.environment" . | nindent 4 }}
    {{- with $manager.env }}
    {{- include "podrunner.manager.variables" . | trim | nindent 4 }}
    {{- end }}
  {{- with $manager.envFrom }}
  envFrom:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if or $port $session }}
  ports:
    {{- if $port }}
    - name: metrics
      containerPort: {{ $port }}
    {{- end }}
    {{- if $session }}
    - name: session
      containerPort: {{ $session }}
    {{- end }}
  {{- end }}
  {{- if $port }}
  {{- with include "podrunner.manager.probes" . }}
  # The probes ask the manager itself, not GitLab: an outage of GitLab restarts nothing.
  {{- trim . | nindent 2 }}
  {{- end }}
  {{- end }}
  {{- with $manager.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- include "podrunner.manager.confinement" . | nindent 4 }}
  volumeMounts:
    {{- include "podrunner.manager.mounts" . | nindent 4 }}
    {{- with $manager.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* Before 19.2, /metrics is the only address that answers: it says that the manager runs, not that it has its runners. */}}
{{- define "podrunner.manager.probes" -}}
{{- $probes := .Values.manager.probes -}}
{{- $ready := ternary "/health/ready" "/metrics" (eq (include "podrunner.runner.ready" .) "true") -}}
{{- $paths := dict "readiness" $ready "liveness" "/metrics" "startup" $ready -}}
{{- range list "readiness" "liveness" "startup" }}
{{- $probe := get $probes . }}
{{- if $probe.enabled }}
{{ . }}Probe:
  httpGet: {path: {{ get $paths . }}, port: metrics}
  {{- with omit $probe "enabled" }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}
{{- end -}}
