{{/*
The service accounts of job pods.

  podrunner.jobs.serviceAccount  name of that of all runners that have none of their own
  podrunner.jobs.account         that of one runner's own (runners.<name>.serviceAccount), as JSON
  podrunner.jobs.accounts        those that the chart makes, as a JSON list
  podrunner.checks.account       whether a runner's own can be used; usage: include … (list $name $settings)
  podrunner.checks.accounts      whether no two of them, or the manager's, are one; usage: include … (list $ $runners)
*/}}

{{- define "podrunner.jobs.serviceAccount" -}}
{{- $account := .Values.jobs.serviceAccount -}}
{{- if $account.create -}}
{{- $account.name | default (printf "%s-jobs" (include "podrunner.fullname" .)) -}}
{{- else -}}
{{- $account.name -}}
{{- end -}}
{{- end -}}

{{/*
{name, create, annotations}; empty for a runner without one. Like jobs.serviceAccount, it is made unless create is false.
usage: include "podrunner.jobs.account" (list $ $name $settings) | fromJson
*/}}
{{- define "podrunner.jobs.account" -}}
{{- $account := dict -}}
{{- with (index . 2).serviceAccount -}}
  {{- $create := ternary true .create (kindIs "invalid" .create) -}}
  {{- $made := ternary (printf "%s-jobs-%s" (include "podrunner.fullname" (index $ 0)) (index $ 1)) "" $create -}}
  {{- $account = dict "name" (.name | default $made) "create" $create "annotations" (.annotations | default dict) -}}
{{- end -}}
{{- toJson $account -}}
{{- end -}}

{{/*
[{namespace, name, annotations, value}], value being the part of the values that asks for it. The account of all is made in
each namespace of a runner that has none of its own.
usage: include "podrunner.jobs.accounts" (list $ $runners) | fromJsonArray
*/}}
{{- define "podrunner.jobs.accounts" -}}
{{- $root := index . 0 -}}
{{- $shared := $root.Values.jobs.serviceAccount -}}
{{- $accounts := list -}}
{{- $without := dict -}}
{{- range $name, $runner := index . 1 -}}
  {{- if $runner.namespacePerJob -}}
  {{- else if $runner.account.create -}}
    {{- $accounts = append $accounts (dict "namespace" $runner.namespace "name" $runner.account.name "annotations" $runner.account.annotations "value" (printf "runners.%s.serviceAccount" $name)) -}}
  {{- else if not $runner.account -}}
    {{- $_ := set $without $runner.namespace true -}}
  {{- end -}}
{{- end -}}
{{- if $shared.create -}}
  {{- range $namespace, $_ := $without -}}
    {{- $accounts = append $accounts (dict "namespace" $namespace "name" (include "podrunner.jobs.serviceAccount" $root) "annotations" ($shared.annotations | default dict) "value" "jobs.serviceAccount") -}}
  {{- end -}}
{{- end -}}
{{- toJson $accounts -}}
{{- end -}}

{{- define "podrunner.checks.account" -}}
{{- $at := printf "runners.%s" (index . 0) -}}
{{- $settings := index . 1 -}}
{{- $kubernetes := ($settings.config | default dict).kubernetes | default dict -}}
{{- with $settings.serviceAccount -}}
  {{- if and (eq (toString .create) "false") (not .name) -}}
    {{- fail (printf "\n\n%s.serviceAccount.create is false, but %s.serviceAccount.name is empty: the runner's jobs would have no service account.\nName an account that exists, or remove create: the chart then makes one.\n" $at $at) -}}
  {{- end -}}
  {{- if $kubernetes.service_account -}}
    {{- fail (printf "\n\n%s.serviceAccount and %s.config.kubernetes.service_account both say the account of the runner's jobs.\nRemove service_account, and set %s.serviceAccount.name to %s.\n" $at $at $at $kubernetes.service_account) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- define "podrunner.checks.accounts" -}}
{{- $root := index . 0 -}}
{{- $made := dict -}}
{{- if $root.Values.manager.serviceAccount.create -}}
  {{- $_ := set $made (printf "%s/%s" $root.Release.Namespace (include "podrunner.manager.serviceAccount" $root)) "manager.serviceAccount" -}}
{{- end -}}
{{- range include "podrunner.jobs.accounts" . | fromJsonArray -}}
  {{- $key := printf "%s/%s" .namespace .name -}}
  {{- $other := get $made $key -}}
  {{- if $other -}}
    {{- $why := ternary "job pods would have the permissions of the manager" "Kubernetes has it once" (eq $other "manager.serviceAccount") -}}
    {{- $both := ternary (list .value $other) (list $other .value) (eq $other "manager.serviceAccount") -}}
    {{- fail (printf "\n\n%s.name and %s.name create two service accounts with the same name, %s: %s.\nGive them different names, or leave both empty.\n" (first $both) (last $both) .name $why) -}}
  {{- end -}}
  {{- $_ := set $made $key .value -}}
{{- end -}}
{{- range $name, $runner := index . 1 -}}
  {{- $kubernetes := $runner.config.kubernetes -}}
  {{- if and (eq $runner.namespace $root.Release.Namespace) (eq (toString $kubernetes.service_account) (include "podrunner.manager.serviceAccount" $root)) (not (or $kubernetes.host $runner.namespacePerJob)) -}}
    {{- $value := ternary (printf "runners.%s.serviceAccount.name" $name) "jobs.serviceAccount.name" (not (empty $runner.account)) -}}
    {{- if ne $kubernetes.service_account (include "podrunner.jobs.serviceAccount" $root) -}}
      {{- $value = ternary (printf "runners.%s.config.kubernetes.service_account" $name) $value (empty $runner.account) -}}
    {{- end -}}
    {{- fail (printf "\n\n%s is %s, which is the manager's own account (manager.serviceAccount): job pods would have the permissions of the manager.\nName an account without permissions, or let the chart make one.\n" $value $kubernetes.service_account) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
