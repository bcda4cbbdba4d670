"""Every command that renders checks values the same way first: one misspelt key, one finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from podrunner.cli.main import main
from podrunner.findings.errors import ValuesError
from podrunner.testing.cases import Render, Setup, Wanted

SENTENCE = (
    "podman.imagee: unknown key. Did you mean `image`? "
    "Allowed: appArmor, build, fuse, home, image, mode, openshift, registries, run, seccomp, storage."
)
FINDING = f"error: {SENTENCE} [values-unknown-key]"


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checkout: Path) -> str:
    """A values file with a key of podman that nobody has, seen from the folder that it is in."""
    (tmp_path / "team.yaml").write_text("gitlab: {url: https://gitlab.example.com}\npodman: {imagee: x}\n")
    (tmp_path / "chart").symlink_to(checkout / "chart")
    monkeypatch.chdir(tmp_path)
    return "team.yaml"


@pytest.mark.parametrize("command", ["check", "render", "images", pytest.param("smoke", marks=pytest.mark.process)])
def test_a_command_refuses_a_misspelt_key_at_its_line(
    command: str, team: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exit_code = main([command, "-f", team])

    said = "".join(capsys.readouterr())
    assert exit_code == 1
    assert f"team.yaml:2:10: {FINDING}" in said


@pytest.mark.parametrize("command", ["check", "render", "images"])
def test_a_command_refuses_a_misspelt_key_of_set(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    exit_code = main([command, "--preset", "unprivileged", "--set", "podman.imagee=x"])

    said = "".join(capsys.readouterr())
    assert exit_code == 1
    assert f"--set podman.imagee=x: {FINDING}" in said
    assert "quay.io/podman/stable" not in said


def test_diff_says_which_side_refuses_a_misspelt_key(team: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("right.yaml").write_text("gitlab: {url: https://gitlab.example.com}\n")

    exit_code = main(["diff", "right.yaml", team])

    assert exit_code == 1
    assert f"refused by team.yaml: {SENTENCE}" in capsys.readouterr().out


def test_preflight_refuses_a_misspelt_key_before_it_asks_a_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code = main(["preflight", "--kubeconfig", "/nonexistent", "--set", "podman.imagee=x"])

    assert exit_code == 2
    assert capsys.readouterr().err == f"podrunner: --set podman.imagee=x: {FINDING}\n"


def test_the_plugin_refuses_a_misspelt_key(checkout: Path) -> None:
    render = Render(Setup.make(checkout, Wanted(checkout / "chart")))

    with pytest.raises(ValuesError) as error:
        render({"podman": {"imagee": "x"}}, preset="unprivileged")

    assert str(error.value) == f"values of the test: {FINDING}"
