"""The command line: help, exit codes, wrong use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from podrunner.cli.main import main
from podrunner.cli.parser import COMMANDS
from tests.verdict import JOB_PODS


@pytest.mark.parametrize("command", [[], ["check"], ["render"], ["diff"], ["images"]])
def test_help_is_there_for_every_command(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([*command, "--help"])

    assert exit_.value.code == 0
    assert capsys.readouterr().out.startswith(" ".join(["usage: podrunner", *command]))


@pytest.mark.parametrize("command", ["check", "render", "diff", "images"])
def test_help_has_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])

    assert f"examples:\n  podrunner {command}" in capsys.readouterr().out


WRONG = {
    "chekc": f"there is no command `chekc`. Did you mean `check`? Commands: {', '.join(COMMANDS)}.",
    "": "the following arguments are required: COMMAND. See `podrunner --help`.",
    "check --preset privilegd": (
        "No preset `privilegd`. Did you mean `privileged`? "
        "Presets: openshift, privileged, unprivileged, unprivileged-root, user-namespace."
    ),
    "check nowhere.yaml": "nowhere.yaml: no such file.",
    "check --matrix nowhere.yaml": "nowhere.yaml: cannot be read: No such file or directory.",
    "check --format sarf": (
        "--format sarf: no format `sarf`. Did you mean `sarif`? Formats: text, json, junit, codequality, sarif, html."
    ),
    "check --format junitt=x.xml": (
        "--format junitt=x.xml: no format `junitt`. Did you mean `junit`? Formats: text, json, junit, codequality, sarif, html."
    ),
    "check --kube-version latest": "`latest` is not a Kubernetes version. Write it like 1.34 or 1.34.2.",
    "check --case preset=privilegd": (
        "--case preset=privilegd: no such case. Did you mean `preset=privileged`? "
        "Cases: preset=openshift, preset=privileged, preset=unprivileged, preset=unprivileged-root, "
        "preset=user-namespace."
    ),
    "check --chart /nonexistent": "/nonexistent: no chart here, there is no Chart.yaml. Give the chart's directory.",
    "check --strategy al": (
        "argument --strategy: invalid choice: 'al' (choose from 'full', 'pairwise', 'each'). See `podrunner check --help`."
    ),
    "render --set podman": '--set podman: key "podman" has no value. Write key.path=value.',
}


@pytest.mark.parametrize("arguments", WRONG)
def test_wrong_use_is_one_sentence_and_exit_code_2(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    exit_code = main(arguments.split())

    out, err = capsys.readouterr()
    assert (exit_code, out, err) == (2, "", f"podrunner: {WRONG[arguments]}\n")


@pytest.mark.process
def test_without_helm_the_command_renderer_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    exit_code = main(["check", "--helm", "command"])

    assert exit_code == 2
    assert capsys.readouterr().err == (
        "podrunner: --helm command: there is no program `helm` on PATH. Install Helm, or leave the option out.\n"
    )


@pytest.mark.process
def test_the_command_runs_as_a_module_and_prints_plainly_into_a_pipe(checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "podrunner", "check"], capture_output=True, text=True, check=False, cwd=checkout
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == f"5 cases, all passed: 1 note{JOB_PODS}"


@pytest.mark.process
def test_a_reader_that_goes_away_is_no_error(checkout: Path) -> None:
    command = f"{sys.executable} -m podrunner render --preset privileged --set gitlab.url=https://example.com | head -1"

    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False, cwd=checkout
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "---\n", "")


@pytest.mark.process
def test_help_needs_nothing_heavy(checkout: Path) -> None:
    code = (
        "import sys; from podrunner.cli.main import main\n"
        "try: main(['check', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'yaml', 'helm_python', 'jsonschema_rs', 'rich', 'pytest', 'kubernetes', 'argcomplete'} & set(sys.modules)), file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})

    assert done.stderr == "[]\n"
