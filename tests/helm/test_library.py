"""Helm in this process: what it gives, what it is told, what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from podrunner.chart.chart import Chart
from podrunner.findings.errors import RenderError, UsageError
from podrunner.helm.library import copy_without_schema
from podrunner.helm.renderer import Renderer, renderer
from tests.renders import render_values


@pytest.fixture(scope="module")
def small(small_chart: Path) -> Renderer:
    """Load the small chart once."""
    return renderer("library", Chart.open(small_chart))


def test_a_rendering_holds_every_object_with_its_template(small: Renderer) -> None:
    rendering = render_values(small, {}, release="ci", namespace="builds")

    assert [(document.template, document.name) for document in rendering.documents] == [
        ("templates/configmap.yaml", "ConfigMap/ci"),
        ("templates/deployment.yaml", "Deployment/ci"),
    ]
    assert rendering.object("ConfigMap")["metadata"] == {"name": "ci", "namespace": "builds"}
    assert rendering.notes == "Release ci is quiet.\n"


def test_the_text_of_a_rendering_names_the_source_of_each_document(small: Renderer) -> None:
    text = render_values(small, {}).text

    assert [line for line in text.splitlines() if line.startswith("# Source")] == [
        "# Source: small/templates/configmap.yaml",
        "# Source: small/templates/deployment.yaml",
    ]


def test_kubernetes_version_and_api_versions_reach_the_templates(small: Renderer) -> None:
    plain = render_values(small, {}, kube_version="1.30").object("ConfigMap")["data"]
    rich = render_values(small, {}, kube_version="v1.31.2", api_versions=["monitoring.coreos.com/v1"]).object(
        "ConfigMap"
    )["data"]

    assert (plain["kubernetes"], plain["monitoring"]) == ("v1.30.0", "false")
    assert (rich["kubernetes"], rich["monitoring"]) == ("v1.31.2", "true")


def test_a_chart_that_asks_for_the_aggregation_layer_of_every_cluster_finds_it(tmp_path: Path) -> None:
    chart = tmp_path / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: adapter\nversion: 1.0.0\n")
    (chart / "templates/service.yaml").write_text(
        """kind: APIService
apiVersion: apiregistration.k8s.io/{{ .Capabilities.APIVersions.Has "apiregistration.k8s.io/v1" | ternary "v1" "v1beta1" }}
metadata: {name: v1.metrics.example.com}
"""
    )

    rendering = render_values(renderer("library", Chart.open(chart)), {})

    assert rendering.object("APIService")["apiVersion"] == "apiregistration.k8s.io/v1"


def test_one_template_may_give_several_documents(small: Renderer) -> None:
    objects = [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}} for name in ("a", "b")]

    rendering = render_values(small, {"objects": objects})

    assert [data["metadata"]["name"] for data in rendering.objects("Secret")] == ["a", "b"]


def test_values_that_the_schema_refuses_are_rendered_nevertheless(small: Renderer) -> None:
    # The schema is checked once for each set of values, not with each render.
    rendering = render_values(small, {"unknown": 1, "mode": "silent"})

    assert rendering.notes == "Release podrunner is silent.\n"


def test_a_refusal_has_its_sentence_and_its_place_in_the_template(small: Renderer) -> None:
    with pytest.raises(RenderError) as error:
        render_values(small, {"refuse": "set image or leave it"})

    assert str(error.value) == "templates/deployment.yaml:2:4: set image or leave it"
    assert (error.value.template, error.value.line, error.value.column) == ("templates/deployment.yaml", 2, 4)


def test_output_that_is_not_yaml_is_named_with_its_template_and_line(small: Renderer) -> None:
    with pytest.raises(
        RenderError,
        match=r"templates/deployment\.yaml: rendered to text that is not YAML: .*, at line 16 of the rendered document, `image:`\.$",
    ):
        render_values(small, {"image": "a: b: c"})


def test_a_kubernetes_version_that_the_chart_does_not_take_is_refused(small: Renderer) -> None:
    with pytest.raises(RenderError) as error:
        render_values(small, {}, kube_version="1.24")

    assert str(error.value) == (
        "chart requires kubeVersion: >=1.25.0-0 which is incompatible with Kubernetes v1.24.0. "
        "Give another --kube-version, or a kubeVersion of the matrix in that range."
    )


@pytest.mark.parametrize(
    ("wanted", "version", "fits"),
    [
        (">=1.25.0-0", "1.34.0", True),
        (">=1.25.0-0", "1.25.3-eks-a1b2c3", True),
        (">=1.25.0", "1.25.3-eks-a1b2c3", False),
        (">=1.25, <1.30", "1.29.9", True),
        (">=1.25, <1.30", "1.30.0", False),
        ("~1.25 || ^1.30", "1.34.0", True),
        ("~1.25 || ^1.30", "1.26.0", False),
        ("1.25 - 1.27", "1.26.5", True),
        ("1.x", "1.34.0", True),
    ],
)
def test_ranges_of_kubernetes_versions_are_read_by_helms_own_library(
    tmp_path: Path, wanted: str, version: str, fits: bool
) -> None:
    (tmp_path / "Chart.yaml").write_text(f'apiVersion: v2\nname: x\nversion: 0.0.1\nkubeVersion: "{wanted}"\n')
    chart = renderer("library", Chart.open(tmp_path))

    if fits:
        assert render_values(chart, {}, kube_version=version).documents == ()
    else:
        with pytest.raises(RenderError, match="chart requires kubeVersion"):
            render_values(chart, {}, kube_version=version)


def test_a_chart_that_helm_cannot_load_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\n")

    with pytest.raises(UsageError, match="Helm cannot load this chart: "):
        renderer("library", Chart.open(tmp_path))


def test_a_link_that_leads_nowhere_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: x\nversion: 1.0.0\n")
    (tmp_path / "gone.txt").symlink_to("nowhere")

    with pytest.raises(UsageError, match=r"gone\.txt: cannot be read, and Helm refuses such a chart: "):
        renderer("library", Chart.open(tmp_path))


def test_folders_that_helmignore_names_are_not_copied(tmp_path: Path) -> None:
    chart = tmp_path / "chart"
    (chart / "docs" / ".git").mkdir(parents=True)
    (chart / ".git").mkdir()
    (chart / "tests").mkdir()
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: x\nversion: 1.0.0\n")
    (chart / ".helmignore").write_text("# what Helm leaves out\n.git/\n*.md\nte*/\n")

    copy = copy_without_schema(chart, tmp_path / "copy")

    names = [str(one.relative_to(copy)) for one in sorted(copy.rglob("*"))]
    assert names == [".helmignore", "Chart.yaml", "docs", "tests"]


@pytest.mark.parametrize(("release", "namespace"), [("Bad_Name!", "ci"), ("ci", "Bad_Name!")])
def test_a_name_that_helm_does_not_take_is_wrong_use(small: Renderer, release: str, namespace: str) -> None:
    with pytest.raises(UsageError, match=r"^`Bad_Name!` is not a valid (release name|namespace): at most "):
        render_values(small, {}, release=release, namespace=namespace)


def test_a_renderer_of_another_name_is_wrong_use(small_chart: Path) -> None:
    with pytest.raises(UsageError, match=r"Choose library \(in this process\) or command"):
        renderer("libary", Chart.open(small_chart))  # type: ignore[arg-type]


def test_a_big_integer_keeps_all_its_digits(small: Renderer) -> None:
    assert render_values(small, {"replicas": 1000650000}).object("Deployment")["spec"]["replicas"] == 1000650000


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("|\n    a = 1{{ `` -}}\n", "a = 1\n"),
        # Helm 4 adds one to those that the template has.
        ("|+\n    a = 1\n\n\n", "a = 1\n\n\n\n"),
        ("|-\n    a = 1\n", "a = 1"),
        (">\n    a\n    b\n   \n", "a b\n"),
        ("|\n    a = 1\n\n---\n# nothing else\n", "a = 1\n"),
    ],
)
def test_a_text_at_the_end_of_a_document_ends_as_in_the_cluster(tmp_path: Path, written: str, value: str) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: ends\nversion: 1.0.0\n")
    (tmp_path / "templates/c.yaml").write_text(
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n  a: {written}"
    )

    (document,) = render_values(renderer("library", Chart.open(tmp_path)), {}).documents

    assert document.data["data"]["a"] == value


OF_RELEASE = """apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data:
  install: "{{ .Release.IsInstall }}"
  upgrade: "{{ .Release.IsUpgrade }}"
  revision: "{{ .Release.Revision }}"
"""


@pytest.mark.parametrize(
    ("revision", "told"),
    [
        (1, {"install": "true", "upgrade": "false", "revision": "1"}),
        (2, {"install": "false", "upgrade": "true", "revision": "2"}),
        (41, {"install": "false", "upgrade": "true", "revision": "41"}),
    ],
)
def test_from_its_second_revision_on_a_release_is_upgraded(tmp_path: Path, revision: int, told: dict[str, str]) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: ends\nversion: 1.0.0\n")
    (tmp_path / "templates/c.yaml").write_text(OF_RELEASE)

    (document,) = render_values(renderer("library", Chart.open(tmp_path)), {}, revision=revision).documents

    assert document.data["data"] == told
