"""GitLab's Code Quality report: what a merge request shows beside the changed lines.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from podrunner.findings.severity import Severity
from podrunner.report.fingerprint import fingerprint
from podrunner.report.place import placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podrunner.check.result import Result
    from podrunner.findings.finding import Finding

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def write(results: Sequence[Result]) -> str:
    """One entry for each finding that has a place, the same finding of many cases once."""
    entries: dict[str, dict[str, object]] = {}
    for result in results:
        for found in result.findings:
            finding = placed(found, result)
            # GitLab drops the whole report for one entry without a file.
            if finding.file:
                entry = _entry(finding)
                entries.setdefault(str(entry["fingerprint"]), entry)
    return json.dumps(list(entries.values()), indent=2, ensure_ascii=False) + "\n"


def _entry(finding: Finding) -> dict[str, object]:
    subject = f"{finding.object}: " if finding.object else ""
    return {
        "description": f"{subject}{finding.message}",
        "check_name": finding.rule.code,
        "fingerprint": fingerprint(finding),
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": finding.file, "lines": {"begin": max(finding.line, 1)}},
    }
