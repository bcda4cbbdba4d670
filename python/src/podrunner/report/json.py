"""JSON for programs: every case with its findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podrunner.check.result import Result
    from podrunner.findings.finding import Finding


def write(results: Sequence[Result]) -> str:
    """`{"passed": …, "cases": [{"name": …, "passed": …, "findings": [{"rule": …, "severity": …, …}], "suppressed": […]}]}`.

    What is suppressed is a finding with an `origin`, `comment`, `file`, `option` or `select`, and the `reason`.
    """
    cases = [
        {
            "name": result.case.name,
            "passed": result.passed,
            "job_pods": result.job_pods,
            "findings": [_finding(one) for one in result.findings],
            "suppressed": [
                {**_finding(one.finding), "origin": one.origin, "reason": one.reason} for one in result.suppressed
            ],
        }
        for result in results
    ]
    report = {"passed": all(result.passed for result in results), "cases": cases}
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "object": finding.object,
        "path": finding.path,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
    }
