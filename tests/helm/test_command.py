"""The helm command: what it is asked, and that it gives what the library gives."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from podrunner.cases.case import Case
from podrunner.cases.matrix import load_matrix, make_cases
from podrunner.chart.chart import Chart
from podrunner.findings.errors import RenderError, UsageError
from podrunner.helm.command import Finished, HelmCommand
from podrunner.helm.renderer import Renderer, renderer
from tests.matrix_cases import OPENED, ROOT, helm

MANIFEST = """\
---
# Source: small/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ci
---
# Source: small/templates/configmap.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: ci
"""


class Helm:
    """Stand in for the process: remembers what it was asked, gives what it was told to."""

    def __init__(self, *, stdout: str = "", stderr: str = "", exit_code: int = 0) -> None:
        self.finished = Finished(exit_code, stdout, stderr)
        self.asked: list[tuple[list[str], str]] = []

    def __call__(self, arguments: Sequence[str], stdin: str) -> Finished:
        self.asked.append((list(arguments), stdin))
        return self.finished if arguments[1] == "template" else Finished(0, "v4.2.3", "")


def test_values_go_through_standard_input_and_the_rest_through_arguments(small_chart: Path) -> None:
    helm = Helm(stdout=MANIFEST)

    case = Case("", release="ci", namespace="builds", kube_version="1.30", api_versions=("a/v1",))

    HelmCommand(Chart.open(small_chart), helm).template(case.with_values({"token": "glrt-secret"}, "the test"))

    arguments, stdin = helm.asked[-1]
    assert arguments == [
        *["helm", "template", "ci", str(small_chart), "--namespace", "builds"],
        *["--kube-version", "1.30.0", "--values", "-"],
        *["--api-versions", "apiregistration.k8s.io/v1"],
        *["--api-versions", "apiregistration.k8s.io/v1/APIService"],
        *["--api-versions", "a/v1"],
    ]
    assert json.loads(stdin) == {"token": "glrt-secret"}


def test_an_upgrade_is_asked_for_as_one(small_chart: Path) -> None:
    helm = Helm(stdout=MANIFEST)

    HelmCommand(Chart.open(small_chart), helm).template(Case("", revision=2))

    assert "--is-upgrade" in helm.asked[-1][0]


def test_the_output_is_split_into_documents_by_their_source(small_chart: Path) -> None:
    rendering = HelmCommand(Chart.open(small_chart), Helm(stdout=MANIFEST)).template(Case(""))

    assert [(document.template, document.name) for document in rendering.documents] == [
        ("templates/configmap.yaml", "ConfigMap/ci"),
        ("templates/deployment.yaml", "Deployment/ci"),
    ]


def test_a_refusal_of_the_command_reads_like_one_of_the_library(small_chart: Path) -> None:
    helm = Helm(stderr="Error: execution error at (small/templates/deployment.yaml:2:4): no\n", exit_code=1)

    with pytest.raises(RenderError, match=r"^templates/deployment\.yaml:2:4: no$"):
        HelmCommand(Chart.open(small_chart), helm).template(Case(""))


@pytest.mark.process
def test_without_the_program_a_sentence_says_so(small_chart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(UsageError, match="there is no program `helm` on PATH") as error:
        renderer("command", Chart.open(small_chart))

    assert error.value.exit_code == 2


EVERY = pytest.param("every", marks=pytest.mark.full(reason="300 runs of the helm command take a minute"))


@pytest.fixture(params=["sample", EVERY])
def cases(request: pytest.FixtureRequest) -> list[Case]:
    """Cases of our matrix: every one, or a sample in which each entry of each axis is at least once."""
    matrix = load_matrix(ROOT / "tests/matrix.yaml", OPENED)
    if request.param == "every":
        return make_cases(matrix)
    of_axes = [case for case in make_cases(matrix, strategy="each") if "=" in case.name]
    others = [case for case in make_cases(matrix) if "=" not in case.name]
    passing = [case for case in others if not case.expect_fail]
    refused = [case for case in others if case.expect_fail and not OPENED.check(case.layers)]
    return [*of_axes, *passing[::6], *refused[::6]]


def test_the_command_and_the_library_give_equal_objects_for_the_cases_of_our_matrix(
    cases: list[Case], helm_on_path: str
) -> None:
    command = renderer("command", OPENED)
    # Objects of a cluster are for Helm 3 alone, see HelmCommand.
    rendered = [case for case in cases if not case.expect_fail and (helm_on_path == "helm3" or not case.lookup)]

    different = [case.name for case in rendered if objects(helm(), case) != objects(command, case)]

    assert len(rendered) > 10
    assert different == []


@pytest.mark.process
@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("helm", '{"a":{"w":1,"x":1},"l":[2]}'),
        ("helm3", '{"a":{"x":1,"z":9},"l":[1]}'),
        ("", '{"a":{"w":1,"x":1},"l":[2]}'),
    ],
)
def test_documents_of_a_values_file_are_read_as_that_helm_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, expected: str
) -> None:
    """The library, without a program, is Helm 4's."""
    chart = tmp_path / "documents"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: documents\nversion: 1.0.0\n")
    (chart / "values.yaml").write_text("a: {z: 9}\n")
    (chart / "templates" / "it.yaml").write_text("kind: It\nall: {{ .Values | toJson | quote }}\n")
    (tmp_path / "own.yaml").write_text("a: {x: 1}\nl: [1]\n---\na: {z: null}\nl: [2]\n---\na: {w: 1}\n")
    if program and not shutil.which(program):
        pytest.skip(f"there is no {program} on PATH to compare with; ci/airgap/build makes helm and helm3")
    if program:
        (tmp_path / "helm").symlink_to(str(shutil.which(program)))
        monkeypatch.setenv("PATH", str(tmp_path))

    made = renderer("command" if program else "library", Chart.open(chart)).render(
        Case("documents").with_file(tmp_path / "own.yaml")
    )

    assert made.documents[0].data["all"] == expected


def test_the_command_and_the_library_end_texts_alike_but_those_of_which_helm_3_takes_line_ends(
    tmp_path: Path, helm_on_path: str
) -> None:
    chart = tmp_path / "ends"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: ends\nversion: 1.0.0\n")
    ends = [
        "|\n    a = 1",
        "|+\n    a\n\n\n",
        "|-\n    a\n",
        ">\n    a\n    b\n   \n",
        "|\n    a\n\n---\n",
        "|+\n    a\n \n---\n# b",
    ]
    for number, end in enumerate(ends):
        text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{number}}}\ndata:\n  a: {end}"
        (chart / f"templates/{number}.yaml").write_text(text)
    opened = Chart.open(chart)

    texts, said = (
        {name: data["data"]["a"] for (_, name), data in objects(renderer(kind, opened), Case("ends")).items()}
        for kind in ("library", "command")
    )

    kept = {"ConfigMap/c1": "a\n\n\n\n", "ConfigMap/c5": "a\n\n\n"}
    taken = dict.fromkeys(kept, "a\n") if helm_on_path == "helm3" else kept
    assert {name: texts[name] for name in kept} == kept
    assert said == texts | taken


@pytest.mark.usefixtures("helm_on_path")
def test_the_command_and_the_library_refuse_the_same_cases_with_the_same_words(cases: list[Case]) -> None:
    command = renderer("command", OPENED)
    refused = [case for case in cases if case.expect_fail and not OPENED.check(case.layers)]

    refusals = {case.name: (refusal(helm(), case), refusal(command, case)) for case in refused}

    assert len([words for words, _ in refusals.values() if words]) > 2
    assert {name: both for name, both in refusals.items() if both[0] != both[1]} == {}


def objects(renderer: Renderer, case: Case) -> dict[tuple[str, str], object]:
    rendering = renderer.render_unchecked(case)
    return {(document.template, document.name): document.data for document in rendering.documents}


def refusal(renderer: Renderer, case: Case) -> str:
    """Why a case is not rendered; empty for one whose mistake is in what is rendered."""
    try:
        objects(renderer, case)
    except RenderError as error:
        return error.message
    return ""
