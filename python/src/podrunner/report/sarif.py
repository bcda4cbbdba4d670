"""SARIF 2.1.0: what code hosts and editors show beside the lines.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/, without libraries: those there are have had no release for years,
and what is written is four levels of maps.
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from podrunner import __version__
from podrunner.findings.severity import Severity
from podrunner.report.fingerprint import fingerprint
from podrunner.report.place import placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podrunner.check.result import Result
    from podrunner.findings.finding import Finding
    from podrunner.findings.rules.rule import Rule

# The name that code hosts know for the top folder of the repository.
ROOT = "%SRCROOT%"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_ORDER = list(_LEVELS)


def write(results: Sequence[Result]) -> str:
    """One run, the same finding of many cases once, with their names. Rules are those that were found.

    A finding without a file is a notification: code hosts refuse a result that has no place.
    """
    found: dict[str, tuple[Finding, list[str]]] = {}
    for result in results:
        for one in result.findings:
            finding = placed(one, result)
            _, cases = found.setdefault(fingerprint(finding), (finding, []))
            cases.append(result.case.name)
    rules = _rules(finding for finding, _ in found.values())
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "podrunner", "version": __version__, "rules": rules}},
        # Paths are those of the current folder, wherever a viewer has it.
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder in which podrunner ran."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(key, *entry, index) for key, entry in found.items() if entry[0].file],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    _notification(one, cases) for one, cases in found.values() if not one.file
                ],
            }
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rules(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The rules of some findings by name, each with the worst level it was found at."""
    worst: dict[Rule, Severity] = {}
    for finding in findings:
        worst[finding.rule] = min(finding.severity, worst.get(finding.rule, Severity.NOTE), key=_ORDER.index)
    return [_rule(rule, worst[rule]) for rule in sorted(worst, key=str)]


def _rule(rule: Rule, severity: Severity) -> dict[str, Any]:
    text = f"What is wrong: {rule.wrong} What to do: {rule.remedy}"
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.wrong.replace("`", "")},
        "fullDescription": {"text": text.replace("`", "")},
        "help": {
            "text": text.replace("`", ""),
            "markdown": f"**What is wrong:** {rule.wrong}\n\n**What to do:** {rule.remedy}",
        },
        "defaultConfiguration": {"level": _LEVELS[severity]},
    }


def _result(key: str, finding: Finding, cases: list[str], index: dict[str, int]) -> dict[str, Any]:
    return {
        "ruleId": finding.rule.code,
        "ruleIndex": index[finding.rule.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [_location(finding)],
        "partialFingerprints": {"podrunner/v1": key},
        "properties": {"cases": list(dict.fromkeys(cases))},
    }


def _notification(finding: Finding, cases: list[str]) -> dict[str, Any]:
    return {
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "associatedRule": {"id": finding.rule.code},
        "properties": {"cases": list(dict.fromkeys(cases))},
    }


def _message(finding: Finding) -> str:
    return f"{finding.object}: {finding.message}" if finding.object else finding.message


def _location(finding: Finding) -> dict[str, Any]:
    place = {"startLine": max(finding.line, 1), **({"startColumn": finding.column} if finding.column else {})}
    names = [{"fullyQualifiedName": name} for name in (finding.object, finding.path) if name]
    physical = {"physicalLocation": {"artifactLocation": _artifact(finding.file), "region": place}}
    return physical | ({"logicalLocations": names} if names else {})


def _artifact(file: str) -> dict[str, str]:
    """A URI reference; relative ones are below the folder in which podrunner ran."""
    path = PurePath(file)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix()), "uriBaseId": ROOT}
