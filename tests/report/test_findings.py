"""The result model."""

from __future__ import annotations

import pytest

from podrunner.findings.finding import Finding, Severity, errors


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
    assert str(Finding("x", Severity.ERROR, "no.", **place)) == text  # type: ignore[arg-type]


def test_only_errors_are_errors() -> None:
    findings = [Finding("x", severity, "") for severity in Severity]

    assert [finding.severity for finding in errors(findings)] == [Severity.ERROR]
