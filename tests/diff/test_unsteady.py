"""Templates that make something else each time: what they make is not compared, and is named."""

from __future__ import annotations

import json

from tests.diff.conftest import Repository

RANDOM = """apiVersion: v1
kind: Secret
metadata: {name: a}
data: {password: {{ randAlphaNum 16 | b64enc | quote }}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec:
  replicas: REPLICAS
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}, annotations: {roll: {{ uuidv4 | quote }}}}
    spec: {containers: [{name: a, image: "a:1"}]}
"""
NAMED = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 'c-{{ randAlpha 5 | lower }}'}\n"
LEFT_OUT = (
    "Differs whenever it is rendered, and is not compared: "
    "Secret/a: data.password, Deployment/a: spec.template.metadata.annotations.roll."
)


def test_a_chart_compared_with_itself_does_not_differ(repository: Repository) -> None:
    repository.write(it=RANDOM.replace("REPLICAS", "1"))
    repository.commit("before")

    exit_code, lines = repository.diff("before")

    assert (exit_code, lines) == (0, [LEFT_OUT, "before → the chart here: no difference in 1 case"])


def test_what_differs_beside_it_is_told(repository: Repository) -> None:
    lines = repository.change(RANDOM.replace("REPLICAS", "1"), RANDOM.replace("REPLICAS", "2"))

    assert lines == ["Changes otherwise", "Deployment/a: spec.replicas: 1 → 2", LEFT_OUT]


def test_objects_of_random_names_are_not_compared(repository: Repository) -> None:
    repository.write(it=NAMED)
    repository.commit("before")

    exit_code, lines = repository.diff("before", "--format", "json")

    found = json.loads("\n".join(lines))
    assert (exit_code, found["changes"]) == (0, [])
    assert [name.partition("-")[0] for name in found["unsteady"]] == ["ConfigMap/c"] * 2
