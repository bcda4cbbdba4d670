"""Names, labels, annotations and node selectors that the API server refuses."""

from __future__ import annotations

import pytest

from podrunner.manifests.checks.names import check_names, check_service_name
from podrunner.manifests.rendering import parse_documents

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


def name_findings(kind: str, name: str, kube: tuple[int, int] = (1, 37)) -> list[str]:
    (document,) = parse_documents("a.yaml", f'{{kind: {kind}, metadata: {{name: "{name}"}}}}')
    return [finding.message for finding in (*check_names([document]), *check_service_name(document, kube))]


@pytest.mark.parametrize(("kind", "name"), [("ConfigMap", "a.b-c.1"), ("Deployment", "a.b"), ("StatefulSet", "1-a")])
def test_names_are_domains_and_those_of_stateful_sets_a_part_of_one(kind: str, name: str) -> None:
    assert name_findings(kind, name) == []


@pytest.mark.parametrize("kind", ["Namespace", "Service", "StatefulSet"])
def test_what_is_a_part_of_a_domain_has_no_dots(kind: str) -> None:
    (found,) = name_findings(kind, "a.b")

    assert found.startswith(f"metadata.name: `a.b` is not a name of a {kind}: ")
    assert "without dots" in found


@pytest.mark.parametrize("name", ["a..b", "a.-b", "a-.b"])
def test_between_dots_is_a_part_that_begins_and_ends_with_a_letter_or_digit(name: str) -> None:
    (found,) = name_findings("Secret", name)

    assert found.startswith(f"metadata.name: `{name}` is not a name of a Secret: ")


def test_a_services_name_begins_with_a_letter_before_kubernetes_136() -> None:
    (found,) = name_findings("Service", "2024-ci", (1, 35))

    assert found == "metadata.name: `2024-ci` begins with a digit: Kubernetes before 1.36 wants a letter there."
    assert name_findings("Service", "2024-ci", (1, 36)) == []
