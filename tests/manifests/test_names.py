"""Labels, annotations and node selectors that the API server refuses."""

from __future__ import annotations

import pytest

from podrunner.helm.rendering import parse_documents
from podrunner.manifests.names import check_names

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: a, labels: {{a: b}}, annotations: {{{annotation}: "any text, of any length"}}}}
spec:
  template:
    metadata: {{labels: {{{label}}}}}
    spec: {{nodeSelector: {{{selector}}}}}
"""


def messages(annotation: str = "example.com/a", label: str = "a: b", selector: str = "a: b") -> list[str]:
    text = DEPLOYMENT.format(annotation=annotation, label=label, selector=selector)
    return [finding.message for finding in check_names(parse_documents("a.yaml", text))]


def test_labels_and_selectors_of_pods_that_fit_are_fine() -> None:
    assert messages("Example.com/A_b.c", "app.kubernetes.io/name: a.b_C, empty: ''", "kubernetes.io/os: linux") == []


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"label": "team: a b"}, "spec.template.metadata.labels.team: `a b` is not a label value"),
        ({"label": "'{{ x }}/env': a"}, "spec.template.metadata.labels: `{{ x }}/env` is not a key"),
        ({"annotation": "a b"}, "metadata.annotations: `a b` is not a key"),
        ({"label": "Example.com/a: b"}, "spec.template.metadata.labels: `Example.com/a` is not a key"),
        ({"selector": "pool: '-x'"}, "spec.template.spec.nodeSelector.pool: `-x` is not a label value"),
        ({"label": "a" * 64 + ": b"}, f"spec.template.metadata.labels: `{'a' * 64}` is not a key"),
    ],
)
def test_one_that_does_not_fit_is_named_by_its_place(where: dict[str, str], message: str) -> None:
    (found,) = messages(**where)

    assert found.startswith(f"{message}: at most 63 ")
