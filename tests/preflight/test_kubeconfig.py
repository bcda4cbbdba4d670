"""One way to a cluster for every command that asks one: a kubeconfig, and a context of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podrunner.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cluster

# Smoke makes a repository of the built-in pipeline, by git.
COMMANDS = ["explain --pod ci/a", "preflight", pytest.param("smoke", marks=pytest.mark.process)]
CERTIFICATE = """\
current-context: prod
contexts: [{name: prod, context: {cluster: a, user: a}}]
clusters: [{name: a, cluster: {server: "https://127.0.0.1:9", certificate-authority-data: "a"}}]
users: [{name: a, user: {}}]
"""
BROKEN = {"no YAML": "{", "no base64": CERTIFICATE, "no context": "contexts: [{name: prod}]\ncurrent-context: prod\n"}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_kubeconfig_that_cannot_be_used_is_a_sentence(
    command: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")

    code = main([*command.split(), "--kubeconfig", "bad.yaml"])

    said = capsys.readouterr()
    assert code == 2
    assert "bad.yaml: not a usable kubeconfig: " in said.out + said.err


@pytest.mark.parametrize("command", ["explain --pod ci/a", "preflight --no-probe"])
def test_a_context_is_enough_where_none_is_the_current_one(
    command: str, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    write_current(cluster, "")

    code = main([*command.split(), "--kubeconfig", str(cluster.kubeconfig), "--context", "prod"])

    assert code != 2, capsys.readouterr().err


def test_a_context_is_enough_where_the_current_one_is_not_there(cluster: Cluster) -> None:
    write_current(cluster, "current-context: gone")

    code = main(["preflight", "--no-probe", "--kubeconfig", str(cluster.kubeconfig), "--context", "prod"])

    assert code == 0


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        (
            "",
            "{}: not a usable kubeconfig: it has no current-context. `kubectl config use-context NAME` chooses one; "
            "contexts: prod, elsewhere.",
        ),
        (
            "current-context: prdo",
            "current-context prdo: there is none. Did you mean `prod`? Contexts: prod, elsewhere.",
        ),
    ],
)
def test_without_a_context_there_has_to_be_a_current_one(
    current: str, expected: str, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    write_current(cluster, current)

    code = main(["preflight", "--kubeconfig", str(cluster.kubeconfig)])

    assert code == 2
    assert capsys.readouterr().err == f"podrunner: {expected.format(cluster.kubeconfig)}\n"


def write_current(cluster: Cluster, line: str) -> None:
    """Write another line, or none, in place of the one that names the current context."""
    text = cluster.kubeconfig.read_text(encoding="utf-8")
    assert "current-context: prod" in text
    cluster.kubeconfig.write_text(text.replace("current-context: prod", line), encoding="utf-8")
