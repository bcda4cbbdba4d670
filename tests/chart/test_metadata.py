"""Labels, annotations and objects that a company wants with every release."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.cases.case import Case
from podrunner.findings.errors import RenderError
from podrunner.manifests.rendering import Rendering
from tests.matrix_cases import CASES, render_case

RECOMMENDED = {f"app.kubernetes.io/{name}" for name in ("name", "instance", "version", "managed-by", "part-of")}
EXTRA = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "note"}}
EVERYWHERE = {"commonLabels": {"cost-center": "ci"}, "commonAnnotations": {"example.com/owner": "platform"}}


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def labelled(request: pytest.FixtureRequest) -> Rendering:
    """Render each case of the matrix with labels and annotations of the company."""
    case: Case = request.param
    return render_case(case, values={**case.values, **EVERYWHERE})


def test_every_object_has_the_labels_that_kubernetes_recommends_and_those_of_the_company(labelled: Rendering) -> None:
    bare = []
    for document in labelled.documents:
        metadata = document.data["metadata"]
        wanted = {*RECOMMENDED, "helm.sh/chart", "cost-center"}
        if wanted - metadata["labels"].keys() or "example.com/owner" not in metadata.get("annotations", {}):
            bare.append(document.name)
    assert bare == []


def test_selectors_know_neither_versions_nor_labels_of_the_company(labelled: Rendering) -> None:
    allowed = {"app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component"}
    # GitLab Runner itself gives it to job pods.
    allowed.add("manager.runner.gitlab.com/name")
    # Of the profile's pods alone: their namespace is not the release's, and releases of one name may share it.
    allowed.add("podrunner/release-namespace")

    selectors = [
        document.data["spec"][key]
        for document in labelled.documents
        for key in ("selector", "podSelector")
        if key in document.data.get("spec", {})
    ]
    found = {one["key"] for selector in selectors for one in selector.get("matchExpressions", [])}
    found |= {label for one in selectors if "matchExpressions" not in one for label in one.get("matchLabels", one)}
    assert found <= allowed


def test_the_managers_pods_have_the_labels_of_the_company(render: Any) -> None:
    values = {**EVERYWHERE, "manager": {"podLabels": {"cost-center": "builds", "team": "a"}}}
    labels = render(values).object("Deployment")["spec"]["template"]["metadata"]["labels"]

    assert (labels["cost-center"], labels["team"]) == ("builds", "a")


def test_what_the_chart_says_itself_wins(render: Any) -> None:
    labels = {"app.kubernetes.io/part-of": "else", "helm.sh/chart": "else"}
    account = {"serviceAccount": {"annotations": {"a": "own"}}}
    rendering = render({"commonLabels": labels, "commonAnnotations": {"a": "common"}, "manager": account})

    metadata = rendering.object("ServiceAccount", "podrunner-manager")["metadata"]
    assert metadata["labels"]["app.kubernetes.io/part-of"] == "gitlab-runner"
    assert metadata["annotations"]["a"] == "own"


def test_an_extra_object_is_taken_as_it_is_with_labels_and_annotations_added(render: Any) -> None:
    given = {**EXTRA, "data": {"kept": "{{ .Values }}"}}
    made = render({"extraObjects": {"note": given}, "commonAnnotations": {"a": "b"}}).object("ConfigMap", "note")

    assert made["data"] == {"kept": "{{ .Values }}"}
    assert made["metadata"]["annotations"] == {"a": "b"}
    assert made["metadata"]["labels"]["app.kubernetes.io/name"] == "podrunner"
    assert "namespace" not in made["metadata"]


def test_an_extra_object_keeps_its_own_labels_and_annotations(render: Any) -> None:
    own = {"app.kubernetes.io/name": "handbook"}
    given = {**EXTRA, "metadata": {"name": "note", "labels": own, "annotations": {"a": "own"}}}
    made = render({"extraObjects": {"note": given}, "commonAnnotations": {"a": "b"}}).object("ConfigMap", "note")

    assert made["metadata"]["labels"]["app.kubernetes.io/name"] == "handbook"
    assert made["metadata"]["annotations"] == {"a": "own"}


def test_an_extra_object_given_as_text_is_a_template(render: Any) -> None:
    text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ include "podrunner.fullname" . }}-note"}\n'

    assert render({"extraObjects": {"note": text}}, release="ci").object("ConfigMap", "ci-podrunner-note")


def test_a_values_file_takes_away_an_extra_object_of_another(render: Any) -> None:
    assert [each["metadata"]["name"] for each in render({"extraObjects": {"note": None}}).objects("ConfigMap")] == [
        "podrunner"
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("kind: {", "extraObjects.note is not valid YAML once its template is evaluated"),
        ("a: b\n---\nc: d\n", r"(?s)extraObjects.note has 2 objects .*Give each of them a name of its own"),
        ("kind: ConfigMap", "extraObjects.note is not an object .* it needs apiVersion, kind and metadata.name"),
        ("- a", "extraObjects.note is not valid YAML once its template is evaluated"),
    ],
)
def test_an_extra_text_that_makes_no_object_is_refused(render: Any, text: str, sentence: str) -> None:
    with pytest.raises(RenderError, match=sentence):
        render({"extraObjects": {"note": text}})
