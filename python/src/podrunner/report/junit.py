"""JUnit XML, as GitLab and Jenkins show it: a test case for each case."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from podrunner.report.place import placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podrunner.check.result import Result

# Characters that XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write(results: Sequence[Result]) -> str:
    """One suite `podrunner check`; the failure of a case lists what makes it fail, its output the other findings."""
    failed = sum(not result.passed for result in results)
    counts = {"name": "podrunner check", "tests": str(len(results)), "failures": str(failed), "errors": "0"}
    root = ET.Element("testsuites", counts)
    suite = ET.SubElement(root, "testsuite", {**counts, "skipped": "0"})
    for result in results:
        _add_case(suite, result)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _add_case(suite: ET.Element, result: Result) -> None:
    attributes = {"classname": "podrunner.check.checker", "name": _clean(result.case.name)}
    wrong = result.failing
    file = placed(wrong[0], result).file if wrong else ""
    if file:
        attributes["file"] = file
    case = ET.SubElement(suite, "testcase", attributes)
    if wrong:
        failure = ET.SubElement(case, "failure", {"type": wrong[0].rule.code, "message": _clean(wrong[0].message)})
        failure.text = _clean("\n".join(str(finding) for finding in wrong))
    others = [str(finding) for finding in result.findings if finding not in wrong]
    if others:
        ET.SubElement(case, "system-out").text = _clean("\n".join(others))


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("?", text)
