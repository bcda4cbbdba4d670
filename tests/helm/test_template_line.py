"""The line of a template that writes a field of a rendered object."""

from __future__ import annotations

import pytest

from podrunner.chart.template_line import template_line
from podrunner.findings.path import parse_dotted

TEMPLATE = """\
{{- if .Values.on }}
{{/* kind: Deployment
     spec: is said here, too */}}
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector:
    app: web
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels:
    {{- include "labels" . | nindent 4 }}
spec:
  {{- with .Values.replicas }}
  replicas: {{ . }}
  {{- end }}
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      {{- with .Values.pod }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
      containers:
      - name: web
        image: web:1
        ports:
          - containerPort: 80
          - containerPort: 81
            name: more
      - name: other
        env:
          {{- range .Values.env }}
          - name: {{ .name }}
            value: {{ .value }}
          {{- end }}
        image: other:1
      "volumes":
        - name: a
{{- end }}
"""


@pytest.mark.parametrize(
    ("kind", "path", "line"),
    [
        ("Service", "spec.selector", 8),
        ("Service", "metadata.name", 6),
        ("Deployment", "metadata.name", 14),
        # What is included stands below the last key that the template writes.
        ("Deployment", "metadata.labels.team", 15),
        ("Deployment", "spec.replicas", 19),
        ("Deployment", "spec.selector.matchLabels.app", 22),
        ("Deployment", "spec.template.spec.containers[0].image", 32),
        ("Deployment", "spec.template.spec.containers[0].ports[1].name", 36),
        ("Deployment", "spec.template.spec.containers[1].image", 43),
        # A loop writes all items by the same lines.
        ("Deployment", "spec.template.spec.containers[1].env[7].value", 41),
        ("Deployment", "spec.template.spec.volumes[0].name", 45),
        ("Deployment", "spec.template.spec.nodeName", 26),
        # Nothing is written of it: the object itself.
        ("Deployment", "status", 12),
        ("Job", "spec", 0),
    ],
)
def test_a_field_is_found_where_the_template_writes_it(kind: str, path: str, line: int) -> None:
    assert template_line(TEMPLATE, f"{kind}/ci-web", parse_dotted(path)) == line


@pytest.mark.parametrize(("name", "line"), [("a", 3), ("b", 7), ("c", 11), ("ci-d", 3)])
def test_of_several_objects_of_a_kind_it_is_the_one_of_that_name(name: str, line: int) -> None:
    template = """\
kind: Secret
metadata: {name: a, labels: {}}
data: {}
---
kind: Secret
metadata: {labels: {}, name: "b"}
data: {}
---
kind: Secret
metadata:
  name: c
data: {}
"""
    path = "metadata.name" if name == "c" else "data"

    assert template_line(template, f"Secret/{name}", parse_dotted(path)) == line
