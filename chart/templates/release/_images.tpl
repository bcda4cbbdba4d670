{{/*
References of images, with global.imageRegistry in place of their registries.

  podrunner.image          from registry, repository, tag and digest
  podrunner.image.manager  the manager's; usage: include … $
  podrunner.image.moved    from one text, such as podman.image
  podrunner.image.helper   the helper image of one runner; empty leaves it to GitLab Runner
  podrunner.image.secrets  names of pull secrets of the values with those of all charts, as a JSON list
*/}}

{{/* usage: include "podrunner.image" (list $ .Values.image "the tag when none is set") */}}
{{- define "podrunner.image" -}}
{{- $image := index . 1 -}}
{{- $repository := $image.repository -}}
{{- with (index . 0).Values.global.imageRegistry | default $image.registry }}{{ $repository = printf "%s/%s" . $repository }}{{ end -}}
{{- if $image.digest -}}
{{ $repository }}@{{ $image.digest }}
{{- else -}}
{{ $repository }}:{{ $image.tag | default (index . 2) }}
{{- end -}}
{{- end -}}

{{- define "podrunner.image.manager" -}}
{{- include "podrunner.image" (list . .Values.image (printf "alpine-v%s" .Chart.AppVersion)) -}}
{{- end -}}

{{/*
As for container engines, the part before the first slash is a registry if it has a dot or a colon, or is localhost. An
image with a variable in it stays as it is, because only the job knows it.
usage: include "podrunner.image.moved" (list $ $image)
*/}}
{{- define "podrunner.image.moved" -}}
{{- $image := index . 1 -}}
{{- $registry := (index . 0).Values.global.imageRegistry -}}
{{- if and $registry (not (contains "$" $image)) -}}
  {{- $host := regexFind "^[^/]+/" $image -}}
  {{- if or (contains "." $host) (contains ":" $host) (eq $host "localhost/") -}}{{- $image = trimPrefix $host $image -}}{{- end -}}
  {{- $image = printf "%s/%s" $registry $image -}}
{{- end -}}
{{- $image -}}
{{- end -}}

{{/*
GitLab Runner chooses an image at registry.gitlab.com. With global.imageRegistry, the chart chooses the same image there.
It is of the manager's release. The tag names the architecture as uname does, Kubernetes as Go does.
usage: include "podrunner.image.helper" (list $ $kubernetes), with what [runners.kubernetes] will say of nodes and flavor
*/}}
{{- define "podrunner.image.helper" -}}
{{- $root := index . 0 -}}
{{- $image := $root.Values.helperImage -}}
{{- if and $root.Values.global.imageRegistry (not $image.repository) -}}
  {{- $image = merge (dict "repository" "gitlab-org/gitlab-runner/gitlab-runner-helper") $image -}}
{{- end -}}
{{- if $image.repository -}}
  {{- $architecture := dig "node_selector" "kubernetes.io/arch" "amd64" (index . 1) -}}
  {{- $architecture = get (dict "amd64" "x86_64" "386" "x86") $architecture | default $architecture -}}
  {{- $flavor := without (list (index . 1).helper_image_flavor) "alpine" | first | default "" -}}
  {{- $tag := append (list $flavor $architecture | compact) (printf "v%s" (include "podrunner.runner.version" $root)) | join "-" -}}
  {{- include "podrunner.image" (list $root $image $tag) -}}
{{- end -}}
{{- end -}}

{{/* usage: include "podrunner.image.secrets" (list $ .Values.manager.imagePullSecrets) | fromJsonArray */}}
{{- define "podrunner.image.secrets" -}}
{{- $names := index . 1 | default list -}}
{{- range (index . 0).Values.global.imagePullSecrets -}}
  {{- $name := . -}}
  {{- if kindIs "map" . -}}{{- $name = .name -}}{{- end -}}
  {{- $names = append $names $name -}}
{{- end -}}
{{- $names | uniq | toJson -}}
{{- end -}}
