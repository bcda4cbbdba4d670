"""The Tab key, in real shells."""

from __future__ import annotations

import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from podrunner.cli.main import main

# A line to complete → what may come next.
LINES = {
    "podrunner che": ["check"],
    "podrunner check --pres": ["--preset"],
    "podrunner check --preset un": ["unprivileged", "unprivileged-root"],
    "podrunner check --chart tests/fixtures/charts/small --preset q": ["quiet"],
    "podrunner check --format j": ["json", "junit"],
    "podrunner diff --format ": ["text", "json", "markdown"],
    "podrunner check --kube-version 1.3": [f"1.{minor}" for minor in range(30, 38)],
    "podrunner check tests/fixtures/values/unknown-m": ["tests/fixtures/values/unknown-mode.yaml"],
    "podrunner rule values-t": ["values-type"],
    "podrunner check --ignore values-t": ["values-type"],
    "podrunner check --select ignore-": ["ignore-unused"],
    "podrunner check --fail-on ": ["error", "warning", "note"],
    "podrunner schema ": ["values", "matrix", "policy"],
    "podrunner render --show manager/dep": ["manager/deployment.yaml"],
    "podrunner preflight --kubeconfig {kubeconfig} --context pr": ["prod"],
    "podrunner import --mode p": ["privileged"],
    "podrunner completion f": ["fish"],
}
BASH = """
source <(podrunner completion bash)
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9 COMPREPLY=()
_python_argcomplete podrunner
printf '%s\\n' "${COMPREPLY[@]}"
"""
FISH = "podrunner completion fish | source; complete --do-complete "
ZSH = "autoload -U compinit; compinit -D; source <(podrunner completion zsh); PS1=; echo re''ady\n"


@pytest.fixture
def shell_environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a shell that has the command, and no settings of its own."""
    (tmp_path / "kubeconfig").write_text("contexts: [{name: prod}, {name: lab}]\n")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "HOME": str(tmp_path), "ZDOTDIR": str(tmp_path), "TERM": "dumb"}


@pytest.fixture
def found(request: pytest.FixtureRequest) -> str:
    """A shell, or skip."""
    shell: str = request.param
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell} on PATH; apt-get install {shell} brings it")
    return shell


@pytest.mark.process
@pytest.mark.parametrize("line", LINES)
def test_bash_completes(line: str, shell_environment: dict[str, str], tmp_path: Path, checkout: Path) -> None:
    typed = line.format(kubeconfig=tmp_path / "kubeconfig")
    command = ["bash", "--norc", "-c", BASH, "bash", typed]

    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=checkout, env=shell_environment)

    assert done.stdout.split() == LINES[line]


@pytest.mark.process
@pytest.mark.parametrize("found", ["fish"], indirect=True)
def test_fish_completes(found: str, shell_environment: dict[str, str], checkout: Path) -> None:
    for line in ("podrunner che", "podrunner check --preset un", "podrunner rule values-t"):
        command = [found, "--no-config", "-c", FISH + shlex.quote(line)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=checkout, env=shell_environment)

        assert [one.split("\t")[0].strip() for one in done.stdout.splitlines()] == LINES[line]


@pytest.mark.process
@pytest.mark.parametrize("found", ["zsh"], indirect=True)
def test_zsh_completes(found: str, shell_environment: dict[str, str], checkout: Path) -> None:
    ours, theirs = pty.openpty()
    command = [found, "-f", "-i"]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=checkout, env=shell_environment):
        os.close(theirs)
        os.write(ours, ZSH.encode())
        wait_for(ours, "ready")

        os.write(ours, b"podrunner rule values-t\t")
        wait_for(ours, "values-type")
        os.write(ours, b"\x15exit\n")
    os.close(ours)


def wait_for(terminal: int, text: str) -> None:
    """Read what a shell prints until a text is there."""
    said, deadline = "", time.monotonic() + 120
    while text not in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|[\b\r]", "", said):
        assert time.monotonic() < deadline, said
        said += os.read(terminal, 4096).decode(errors="replace")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_printed_for_each_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert "_ARGCOMPLETE" in capsys.readouterr().out


@pytest.mark.process
def test_what_goes_wrong_suggests_nothing_and_says_nothing(shell_environment: dict[str, str], tmp_path: Path) -> None:
    line = "podrunner check --chart nowhere --preset p"
    command = ["bash", "--norc", "-c", BASH, "bash", line]

    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path, env=shell_environment)

    assert (done.stdout.split(), done.stderr) == ([], "")


@pytest.mark.process
def test_presets_are_those_of_the_chart_that_the_policy_names(
    shell_environment: dict[str, str], tmp_path: Path, small_chart: Path
) -> None:
    (tmp_path / "podrunner.toml").write_text(f'chart = "{small_chart}"\n')
    command = ["bash", "--norc", "-c", BASH, "bash", "podrunner render --preset l"]

    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path, env=shell_environment)

    assert (done.stdout.split(), done.stderr) == (["loud"], "")
