"""The result model."""

from __future__ import annotations

import pytest

from podrunner.findings.finding import Finding, errors
from podrunner.findings.rules.rule import Rule
from podrunner.findings.rules.values import VALUES_TYPE
from podrunner.findings.severity import Severity

RULE = Rule("x", Severity.ERROR, wrong="It is wrong.", remedy="Correct it.", also=(Severity.WARNING, Severity.NOTE))


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ({}, "error: no. [x]"),
        ({"case": "a"}, "a: error: no. [x]"),
        ({"case": "a", "object": "Pod/p"}, "Pod/p: error: no. [x]"),
        ({"object": "Pod/p", "file": "pod.yaml"}, "pod.yaml: error: Pod/p: no. [x]"),
        ({"file": "pod.yaml", "line": 3}, "pod.yaml:3: error: no. [x]"),
        ({"file": "pod.yaml", "line": 3, "column": 5}, "pod.yaml:3:5: error: no. [x]"),
    ],
)
def test_a_finding_begins_with_the_best_place_it_knows(place: dict[str, object], text: str) -> None:
    assert str(Finding(RULE, "no.", **place)) == text  # type: ignore[arg-type]


def test_only_errors_are_errors() -> None:
    findings = [Finding(RULE, "", severity=severity) for severity in Severity]

    assert [finding.severity for finding in errors(findings)] == [Severity.ERROR]


def test_a_finding_is_as_bad_as_its_rule_unless_it_says_otherwise() -> None:
    assert Finding(RULE, "").severity is Severity.ERROR
    assert Finding(RULE, "", severity=Severity.NOTE).severity is Severity.NOTE


def test_a_finding_cannot_be_what_its_rule_does_not_allow() -> None:
    with pytest.raises(ValueError, match="a finding of values-type cannot be a note"):
        Finding(VALUES_TYPE, "", severity=Severity.NOTE)
