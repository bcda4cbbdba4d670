{{/*
Objects around the manager's pods but for apiVersion and kind, before their patches (manager.patches). usage of each: include … $

  podrunner.manager.deployment      the Deployment
  podrunner.manager.statefulSet     the StatefulSet of manager.stableIdentity
  podrunner.manager.service         the Service that a StatefulSet has to name
  podrunner.manager.budget          the PodDisruptionBudget
  podrunner.session.object          the Service of the session server
*/}}


{{- define "podrunner.manager.deployment" -}}
metadata:
  {{- include "podrunner.manager.metadata" . }}
spec:
  {{- with include "podrunner.manager.replicas" . }}
  {{- . | nindent 2 }}
  {{- end }}
  revisionHistoryLimit: {{ .Values.manager.revisionHistoryLimit }}
  strategy:
    type: {{ .Values.manager.strategy.type }}
    {{- if eq .Values.manager.strategy.type "RollingUpdate" }}
    {{- with .Values.manager.strategy.rollingUpdate }}
    rollingUpdate:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- end }}
  selector:
    matchLabels:
      {{- include "podrunner.manager.selector" . | nindent 6 }}
  template:
    {{- include "podrunner.manager.pod" . | nindent 4 }}
{{- end -}}

{{- define "podrunner.manager.statefulSet" -}}
metadata:
  {{- include "podrunner.manager.metadata" . }}
spec:
  {{- with include "podrunner.manager.replicas" . }}
  {{- . | nindent 2 }}
  {{- end }}
  revisionHistoryLimit: {{ .Values.manager.revisionHistoryLimit }}
  serviceName: {{ include "podrunner.fullname" . }}-manager
  # Managers do not depend on each other: they start and stop together. A rollout still replaces one after the other.
  podManagementPolicy: Parallel
  updateStrategy:
    type: {{ .Values.manager.updateStrategy.type }}
    {{- if eq .Values.manager.updateStrategy.type "RollingUpdate" }}
    {{- with .Values.manager.updateStrategy.rollingUpdate }}
    rollingUpdate:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- end }}
  selector:
    matchLabels:
      {{- include "podrunner.manager.selector" . | nindent 6 }}
  template:
    {{- include "podrunner.manager.pod" . | nindent 4 }}
{{- end -}}

{{- define "podrunner.manager.service" -}}
metadata:
  name: {{ include "podrunner.fullname" . }}-manager
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "podrunner.labels" . | nindent 4 }}
    app.kubernetes.io/component: manager
  {{- include "podrunner.annotations" (list . (dict)) }}
spec:
  clusterIP: None
  selector:
    {{- include "podrunner.manager.selector" . | nindent 4 }}
{{- end -}}

{{- define "podrunner.manager.budget" -}}
{{- $budget := .Values.manager.podDisruptionBudget -}}
metadata:
  name: {{ include "podrunner.fullname" . | quote }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "podrunner.labels" . | nindent 4 }}
    app.kubernetes.io/component: manager
  {{- include "podrunner.annotations" (list . (dict)) }}
spec:
  {{- if toString $budget.minAvailable }}
  minAvailable: {{ $budget.minAvailable }}
  {{- else }}
  maxUnavailable: {{ $budget.maxUnavailable | default 1 }}
  {{- end }}
  {{- if semverCompare ">=1.27-0" .Capabilities.KubeVersion.Version }}
  # A manager that is not ready does not keep its node from being drained.
  unhealthyPodEvictionPolicy: AlwaysAllow
  {{- end }}
  selector:
    matchLabels:
      {{- include "podrunner.manager.selector" . | nindent 6 }}
{{- end -}}

{{- define "podrunner.session.object" -}}
{{- $service := .Values.sessionServer.service -}}
metadata:
  name: {{ include "podrunner.session.service" . }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "podrunner.labels.manager" (list . $service.labels) | nindent 4 }}
  {{- include "podrunner.annotations" (list . $service.annotations) }}
spec:
  type: {{ $service.type }}
  {{- with $service.loadBalancerSourceRanges }}
  loadBalancerSourceRanges: {{ toJson . }}
  {{- end }}
  {{- with $service.externalTrafficPolicy }}
  externalTrafficPolicy: {{ . }}
  {{- end }}
  selector:
    {{- include "podrunner.manager.selector" . | nindent 4 }}
  ports:
    - name: session
      port: {{ $service.port }}
      targetPort: session
      {{- with $service.nodePort }}
      nodePort: {{ . }}
      {{- end }}
      appProtocol: https
{{- end -}}
