"""Values are given to every command in one way: FILE, -f, --preset, --set and its kin, --chart."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from podrunner.cli.main import main
from tests.verdict import JOB_PODS

Run = Callable[..., tuple[int, str, str]]
TEAM = "gitlab: {url: 'https://gitlab.example.com'}\npodman: {image: mirror.example.com/podman:v5}\n"
LOG = "tests/explain/logs/git-config-lock.home-is-root.log"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command and return its exit code and what it printed."""

    def run(*arguments: str) -> tuple[int, str, str]:
        exit_code = main(list(arguments))
        out, err = capsys.readouterr()
        return exit_code, out, err

    return run


@pytest.fixture(autouse=True)
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A values file, in the current folder."""
    monkeypatch.chdir(tmp_path)
    Path("team.yaml").write_text(TEAM)
    return tmp_path


def piped(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Give a text on standard input."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="ascii"))


def test_a_file_is_rendered_as_it_is_checked(run: Run) -> None:
    _, rendered, err = run("render", "team.yaml", "--show", "config.toml")

    assert err == ""
    assert 'image = "mirror.example.com/podman:v5"' in rendered
    assert run("render", "-f", "team.yaml", "--show", "config.toml") == (0, rendered, "")


def test_standard_input_is_a_file(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    piped(monkeypatch, "podman: {mode: ünknown}\n")
    assert run("check", "-", "-f", "team.yaml", "--format", "json")[1].count('"file": "standard input"') == 1

    piped(monkeypatch, TEAM)
    assert "mirror.example.com/podman:v5" in run("images", "-f", "-")[1].splitlines()


@pytest.mark.parametrize(
    ("words", "image"),
    [
        ("--set podman.image=a.example/b", "a.example/b"),
        ("--set-string podman.image=1", "1"),
        ("--set-json {'podman':{'image':'a.example/c'}}", "a.example/c"),
        ("--set-file podman.image=image.txt", "a.example/d"),
        ("--set podman.image=a --set-file podman.image=image.txt", "a.example/d"),
    ],
)
def test_each_way_to_set_a_value_is_above_the_files(run: Run, words: str, image: str) -> None:
    Path("image.txt").write_text("a.example/d")

    _, out, err = run("images", "team.yaml", *words.replace("'", '"').split())

    assert err == ""
    assert image in out.splitlines()
    assert "mirror.example.com/podman:v5" not in out.splitlines()


@pytest.mark.parametrize(
    "command", ["check", "render", "images", pytest.param("smoke", marks=pytest.mark.process), "preflight"]
)
def test_what_the_chart_does_not_know_is_found_by_every_command(
    command: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", "nowhere")

    exit_code, out, err = run(command, "team.yaml", "--preset", "unprivileged", "--set", "podman.imagee=x")

    assert exit_code in (1, 2)
    assert "podman.imagee: unknown key. Did you mean `image`?" in out + err


def test_images_of_several_files_are_one_list(run: Run) -> None:
    Path("other.yaml").write_text(TEAM.replace("podman:v5", "podman:v4"))

    _, out, _ = run("images", "team.yaml", "other.yaml")

    images = out.splitlines()
    assert images == sorted(set(images))
    assert {"mirror.example.com/podman:v4", "mirror.example.com/podman:v5"} <= set(images)


def test_several_renderings_are_told_apart_by_a_comment(run: Run) -> None:
    _, out, _ = run(
        "render", "team.yaml", "--preset", "privileged", "--preset", "unprivileged", "--show", "config.toml"
    )

    assert [line for line in out.splitlines() if line.startswith("# preset=")] == [
        "# preset=privileged,team",
        "# preset=unprivileged,team",
    ]


def test_objects_are_printed_as_json_as_kubectl_does(run: Run) -> None:
    _, text, _ = run("render", "team.yaml", "--show", "deployment.yaml")
    _, out, _ = run("render", "team.yaml", "--show", "deployment.yaml", "--format", "json")

    assert json.loads(out) == {"apiVersion": "v1", "kind": "List", "items": [yaml.safe_load(text)]}
    assert run("render", "team.yaml", "--show", "notes", "--format", "json") == (
        2,
        "",
        "podrunner: --format json: is for objects, and notes is text. Leave one of the options out.\n",
    )


def test_the_chart_may_be_a_package(run: Run, checkout: Path) -> None:
    with tarfile.open("chart.tgz", "w:gz") as package:
        package.add(checkout / "chart", "podrunner")

    assert run("check", "team.yaml", "--chart", "chart.tgz") == (0, f"1 case, all passed{JOB_PODS}\n", "")
    assert run("images", "team.yaml", "--chart", "chart.tgz") == run("images", "team.yaml")


def test_explain_names_the_option_to_change(run: Run, checkout: Path) -> None:
    _, out, _ = run("explain", str(checkout / LOG), "-f", "team.yaml", "--set", "podman.home=/")

    assert "--set podman.home=/: podman.home: write" in out


def test_explain_reads_one_thing_from_standard_input(run: Run) -> None:
    assert run("explain", "-", "-f", "-") == (
        2,
        "",
        "podrunner: standard input is the log or the values: name a file for one of them.\n",
    )
