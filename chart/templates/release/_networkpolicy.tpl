{{/*
What NetworkPolicies of manager and jobs have in common.

  podrunner.networkPolicy.dns  the rule that lets pods ask name servers
*/}}

{{/* Policies apply to the port of the pod behind the Service; OpenShift's name servers listen on 5353. */}}
{{- define "podrunner.networkPolicy.dns" -}}
- ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
    - {port: 5353, protocol: UDP}
    - {port: 5353, protocol: TCP}
{{- end -}}
