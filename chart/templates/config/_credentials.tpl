{{/*
Secret keys of config.toml, from Secrets: in config.toml stands where each belongs, and a container beside the manager
writes the file that GitLab Runner reads, in memory (files/assemble.sh). Without such keys there is no such container.

  podrunner.credentials            puts the marks into a runner's config, and fills $runner.credentials
  podrunner.credentials.all        those of all runners, as a JSON list
  podrunner.credentials.container  the container; usage: include … (list $ "its name" "once or nothing")
  podrunner.credentials.volumes    what it reads and where it writes; usage: include … $credentials
*/}}

{{/* usage: include "podrunner.credentials" (list $ $runner ($settings.credentials | default dict)) */}}
{{- define "podrunner.credentials" -}}
{{- $cache := (index . 0).Values.cache -}}
{{- $runner := index . 1 -}}
{{- $wanted := deepCopy (index . 2) -}}
{{- if and (eq $cache.type "azure") $cache.existingSecret.name (not (hasKey $wanted "cache.azure.AccountKey")) -}}
  {{- $_ := set $wanted "cache.azure.AccountKey" (dict "name" $cache.existingSecret.name "key" $cache.existingSecret.accountKey) -}}
{{- end -}}
{{- if (index . 0).Values.manager.reloadTokens -}}
  {{- $_ := set $wanted "token" (dict "name" $runner.token.secret "key" $runner.token.key) -}}
{{- end -}}
{{- $found := list -}}
{{- range $path, $source := $wanted -}}
  {{- $file := printf "%s.%s" $runner.name $path -}}
  {{- $found = append $found (dict "file" $file "secret" $source.name "key" $source.key) -}}
  {{- $keys := splitList "." $path -}}
  {{- $part := dict (last $keys) (printf "@podrunner-secret:%s@" $file) -}}
  {{- range $key := initial $keys | reverse -}}{{- $part = dict $key $part -}}{{- end -}}
  {{- include "podrunner.merge" (list $runner.config $part) -}}
{{- end -}}
{{- if hasKey $wanted "cache.s3.AccessKey" -}}
  {{- include "podrunner.merge" (list $runner.config (dict "cache" (dict "s3" (dict "AuthenticationType" "access-key")))) -}}
{{- end -}}
{{- $_ := set $runner "credentials" $found -}}
{{- end -}}

{{/* usage: include "podrunner.credentials.all" $runners | fromJsonArray */}}
{{- define "podrunner.credentials.all" -}}
{{- $all := list -}}
{{- range $name, $runner := . -}}{{- $all = concat $all $runner.credentials -}}{{- end -}}
{{- toJson $all -}}
{{- end -}}

{{- define "podrunner.credentials.container" -}}
{{- $root := index . 0 -}}
- name: {{ index . 1 }}
  image: {{ include "podrunner.image.manager" $root | quote }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  command: {{ list "sh" "/etc/podrunner/config/assemble.sh" (index . 2) | compact | toJson }}
  resources:
    requests: {cpu: 5m, memory: 8Mi}
    limits: {cpu: 100m, memory: 64Mi}
  securityContext:
    {{- include "podrunner.manager.confinement" . | nindent 4 }}
  volumeMounts:
    - name: template
      mountPath: /etc/podrunner/config
      readOnly: true
    - name: credentials
      mountPath: /etc/podrunner/credentials
      readOnly: true
    - name: config
      mountPath: /etc/gitlab-runner
{{- end -}}

{{- define "podrunner.credentials.volumes" -}}
- name: config
  emptyDir:
    medium: Memory
    sizeLimit: 16Mi
- name: credentials
  projected:
    sources:
      {{- range . }}
      - secret:
          name: {{ .secret | quote }}
          items:
            - key: {{ .key | quote }}
              path: {{ .file | quote }}
      {{- end }}
{{- end -}}
