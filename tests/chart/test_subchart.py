"""The chart as a dependency of another: under a name of the parent's, beside a copy, with what Helm adds to its values."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.formats.placed import Values
from podrunner.helm.renderer import Renderer, renderer
from podrunner.manifests.rendering import Rendering

ROOT = Path(__file__).parents[2]
PARENT = ROOT / "tests/fixtures/charts/parent"
URL = {"gitlab": {"url": "https://gitlab.example.com"}}
NAMED = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parent chart with its dependency unpacked, as `helm dependency build` and tar leave it."""
    folder = tmp_path_factory.mktemp("parent") / "platform"
    shutil.copytree(PARENT, folder)
    (folder / "charts").mkdir()
    (folder / "charts" / "podrunner").symlink_to(ROOT / "chart")
    return folder


@pytest.fixture(scope="module")
def platform(parent: Path) -> Renderer:
    """A renderer of the parent chart."""
    return renderer("library", Chart.open(parent))


def render(
    platform: Renderer, values: dict[str, Any] | None = None, *, release: str = "ci", by_schema: bool = False
) -> Rendering:
    """The parent with values over its own. Helm compiles the schema for each copy: that takes most of the time."""
    layers = (Values(values or {}, "the test"),)
    return platform.render_unchecked(Case("the test", layers, release=release, skip_schema_validation=not by_schema))


def objects(rendering: Rendering, kind: str) -> list[dict[str, Any]]:
    return [document.data for document in rendering.documents if document.data["kind"] == kind]


def names(rendering: Rendering) -> list[tuple[str, str, str]]:
    """Kind, namespace and name of every object."""
    every = [document.data for document in rendering.documents]
    return [(one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]) for one in every]


def test_a_condition_turns_the_chart_on_and_off(platform: Renderer) -> None:
    both = render(platform, by_schema=True)
    none = render(platform, {"gitlabRunner": {"enabled": False}, "second_runner": {"enabled": False}})
    plain = render(
        platform,
        {"podrunner": {"enabled": True}, "gitlabRunner": {"enabled": False}, "second_runner": {"enabled": False}},
    )

    assert len(objects(both, "Deployment")) == 2
    assert none.documents == ()
    assert [one["metadata"]["name"] for one in objects(plain, "Deployment")] == ["ci-podrunner"]


def test_an_alias_gives_valid_names_and_two_copies_share_none(platform: Renderer) -> None:
    found = names(render(platform))

    assert [name for _, _, name in found if not NAMED.fullmatch(name)] == []
    assert len(set(found)) == len(found)
    assert [name for kind, _, name in found if kind == "Deployment"] == [
        "ci-gitlab-runner-ab571b52",
        "ci-second-runner-7571cbce",
    ]


def test_copies_share_no_name_where_the_release_has_the_names_of_both(platform: Renderer) -> None:
    rendering = render(platform, {"podrunner": {"enabled": True}}, release="podrunner-gitlabRunner".lower())

    found = names(rendering)

    assert len(set(found)) == len(found)


def test_each_copy_selects_its_own_manager(platform: Renderer) -> None:
    rendering = render(platform)

    selectors = [one["spec"]["selector"]["matchLabels"] for one in objects(rendering, "Deployment")]
    labels = [one["spec"]["template"]["metadata"]["labels"] for one in objects(rendering, "Deployment")]
    assert [one["app.kubernetes.io/name"] for one in selectors] == ["gitlabRunner", "second_runner"]
    assert [selector.items() <= label.items() for selector, label in zip(selectors, labels, strict=True)] == [
        True,
        True,
    ]


def test_pull_secrets_of_all_charts_are_the_managers_and_those_of_jobs_beside_it(platform: Renderer) -> None:
    rendering = render(platform)

    pods = [one["spec"]["template"]["spec"]["imagePullSecrets"] for one in objects(rendering, "Deployment")]
    assert pods == [[{"name": "registry-login"}, {"name": "company-login"}]] * 2
    tables = [config.toml.data["runners"][0]["kubernetes"]["image_pull_secrets"] for config in rendering.configs]
    # The second copy's jobs run in another namespace, which does not have the Secrets of the parent.
    assert tables == [["registry-login", "company-login"], ["builds-login"]]


def test_a_secret_that_is_named_twice_is_pulled_with_once(podrunner_render: Any) -> None:
    values = {
        **URL,
        "global": {"imagePullSecrets": ["login"]},
        "manager": {"imagePullSecrets": ["own", "login"]},
        "jobs": {"imagePullSecrets": ["login"]},
    }

    rendering = podrunner_render(values)

    (manager,) = objects(rendering, "Deployment")
    assert manager["spec"]["template"]["spec"]["imagePullSecrets"] == [{"name": "own"}, {"name": "login"}]
    assert rendering.config_toml["runners"][0]["kubernetes"]["image_pull_secrets"] == ["login"]


def test_a_registry_for_all_charts_may_be_null(platform: Renderer) -> None:
    moved = render(platform, {"global": {"imageRegistry": "mirror.example.com"}})

    (image, *_) = [
        one["spec"]["template"]["spec"]["containers"][0]["image"] for one in objects(render(platform), "Deployment")
    ]
    (there, *_) = [one["spec"]["template"]["spec"]["containers"][0]["image"] for one in objects(moved, "Deployment")]
    assert image.startswith("registry.gitlab.com/gitlab-org/gitlab-runner:")
    assert there.startswith("mirror.example.com/gitlab-org/gitlab-runner:")


@pytest.mark.process
@pytest.mark.parametrize("helm", ["helm", "helm3"])
def test_each_helm_builds_the_dependency_and_renders_the_same_objects(
    platform: Renderer, tmp_path: Path, helm: str
) -> None:
    program = shutil.which(helm)
    if program is None:
        pytest.skip(f"there is no {helm} on PATH; ci/airgap/build makes helm and helm3")
    folder = tmp_path / "platform"
    shutil.copytree(PARENT, folder)
    chart_file = folder / "Chart.yaml"
    chart_file.write_text(chart_file.read_text().replace("file://../../../../chart", f"file://{ROOT / 'chart'}"))

    subprocess.run([program, "dependency", "update", folder, "--skip-refresh"], check=True, capture_output=True)
    done = subprocess.run([program, "template", "ci", folder], check=True, capture_output=True, text=True)

    found = [one for one in yaml.safe_load_all(done.stdout) if one]
    assert sorted((one["kind"], one["metadata"]["name"]) for one in found) == sorted(
        (kind, name) for kind, _, name in names(render(platform))
    )
