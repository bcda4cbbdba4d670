{{/*
The container in which the manager runs, and the one that gives it an identity.

  podrunner.manager.container     the container; usage: include … $
  podrunner.manager.confinement   security context of every container of the chart in the pod
  podrunner.manager.probes        its probes; usage: include … .Values.manager.probes
  podrunner.manager.environment   its variables: HOME, authorities, proxy, caches, tokens; usage: include … $
  podrunner.manager.variables     those of manager.env; usage: include … .Values.manager.env
  podrunner.manager.identity      the init container of manager.stableIdentity; usage: include … $
*/}}

{{- define "podrunner.manager.container" -}}
{{- $manager := .Values.manager -}}
{{- $port := include "podrunner.metrics.port" . -}}
{{- $session := include "podrunner.session.port" . -}}
- name: manager
  image: {{ include "podrunner.image.manager" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  # dumb-init turns the SIGTERM of Kubernetes (15) into the SIGQUIT (3) that lets running jobs finish.
  {{- if $manager.unregister }}
  {{- include "podrunner.checks.manager.command" . }}
  command: {{ concat (initial $manager.command) (list "sh" "/etc/podrunner/scripts/unregister.sh" (last $manager.command)) | toJson }}
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
  {{- with include "podrunner.manager.probes" $manager.probes }}
  # They ask the manager itself, not GitLab: an outage of GitLab restarts nothing.
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

{{- define "podrunner.manager.confinement" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "podrunner.manager.probes" -}}
{{- $probes := . -}}
{{- $paths := dict "readiness" "/health/ready" "liveness" "/metrics" "startup" "/health/ready" -}}
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

{{- define "podrunner.manager.variables" -}}
{{- range $name, $value := . }}
- name: {{ $name | quote }}
  {{- if kindIs "map" $value }}
  {{- toYaml $value | nindent 2 }}
  {{- else }}
  value: {{ $value | quote }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* GitLab Runner derives its system id from /etc/machine-id, which no field of a pod alone could fill. */}}
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
  {{- with .Values.manager.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- include "podrunner.manager.confinement" . | nindent 4 }}
  volumeMounts:
    - name: machine-id
      mountPath: /podrunner
{{- end -}}

{{- define "podrunner.manager.environment" -}}
{{- $runners := dict -}}
{{- include "podrunner.runners" (list . $runners) -}}
# read only: nothing is written there
- name: HOME
  value: /tmp
{{- if .Values.trust.caBundle.name }}
# Beside the image's own authorities, for caches and whatever else is no GitLab.
- name: SSL_CERT_DIR
  value: /etc/ssl/certs:/etc/pki/tls/certs:/etc/podrunner/trust
{{- end }}
{{- with include "podrunner.proxy.manager" .Values.proxy }}
{{- . | nindent 0 }}
{{- end }}
{{- with include "podrunner.cache.environment" .Values.cache }}
{{- . | trim | nindent 0 }}
{{- end }}
{{- if not .Values.manager.reloadTokens }}
{{- range $name, $runner := $runners }}
- name: {{ $runner.token.variable | quote }}
  valueFrom:
    secretKeyRef:
      name: {{ $runner.token.secret | quote }}
      key: {{ $runner.token.key | quote }}
{{- end }}
{{- end }}
{{- end -}}
