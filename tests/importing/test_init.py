"""`podrunner init`: a fork that passes the check and says what to change."""

from __future__ import annotations

from pathlib import Path

import pytest

from podrunner.chart.chart import Chart
from podrunner.cli.main import main
from podrunner.formats.placed import read_values

FORK = """\
# yaml-language-server: $schema=../.podrunner/values.schema.json
# team-a: a fork of the preset unprivileged. What is not written here is as in values.yaml of the chart
# podrunner 0.1.0, which describes every value.
gitlab:
  # Address of the GitLab instance.
  url: https://gitlab.example.com
podman:
  # How jobs build images: docs/modes.md helps to choose.
  mode: unprivileged
  # Image of jobs that name none.
  image: quay.io/podman/stable:v5.8.7
  storage:
    # What the images of a job may take of the node's disk.
    size: 20Gi
runners:
  # A runner in GitLab, and the Secret with its token; more runners go below, by name.
  team-a:
    token:
      existingSecret:
        name: gitlab-runner-team-a
        key: token
    # Any key of [[runners]] in config.toml; it wins over what the mode sets.
    config:
      # Jobs of this runner that run at a time.
      limit: 10
      # What a job gets that asks for nothing; the limit spares the node's memory.
      kubernetes:
        cpu_request: "1"
        memory_request: 2Gi
        memory_limit: 4Gi
config:
  # Jobs of all runners that run at a time.
  concurrent: 10
jobs:
  # Namespace of the job pods, which has to exist; empty for the release's own.
  namespace: ""
"""


def test_a_fork_says_what_teams_change_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    file = tmp_path / "values" / "team-a.yaml"

    assert main(["init", "team-a", "--url", "https://gitlab.example.com", "--output", str(file)]) == 0

    assert file.read_text() == FORK


def test_the_schema_for_editors_is_in_the_repository_and_so_on_every_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")

    main(["init", "team-a", "--output", str(tmp_path / "a" / "b" / "team-a.yaml")])
    said = capsys.readouterr().out
    main(["schema", "values"])

    assert f"Editors read {tmp_path / '.podrunner/values.schema.json'}: commit both." in said
    assert (tmp_path / ".podrunner/values.schema.json").read_text() == capsys.readouterr().out
    first = (tmp_path / "a" / "b" / "team-a.yaml").read_text().partition("\n")[0]
    assert first == "# yaml-language-server: $schema=../../.podrunner/values.schema.json"


def test_outside_of_a_repository_the_schema_is_beside_the_file(tmp_path: Path) -> None:
    main(["init", "team-a", "--output", str(tmp_path / "a" / "team-a.yaml")])

    assert (tmp_path / "a" / ".podrunner/values.schema.json").is_file()
    first = (tmp_path / "a" / "team-a.yaml").read_text().partition("\n")[0]
    assert first == "# yaml-language-server: $schema=.podrunner/values.schema.json"


@pytest.mark.parametrize("preset", sorted(Chart.open().presets))
def test_a_fork_of_each_preset_passes_the_check(
    preset: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "fork.yaml"

    assert main(["init", "fork", "--preset", preset, "--output", str(file)]) == 0
    assert main(["check", str(file)]) == 0
    assert "1 case, all passed" in capsys.readouterr().out


def test_a_fork_of_openshift_keeps_what_the_preset_takes_away(tmp_path: Path) -> None:
    file = tmp_path / "fork.yaml"
    main(["init", "fork", "--preset", "openshift", "--output", str(file)])

    values = read_values(file.read_text(), "fork.yaml").data

    assert values["manager"] == {"podSecurityContext": {"runAsUser": None, "runAsGroup": None}}


def test_the_next_commands_are_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["init", "team-a"]) == 0
    assert capsys.readouterr().out.splitlines()[:4] == [
        "team-a.yaml: a fork of the preset unprivileged. Editors read .podrunner/values.schema.json: commit both. Next:",
        "  podrunner check team-a.yaml",
        "  # type or paste the token of the runner, then end with Ctrl-D twice",
        "  kubectl create secret generic gitlab-runner-team-a --namespace ci --from-file=token=/dev/stdin",
    ]
    assert main(["init", "team-b", "-n", "runners"]) == 0
    assert [line.partition("--namespace ")[2].split()[0] for line in capsys.readouterr().out.splitlines()[3:]] == [
        "runners",
        "runners",
    ]
    assert main(["init", "team-a"]) == 2
    assert "team-a.yaml: is there already, and is not written over." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["Team A"], "Team A: a name has 1 to 63 characters of a-z, 0-9 and dashes, as in team-a."),
        (["team-a", "--preset", "privilged"], "No preset `privilged`. Did you mean `privileged`?"),
    ],
)
def test_a_wrong_name_or_preset_is_wrong_use(
    arguments: list[str],
    error: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["init", *arguments]) == 2
    assert error in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
