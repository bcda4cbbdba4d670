"""JSON and GitLab Code Quality."""

from __future__ import annotations

import json
from dataclasses import replace

from podrunner.cases.case import Case
from podrunner.check.result import Result
from podrunner.findings.finding import Finding
from podrunner.findings.rules.values import RENDER, VALUES_TYPE
from podrunner.findings.severity import Severity
from podrunner.report import codequality
from podrunner.report import json as json_report

TYPE = Finding(VALUES_TYPE, "limit: text.", case="b", path="limit", file="team.yaml", line=6, column=7)
NOWHERE = Finding(replace(RENDER, severity=Severity.WARNING), "no.", case="a")
RESULTS = [Result(Case("a"), (TYPE, NOWHERE)), Result(Case("b"), (TYPE,)), Result(Case("c"))]


def test_json_has_every_case_and_every_field() -> None:
    report = json.loads(json_report.write(RESULTS))

    assert report["passed"] is False
    assert [(case["name"], case["passed"], len(case["findings"])) for case in report["cases"]] == [
        ("a", False, 2),
        ("b", False, 1),
        ("c", True, 0),
    ]
    assert report["cases"][1]["findings"] == [
        {
            "rule": "values-type",
            "severity": "error",
            "message": "limit: text.",
            "object": "",
            "path": "limit",
            "file": "team.yaml",
            "line": 6,
            "column": 7,
        }
    ]


def test_code_quality_has_each_finding_once_and_only_those_with_a_file() -> None:
    (entry,) = json.loads(codequality.write(RESULTS))

    fingerprint = entry.pop("fingerprint")
    assert len(fingerprint) == 32
    assert entry == {
        "description": "limit: text.",
        "check_name": "values-type",
        "severity": "major",
        "location": {"path": "team.yaml", "lines": {"begin": 6}},
    }


def test_a_finding_that_moved_keeps_its_fingerprint() -> None:
    from dataclasses import replace

    moved = [Result(Case("a"), (replace(TYPE, line=9),))]

    assert (
        json.loads(codequality.write(moved))[0]["fingerprint"]
        == json.loads(codequality.write(RESULTS))[0]["fingerprint"]
    )
