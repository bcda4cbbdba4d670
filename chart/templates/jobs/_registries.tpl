{{/*
podman's registries and logins.

  podrunner.registries.script  the part of the job's script that lays them out

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
{{- if .login.existingSecret.name }}
mkdir -p -m 0700 /podrunner/run/containers
if [ -r /podrunner-login/auth.json ] && [ ! -e /podrunner/run/containers/auth.json ]; then
  (umask 077 && cat /podrunner-login/auth.json >/podrunner/run/containers/auth.json)
fi
{{- end }}
{{- end -}}
