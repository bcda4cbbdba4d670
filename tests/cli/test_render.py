"""`podrunner render` and `podrunner images`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from podrunner.cli.main import main

Run = Callable[..., str]
URL = "--set=gitlab.url=https://gitlab.example.com"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, checkout: Path) -> Run:
    """Run a command that is expected to work and return what it printed."""
    monkeypatch.chdir(checkout)

    def print_of(*arguments: str) -> str:
        assert main(list(arguments)) == 0
        return capsys.readouterr().out

    return print_of


def test_the_whole_manifest_is_printed_as_yaml(run: Run) -> None:
    documents = list(yaml.safe_load_all(run("render", "--preset", "unprivileged", URL, "--release", "ci")))

    assert "Deployment/ci-podrunner" in [f"{data['kind']}/{data['metadata']['name']}" for data in documents]


def test_the_config_toml_alone_can_be_parsed(run: Run) -> None:
    config = tomllib.loads(run("render", "--preset", "unprivileged", URL, "--show", "config.toml"))

    assert config["runners"][0]["url"] == "https://gitlab.example.com"


def test_the_notes_alone_are_printed(run: Run) -> None:
    notes = run("render", "--preset", "privileged", URL, "--show", "notes", "--namespace", "builds")

    assert "namespace builds" in notes


def test_one_template_alone_is_printed_by_its_file_name(run: Run) -> None:
    document = yaml.safe_load(run("render", "--preset", "privileged", URL, "--show", "manager/deployment.yaml"))

    assert document["kind"] == "Deployment"


def test_a_part_that_is_not_there_lists_what_is(capsys: pytest.CaptureFixture[str], checkout: Path) -> None:
    exit_code = main(["render", "--preset", "privileged", URL, "--show", "config.tom"])

    err = capsys.readouterr().err
    assert exit_code == 2
    assert err.startswith(
        "podrunner: --show config.tom: not in this rendering. Did you mean `config.toml`? Available: config.toml, notes, "
    )


def test_what_a_chart_does_not_have_is_not_proposed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: plain\nversion: 0.0.1\n")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "map.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")

    exit_code = main(["render", "--chart", str(tmp_path), "--show", "config.toml"])

    assert exit_code == 2
    assert capsys.readouterr().err == (
        "podrunner: --show config.toml: not in this rendering. Available: templates/map.yaml.\n"
    )


def test_values_that_do_not_fit_are_refused_with_their_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, checkout: Path
) -> None:
    monkeypatch.chdir(checkout)

    exit_code = main(["render", "-f", "tests/fixtures/values/wrong-type.yaml"])

    assert exit_code == 1
    assert capsys.readouterr().err.startswith("tests/fixtures/values/wrong-type.yaml:6:7: error: ")


def test_a_refusal_of_helm_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code = main(["render", "--preset", "privileged"])

    assert exit_code == 1
    assert "gitlab.url is empty" in capsys.readouterr().err


def test_every_image_of_a_release_and_its_jobs_is_listed(run: Run) -> None:
    assert run("images", "--preset", "unprivileged", "--runner-version", "19.4.1").splitlines() == [
        "quay.io/podman/stable:v5.8.7",
        "registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper:x86_64-v19.4.1",
        "registry.gitlab.com/gitlab-org/gitlab-runner:alpine-v19.5.3",
    ]


def test_the_helper_that_the_runner_chooses_is_of_the_release_in_its_tag(run: Run) -> None:
    assert run("images", "--preset", "unprivileged", "--set", "image.tag=v19.3.0").splitlines()[1:] == [
        "registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper:x86_64-v19.3.0",
        "registry.gitlab.com/gitlab-org/gitlab-runner:v19.3.0",
    ]


def test_images_as_json_say_who_uses_them(run: Run) -> None:
    listed = json.loads(run("images", "--preset", "unprivileged", "--format", "json"))

    users = {entry["image"]: entry["used_by"] for entry in listed}
    assert "jobs of runner default" in users["quay.io/podman/stable:v5.8.7"]
    assert users["registry.gitlab.com/gitlab-org/gitlab-runner:alpine-v19.5.3"] == ["Deployment/podrunner"]


def test_images_named_in_values_take_the_place_of_the_defaults(run: Run) -> None:
    images = run(
        *[
            "images",
            "--preset",
            "unprivileged",
            "--set",
            "image.digest=",
            "--set",
            "helperImage.registry=mirror.example.com",
        ],
        *["--set", "helperImage.repository=helper,helperImage.tag=v1"],
        *["--set", "runners.a.config.kubernetes.services[0].name=docker.io/library/redis:7"],
    ).splitlines()

    assert "mirror.example.com/helper:v1" in images
    assert "docker.io/library/redis:7" in images
    assert not [image for image in images if "gitlab-runner-helper" in image]
