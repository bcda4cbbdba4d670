{{/*
Job pods as NetworkPolicies see them.

  podrunner.networkPolicy.jobs  what selects the job pods of one namespace
  podrunner.networkPolicy.open  the rule that lets pods connect to everything but some networks
*/}}

{{/*
By the name of the runner, which GitLab Runner itself puts on each job's pod: neither pod_labels nor a job can set labels of
runner.gitlab.com, whatever pod_labels_overwrite_allowed says. It makes the label of the name as here.
usage: include "podrunner.networkPolicy.jobs" (list $runners $namespace)
*/}}
{{- define "podrunner.networkPolicy.jobs" -}}
{{- $names := list -}}
{{- range $name, $runner := index . 0 -}}
  {{- if and (eq $runner.namespace (index $ 1)) (not $runner.namespacePerJob) -}}
    {{- $names = append $names (include "podrunner.jobs.label" $runner) -}}
  {{- end -}}
{{- end -}}
matchExpressions:
  - key: manager.runner.gitlab.com/name
    operator: In
    values: {{ $names | uniq | sortAlpha | toJson }}
{{- end -}}

{{/* Some networks apply an address block only to addresses outside of the cluster, so pods are named as well. */}}
{{- define "podrunner.networkPolicy.open" -}}
- to:
    {{- range $all, $separator := dict "0.0.0.0/0" "." "::/0" ":" }}
    {{- $except := list }}
    {{- range $.blocked }}{{ if contains $separator . }}{{ $except = append $except . }}{{ end }}{{ end }}
    - ipBlock:
        cidr: {{ $all | quote }}
        {{- with $except }}
        except: {{ toJson . }}
        {{- end }}
    {{- end }}
    - namespaceSelector: {}
{{- end -}}
