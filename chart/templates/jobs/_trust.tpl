{{/*
The CA bundle in job pods.

  podrunner.trust.copy    script: where jobs keep it
  podrunner.trust.bundle  script: one file with the image's own CAs too, for programs that read one file only

GitLab Runner sends the text of tls-ca-file to every job as the file $CI_SERVER_TLS_CA_FILE. No ConfigMap has to exist in
the namespace of its pod.
*/}}

{{/* Helper and build container share /podrunner; the first of them writes the file. */}}
{{- define "podrunner.trust.copy" -}}
# podrunner: CAs that this runner trusts
if [ -r "${CI_SERVER_TLS_CA_FILE:-}" ] && [ ! -e /podrunner/trust/ca.crt ]; then
  mkdir -p /podrunner/trust
  cat "$CI_SERVER_TLS_CA_FILE" >/podrunner/trust/ca.crt
fi
{{ end -}}

{{- define "podrunner.trust.bundle" -}}
if [ -r /podrunner/trust/ca.crt ]; then
  for file in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem; do
    if [ -r "$file" ]; then cat "$file"; break; fi
  done >/podrunner/config/ca-bundle.crt
  cat /podrunner/trust/ca.crt >>/podrunner/config/ca-bundle.crt
  {{- range list "SSL_CERT_FILE" "CURL_CA_BUNDLE" "GIT_SSL_CAINFO" "REQUESTS_CA_BUNDLE" "NODE_EXTRA_CA_CERTS" }}
  export {{ . }}="${ {{- . }}:-/podrunner/config/ca-bundle.crt}"
  {{- end }}
fi
{{- end -}}
