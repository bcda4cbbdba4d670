{{/*
The release of GitLab Runner that the manager's image has, and what the chart does for it. usage of each: include … $

  podrunner.runner.version        its version: that of image.tag, also beside a digest, else the chart's appVersion
  podrunner.runner.ready          "true" if its manager answers /health/ready
  podrunner.checks.runnerVersion  whether it is new enough for the modes of all runners; usage: include … (list $ $runners)
*/}}

{{/* The expression is that of podrunner.formats.runner_version: companies number their own images with other versions. */}}
{{- define "podrunner.runner.version" -}}
{{- $found := "" -}}
{{- with .Values.image.tag -}}
  {{- $found = regexFind "((^|-)v[0-9]{2}\\.[0-9]+(\\.[0-9]+)?|^[0-9]{2}\\.[0-9]+\\.[0-9]+)" . | trimPrefix "-" | trimPrefix "v" -}}
{{- end -}}
{{- $found | default .Chart.AppVersion -}}
{{- end -}}

{{- define "podrunner.runner.ready" -}}
{{- include "podrunner.runner.version" . | semverCompare ">=19.2-0" -}}
{{- end -}}

{{/* GitLab Runner silently ignores what it does not know: a job's pod would be less isolated than its mode says. */}}
{{- define "podrunner.checks.runnerVersion" -}}
{{- $root := index . 0 -}}
{{- if $root.Values.image.tag -}}
  {{- $version := include "podrunner.runner.version" $root -}}
  {{- range $name, $runner := index . 1 -}}
    {{- if semverCompare (printf "<%s-0" $runner.mode.runner) $version -}}
      {{- $why := ternary "sends the name of a variable to GitLab instead of the token" "silently ignores the seccomp and AppArmor profiles of jobs" (semverCompare "<18.10-0" $version) -}}
      {{- fail (printf "\n\nimage.tag is %s, but podman.mode %s (runners.%s) needs GitLab Runner %s: an older one %s.\nSet image.tag to a newer release, or leave it empty.\n" $root.Values.image.tag $runner.podman.mode $name $runner.mode.runner $why) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}
