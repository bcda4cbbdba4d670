"""Feature flags of a `.gitlab-ci.yml`."""

from __future__ import annotations

from pathlib import Path

import pytest

from podrunner.pipeline.check import check_pipeline

PIPELINE = """\
variables:
  FF_RETRIEVE_POD_WARNING_EVENTS: "true"
build:
  variables:
    FF_SCRIPT_SECTION: "true"
    FF_SCRIPT_SECTIONS: "true"
  script:
    - echo FF_RETRIEVE_POD_WARNING_EVENTS
"""


def test_flags_that_are_gone_or_misspelt_are_named_by_line(tmp_path: Path) -> None:
    file = tmp_path / ".gitlab-ci.yml"
    file.write_text(PIPELINE)

    found = [(one.rule.code, one.line, one.column, one.message) for one in check_pipeline(file, "19.4")]

    assert found[0][:3] == ("pipeline-removed", 2, 3)
    assert "print_pod_warning_events" in found[0][3]
    assert found[1][:3] == ("pipeline-unknown-flag", 5, 5)
    assert found[1][3].endswith("Did you mean `FF_SCRIPT_SECTIONS`?")
    assert len(found) == 2


def test_a_pipeline_that_is_not_yaml_has_the_line(tmp_path: Path) -> None:
    file = tmp_path / ".gitlab-ci.yml"
    file.write_text("build:\n  script: [\n")

    (finding,) = check_pipeline(file, "19.4")

    assert (finding.rule.code, finding.line) == ("pipeline-yaml", 3)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: \x00", "not YAML: a character that YAML forbids, U+0000."),
        ("a: &a {b: *a}", "not YAML: an anchor is used inside itself."),
    ],
)
def test_a_pipeline_that_cannot_be_walked_is_a_finding(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / ".gitlab-ci.yml"
    file.write_text(text)

    (finding,) = check_pipeline(file, "19.4")

    assert (finding.rule.code, finding.message) == ("pipeline-yaml", reason)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("stages: [test]\n", 1, "there is no job in this file: `NAME:` with `script:` below it."),
        (
            "stages: [test]\nimage:\n  script: [make]\n",
            2,
            "there is no job in this file: `image` is named by a keyword. Give it another name.",
        ),
        (
            ".build:\n  script: [make]\n",
            1,
            "there is no job in this file: `.build` is hidden, as its name begins with a dot. Give it another name.",
        ),
    ],
    ids=["no job", "a keyword", "a hidden job"],
)
def test_a_pipeline_without_a_job_is_told(tmp_path: Path, text: str, line: int, reason: str) -> None:
    file = tmp_path / ".gitlab-ci.yml"
    file.write_text(text)

    (finding,) = check_pipeline(file, "19.4")

    assert (finding.rule.code, finding.severity.value, finding.line) == ("pipeline-no-job", "warning", line)
    assert finding.message == reason


def test_a_pipeline_that_includes_others_may_have_no_job_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / ".gitlab-ci.yml"
    file.write_text("include: [{local: jobs.yml}]\n")

    assert check_pipeline(file, "19.4") == []
