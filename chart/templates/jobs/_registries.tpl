{{/*
podman's registries, logins and signature policy.

  podrunner.registries.script  the part of the job's script that lays them out
  podrunner.registries.policy  the part of it for the signature policy
  podrunner.checks.policyjson  whether podman could read the policy; usage: include … $runner
  podrunner.registries.apart   gives the login a volume of its own where another one has its name

podman uses the entry with the longest prefix, so mirrors and "insecure" of a registry have to be in the same entry.
An entry for all subdomains has no location of its own (containers-registries.conf): podman would ask a host of that name.
The credentials are copied to the file that `podman login` writes: a job can add to them, and the Secret does not change.
*/}}

{{- define "podrunner.registries.script" -}}
{{- $registries := concat (keys .mirrors) .insecure | uniq | sortAlpha }}
{{- if $registries }}
cat >/podrunner/config/registries.conf <<'EOF'
unqualified-search-registries = ["docker.io"]
{{- range $registry := $registries }}
[[registry]]
prefix = {{ $registry | toRawJson }}
{{- if not (hasPrefix "*." $registry) }}
location = {{ $registry | toRawJson }}
{{- end }}
{{- if has $registry $.insecure }}
insecure = true
{{- end }}
{{- range get $.mirrors $registry | default list }}
[[registry.mirror]]
location = {{ .location | toRawJson }}
insecure = {{ .insecure | default false }}
{{- end }}
{{- end }}
EOF
{{- end }}
{{- with .policy }}
{{ include "podrunner.registries.policy" (dict "policy" .) }}
{{- end }}
{{- if .login.existingSecret.name }}
mkdir -p -m 0700 /podrunner/run/containers
if [ -r /podrunner-login/auth.json ] && [ ! -e /podrunner/run/containers/auth.json ]; then
  (umask 077 && cat /podrunner-login/auth.json >/podrunner/run/containers/auth.json)
fi
{{- end }}
{{- end -}}

{{/*
podman, buildah and skopeo read it below HOME before /etc/containers, which a job may not write (containers-policy.json(5)).
Signatures of sigstore are found only where a file of registries.d says that they are beside the image
(containers-registries.d(5)).
usage: include … (dict "policy" .podman.registries.policy)
*/}}
{{- define "podrunner.registries.policy" -}}
mkdir -p "$HOME/.config/containers/registries.d"
cat >"$HOME/.config/containers/policy.json" <<'EOF'
{{ toRawJson .policy }}
EOF
{{- if contains "sigstoreSigned" (toJson .policy) }}
cat >"$HOME/.config/containers/registries.d/sigstore.yaml" <<'EOF'
default-docker: {use-sigstore-attachments: true}
EOF
{{- end }}
{{- end -}}

{{- define "podrunner.checks.policyjson" -}}
{{- with .podman.registries.policy -}}
  {{- if not .default -}}
    {{- fail (printf "\n\npodman.registries.policy has no default (runners.%s): podman refuses such a policy, and every pull.\nSet it to what holds for all other images, for example podman.registries.policy.default: [{type: reject}].\n" $.name) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
In config.toml, a volume has the name of its Secret, and a pod has a name once. So where another volume of the runner has the
name of the login's Secret, a patch of the pod mounts the login.
usage: include … (list $table $podman); changes $table, a [[runners]] table
*/}}
{{- define "podrunner.registries.apart" -}}
{{- $kubernetes := (index . 0).kubernetes -}}
{{- $login := (index . 1).registries.login.existingSecret -}}
{{- $others := list -}}
{{- $secrets := list -}}
{{- range $kind, $volumes := $kubernetes.volumes -}}
  {{- range $volumes -}}
    {{- if not (and (eq $kind "secret") (eq .name $login.name) (eq .mount_path "/podrunner-login")) -}}
      {{- $others = append $others .name -}}
      {{- if eq $kind "secret" -}}{{- $secrets = append $secrets . -}}{{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if and $login.name (has $login.name $others) -}}
  {{- $mount := dict "name" "podrunner-login" "mountPath" "/podrunner-login" "readOnly" true -}}
  {{- $secret := dict "secretName" $login.name "items" (list (dict "key" $login.key "path" "auth.json")) -}}
  {{- $patch := dict "containers" (list (dict "name" "build" "volumeMounts" (list $mount))) "volumes" (list (dict "name" "podrunner-login" "secret" $secret)) -}}
  {{- $_ := set $kubernetes.volumes "secret" (ternary $secrets nil (not (empty $secrets))) -}}
  {{- $_ := set $kubernetes "pod_spec" (prepend ($kubernetes.pod_spec | default list) (dict "name" "podrunner-login" "patch_type" "strategic" "patch" (toYaml $patch))) -}}
{{- end -}}
{{- end -}}
