{{/*
Job pods as NetworkPolicies see them.

  podrunner.networkPolicy.jobs  labels of this release's job pods
  podrunner.networkPolicy.open  the rule that lets pods connect to everything but some networks
*/}}

{{- define "podrunner.networkPolicy.jobs" -}}
{{ include "podrunner.selector" . }}
app.kubernetes.io/component: jobs
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
