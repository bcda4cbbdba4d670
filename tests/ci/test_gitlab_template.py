"""The template for GitLab CI: what its jobs would run is run, in a team's folder."""

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

TEMPLATE = Path(__file__).parents[2] / "ci/templates/gitlab/podrunner.gitlab-ci.yml"
WRONG = "gitlab: {url: https://gitlab.example.com}\npodman: {moode: privileged}\n"
PACKAGE = "podrunner"  # which is installed here: pip has nothing to do


class _Loader(yaml.SafeLoader):
    """Knows `!reference [job, keyword]`."""


_Loader.add_constructor("!reference", lambda loader, node: tuple(loader.construct_sequence(node)))


def jobs(**inputs: str) -> dict[str, Any]:
    """The template's jobs with its inputs filled in, as GitLab does before it reads the second document."""
    header, text = TEMPLATE.read_text().split("\n---\n")
    known = yaml.safe_load(header)["spec"]["inputs"]
    given = {name: about["default"] for name, about in known.items() if "default" in about} | {"package": PACKAGE}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    filled = re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda found: given[found[1]], text)
    return dict(yaml.load(filled, Loader=_Loader))


def rules(every: dict[str, Any], name: str) -> list[dict[str, str]]:
    """A job's rules with those that it takes from elsewhere, by `extends` or `!reference`."""
    own = every[name].get("rules", every[".podrunner"]["rules"])
    return [one for rule in own for one in (every[rule[0]][rule[1]] if isinstance(rule, tuple) else [rule])]


def holds(condition: str, variables: dict[str, str]) -> bool:
    """An `if` of the few forms that the template uses: texts and variables, compared by == and !=, joined by &&."""

    def value(term: str) -> str:
        return term[1:-1] if term.startswith('"') else variables.get(term.removeprefix("$"), "")

    def one(part: str) -> bool:
        left, operator, right = (*part.split(" "), "!=", '""')[:3]
        return (value(left) == value(right)) is (operator == "==")

    return all(one(part) for part in condition.split(" && "))


def jobs_of_pipeline(every: dict[str, Any], variables: dict[str, str]) -> list[str]:
    """The jobs that GitLab would put into a pipeline: the first rule that holds decides."""
    names = [name for name in every if not name.startswith(".")]
    first = {name: next((one for one in rules(every, name) if holds(one["if"], variables)), None) for name in names}
    return [name for name, rule in first.items() if rule and rule.get("when") != "never"]


MERGE_REQUEST = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_DIFF_BASE_SHA": "1a2b"}
BRANCH = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "topic"}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (MERGE_REQUEST, ["podrunner check", "podrunner diff", "podrunner pytest"]),
        (BRANCH, ["podrunner check", "podrunner pytest"]),
        ({**BRANCH, "CI_OPEN_MERGE_REQUESTS": "platform/values!7"}, []),
        (
            {**BRANCH, "CI_PIPELINE_SOURCE": "schedule", "CI_OPEN_MERGE_REQUESTS": "platform/values!7"},
            ["podrunner check", "podrunner pytest"],
        ),
        ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_TAG": "v1"}, []),
    ],
    ids=["merge request", "branch", "branch with a merge request", "schedule", "tag"],
)
def test_all_jobs_are_in_one_pipeline_and_the_comparison_is_a_merge_requests(
    variables: dict[str, str], expected: list[str]
) -> None:
    assert jobs_of_pipeline(jobs(tests="tests"), variables) == expected


def test_what_is_not_wanted_is_no_job() -> None:
    assert jobs_of_pipeline(jobs(diff=""), MERGE_REQUEST) == ["podrunner check"]


def test_the_package_has_to_be_said_so_that_no_stranger_may_take_its_name() -> None:
    header = yaml.safe_load(TEMPLATE.read_text().split("\n---\n")[0])

    assert [name for name, about in header["spec"]["inputs"].items() if "default" not in about] == ["package"]


def run(job: dict[str, Any], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The lines of a job's script in one shell that stops at the first failure, as GitLab Runner runs them."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    script = "\n".join(["set -eo pipefail", *job["script"]])
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, env=os.environ | {"PATH": path} | variables, capture_output=True, text=True
    )


def mistakes(folder: Path) -> list[dict[str, Any]]:
    """Places of the Code Quality report's findings, apart from its notes."""
    findings = json.loads((folder / "podrunner-codequality.json").read_text())
    return [finding["location"] for finding in findings if finding["severity"] != "info"]


def test_values_that_are_right_pass_and_leave_both_reports(team: Path) -> None:
    done = run(jobs()["podrunner check"], team)

    assert (done.returncode, done.stdout) == (0, f"1 case, all passed{JOB_PODS}\n")
    assert ET.parse(team / "podrunner-junit.xml").getroot().attrib["tests"] == "1"
    assert mistakes(team) == []


def test_a_mistake_fails_the_job_and_is_shown_at_its_line_of_the_merge_request(team: Path) -> None:
    (team / "values/team-b.yaml").write_text(WRONG)

    done = run(jobs()["podrunner check"], team)

    assert done.returncode == 1
    assert "values/team-b.yaml:2:10: error: podman.moode: unknown key. Did you mean `mode`?" in done.stdout
    assert mistakes(team) == [{"path": "values/team-b.yaml", "lines": {"begin": 2}}]


def test_reports_are_the_files_that_the_script_writes() -> None:
    job = jobs()["podrunner check"]

    assert job["artifacts"]["reports"] == {
        "junit": "podrunner-junit.xml",
        "codequality": "podrunner-codequality.json",
    }
    assert all(f"={file}" in job["script"][1] for file in job["artifacts"]["reports"].values())


@pytest.mark.full(reason="it starts pytest, which starts podrunner: three seconds")
def test_a_folder_of_tests_is_run_by_pytest(team: Path) -> None:
    job = jobs(tests="tests")["podrunner pytest"]

    done = run(job, team)

    assert done.returncode == 0, done.stdout
    assert ET.parse(team / "podrunner-pytest.xml").getroot()[0].attrib["tests"] == "1"


def test_the_report_to_open_is_kept(team: Path) -> None:
    job = jobs()["podrunner check"]

    run(job, team)

    assert job["artifacts"]["paths"] == ["podrunner.html"]
    assert "all passed" in (team / "podrunner.html").read_text()


def test_a_merge_request_says_what_it_would_change(repository_of: Callable[[Path], str], team: Path) -> None:
    base = repository_of(team)
    (team / "values/team-a.yaml").write_text(RIGHT + "podman: {mode: privileged}\n")
    job = jobs()["podrunner diff"]

    done = run(job, team, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)

    assert done.returncode == 0, done.stderr
    comment = (team / "podrunner-diff.md").read_text()
    assert comment in done.stdout
    assert "<summary><b>Widens permissions, Pod Security or reach</b> (2)</summary>" in comment
    assert job["artifacts"]["paths"] == ["podrunner-diff.md"]


def test_a_merge_request_that_changes_nothing_says_so_in_a_line(
    repository_of: Callable[[Path], str], team: Path
) -> None:
    base = repository_of(team)
    (team / "values/team-a.yaml").write_text("# Moved.\n" + RIGHT)

    done = run(jobs(diff_options="--all-presets")["podrunner diff"], team, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)

    assert done.stdout.splitlines()[1].endswith("`values`: no difference in 5 cases.")
