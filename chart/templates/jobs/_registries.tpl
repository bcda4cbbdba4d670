{{/*
podman's registries, logins and signature policy.

  podrunner.registries.script  the part of the job's script that lays them out
  podrunner.registries.policy  the part of it for the signature policy
  podrunner.checks.policyjson  whether podman could read the policy; usage: include … $runner
  podrunner.checks.policyjson.part  whether a map of it has the keys of its type; usage: include … (list $at $map)
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
  {{- $scopes := dict "podman.registries.policy.default" .default -}}
  {{- $known := list "atomic" "containers-storage" "dir" "docker" "docker-archive" "docker-daemon" "oci" "oci-archive" "sif" "tarball" -}}
  {{- range $transport, $entries := .transports -}}
    {{- if not (has $transport $known) -}}
      {{- fail (printf "\n\npodman.registries.policy.transports has %s (runners.%s), which podman does not know: the entry would hold for no image.\nWrite one of %s.\n" $transport $.name (join ", " $known)) -}}
    {{- end -}}
    {{- range $scope, $requirements := $entries -}}
      {{- if contains "://" $scope -}}
        {{- fail (printf "\n\npodman.registries.policy.transports.%s has %s (runners.%s), which is the name of no image: the entry would hold for none.\nWrite the registry without http(s)://.\n" $transport $scope $.name) -}}
      {{- end -}}
      {{- $_ := set $scopes (printf "podman.registries.policy.transports.%s.%s" $transport $scope) $requirements -}}
    {{- end -}}
  {{- end -}}
  {{- range $at, $requirements := $scopes -}}
    {{- range $requirements -}}{{- include "podrunner.checks.policyjson.part" (list $at .) -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
podman reads no pull through a policy with a key that the type of its map does not have, or without one that it needs
(policy_config.go of go.podman.io/image 5.42). `one` are keys of which there is exactly one, `most` those of which there is at
most one.
*/}}
{{- define "podrunner.checks.policyjson.part" -}}
{{- $at := index . 0 -}}
{{- $part := index . 1 -}}
{{- $rekor := list "rekorPublicKeyPath" "rekorPublicKeyData" -}}
{{- $types := dict
  "insecureAcceptAnything" dict
  "reject" dict
  "signedBy" (dict "must" (list "keyType") "one" (list "keyPath" "keyPaths" "keyData") "may" (list "signedIdentity"))
  "sigstoreSigned" (dict "one" (list "keyPath" "keyPaths" "keyData" "keyDatas" "fulcio") "most" $rekor "may" (list "signedIdentity"))
  "fulcio" (dict "must" (list "oidcIssuer" "subjectEmail") "one" (list "caPath" "caData"))
  "matchExact" dict
  "matchRepoDigestOrExact" dict
  "matchRepository" dict
  "exactReference" (dict "must" (list "dockerReference"))
  "exactRepository" (dict "must" (list "dockerRepository"))
  "remapIdentity" (dict "must" (list "prefix" "signedPrefix"))
-}}
{{- $type := $part.type | default "fulcio" -}}
{{- if not (hasKey $types $type) -}}
  {{- fail (printf "\n\n%s has a signedIdentity of the type %s, which podman does not know.\nWrite one of matchExact, matchRepoDigestOrExact, matchRepository, exactReference, exactRepository and remapIdentity.\n" $at $type) -}}
{{- end -}}
{{- $rule := get $types $type -}}
{{- $given := omit $part "type" | keys | sortAlpha -}}
{{- $allowed := concat ($rule.must | default list) ($rule.one | default list) ($rule.most | default list) ($rule.may | default list) -}}
{{- range $given -}}
  {{- if not (has . $allowed) -}}
    {{- fail (printf "\n\n%s has %s for %s, which has no such key: podman refuses the whole policy, and every pull.\nRemove it%s.\n" $at . $type (ternary (printf "; %s may have %s" $type (join ", " $allowed)) "" (not (empty $allowed)))) -}}
  {{- end -}}
{{- end -}}
{{- range $rule.must -}}
  {{- if not (get $part .) -}}
    {{- fail (printf "\n\n%s has no %s for %s, which needs it: podman refuses the whole policy, and every pull.\nAdd it%s.\n" $at . $type (ternary ": keyType: GPGKeys" "" (eq . "keyType"))) -}}
  {{- end -}}
{{- end -}}
{{- range $kind := list "one" "most" -}}
  {{- $found := list -}}
  {{- range index $rule $kind -}}{{- if hasKey $part . -}}{{- $found = append $found . -}}{{- end -}}{{- end -}}
  {{- if or (gt (len $found) 1) (and (eq $kind "one") (hasKey $rule "one") (not $found)) -}}
    {{- fail (printf "\n\n%s has %s for %s: podman refuses the whole policy, and every pull.\nWrite one of %s.\n" $at (ternary (join " and " $found) "no key" (not (empty $found))) $type (get $rule $kind | join ", ")) -}}
  {{- end -}}
{{- end -}}
{{- if hasKey $part "fulcio" -}}
  {{- if not (or $part.rekorPublicKeyPath $part.rekorPublicKeyData) -}}
    {{- fail (printf "\n\n%s has fulcio without the key of a log: podman refuses the whole policy, and every pull.\nAdd rekorPublicKeyPath or rekorPublicKeyData.\n" $at) -}}
  {{- end -}}
  {{- include "podrunner.checks.policyjson.part" (list $at $part.fulcio) -}}
{{- end -}}
{{- with $part.signedIdentity -}}{{- include "podrunner.checks.policyjson.part" (list $at .) -}}{{- end -}}
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
