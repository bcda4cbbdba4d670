"""The workflow for GitHub: what its steps would run is run, in a team's repository."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.verdict import JOB_PODS

from .team import RIGHT

pytestmark = pytest.mark.process

TEMPLATE = Path(__file__).parents[2] / "ci/templates/github/podrunner.yml"


# `on` is true for YAML 1.1.
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEMPLATE.read_text())
INPUTS: dict[str, Any] = WORKFLOW[True]["workflow_call"]["inputs"]


def evaluated(text: str, base: str, inputs: dict[str, str]) -> str:
    """The value of an `env` entry: an input with its default, or the base of the pull request."""
    found = re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \|\| '(.*)' \}\}", text)
    if found:
        assert found[1] in INPUTS
        return inputs.get(found[1]) or found[2]
    assert text == "${{ github.event.pull_request.base.sha }}"
    return base


def run(job: str, folder: Path, base: str = "", **inputs: str) -> subprocess.CompletedProcess[str]:
    """The `run` steps of a job one after the other, each in a shell as GitHub starts it, up to the first that fails."""
    env = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
    }
    # The package is installed here: pip has nothing to do.
    given = {"package": "podrunner"} | {name.replace("_", "-"): value for name, value in inputs.items()}
    env |= {name: evaluated(text, base, given) for name, text in WORKFLOW["env"].items()}
    out = ""
    for step in WORKFLOW["jobs"][job]["steps"]:
        if "run" not in step or ("env.TESTS" in step.get("if", "") and not env["TESTS"]):
            continue
        assert "${{" not in step["run"], "a value in a script could be a command: by env"
        own = {name: evaluated(text, base, given) for name, text in step.get("env", {}).items()}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(command, cwd=folder, env=env | own, capture_output=True, text=True)
        out += done.stdout + done.stderr
        if done.returncode:
            return subprocess.CompletedProcess(command, done.returncode, out, "")
    return subprocess.CompletedProcess([], 0, out, "")


def test_values_that_are_right_pass_and_leave_every_report(team: Path) -> None:
    done = run("check", team)

    assert (done.returncode, done.stdout) == (0, f"1 case, all passed{JOB_PODS}\n")
    assert ET.parse(team / "podrunner-junit.xml").getroot().attrib["tests"] == "1"
    assert json.loads((team / "podrunner.sarif").read_text())["version"] == "2.1.0"
    assert "all passed" in (team / "podrunner.html").read_text()


def test_a_mistake_fails_the_job_and_is_a_result_at_its_line(team: Path) -> None:
    (team / "values/team-b.yaml").write_text(RIGHT + "podman: {moode: privileged}\n")

    done = run("check", team)

    assert done.returncode == 1
    assert "values/team-b.yaml:2:10: error: podman.moode: unknown key. Did you mean `mode`?" in done.stdout
    results = json.loads((team / "podrunner.sarif").read_text())["runs"][0]["results"]
    (place,) = [one["locations"][0]["physicalLocation"] for one in results if one["level"] == "error"]
    assert place == {
        "artifactLocation": {"uri": "values/team-b.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 2, "startColumn": 10},
    }


@pytest.mark.full(reason="it starts pytest, which starts podrunner: three seconds")
def test_a_folder_of_tests_is_run_by_pytest(team: Path) -> None:
    done = run("check", team, tests="tests")

    assert done.returncode == 0, done.stdout
    assert ET.parse(team / "podrunner-pytest.xml").getroot()[0].attrib["tests"] == "1"


def test_a_pull_request_says_in_its_summary_what_it_would_change(
    team: Path, repository_of: Callable[[Path], str]
) -> None:
    base = repository_of(team)
    (team / "values/team-a.yaml").write_text(RIGHT + "podman: {mode: privileged}\n")

    done = run("diff", team, base)

    assert done.returncode == 0, done.stdout
    summary = (team / "summary.md").read_text()
    assert summary == (team / "podrunner-diff.md").read_text()
    assert "<summary><b>Widens permissions, Pod Security or reach</b> (2)</summary>" in summary


def test_a_file_and_options_of_the_caller_are_compared(team: Path, repository_of: Callable[[Path], str]) -> None:
    base = repository_of(team)

    done = run("diff", team, base, diff="values/team-a.yaml", diff_options="--all-presets")

    assert done.returncode == 0, done.stdout
    assert "`values/team-a.yaml`: no difference in 5 cases." in (team / "summary.md").read_text()


def test_the_package_has_to_be_said_so_that_no_stranger_may_take_its_name() -> None:
    assert [name for name, about in INPUTS.items() if about.get("required")] == ["package"]
    # Whoever copies the workflow writes an address there: this host is nobody's.
    assert "|| 'podrunner @ git+https://git.example.com/" in WORKFLOW["env"]["PACKAGE"]


def test_jobs_may_read_and_only_the_findings_are_written() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert {name: job.get("permissions") for name, job in WORKFLOW["jobs"].items()} == {
        "check": {"contents": "read", "security-events": "write"},
        "diff": None,
    }


def test_what_is_kept_is_what_the_steps_write() -> None:
    steps = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    kept = " ".join(
        str(step["with"].get("path", step["with"].get("sarif_file", ""))) for step in steps if "with" in step
    )
    written = " ".join(step["run"] for step in steps if "run" in step)

    assert kept.split() == [
        "podrunner.sarif",
        "podrunner-junit.xml",
        "podrunner-pytest.xml",
        "podrunner.html",
        "podrunner-diff.md",
    ]
    assert all(name in written for name in kept.split())
