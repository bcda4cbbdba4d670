"""SARIF 2.1.0: what code hosts and editors show beside the lines.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/, without libraries: those there are have had no release for years,
and what is written is four levels of maps.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from podrunner import __version__
from podrunner.findings.severity import Severity
from podrunner.report.fingerprint import fingerprint
from podrunner.report.place import placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podrunner.check.result import Result, Suppressed
    from podrunner.findings.finding import Finding
    from podrunner.findings.rules.rule import Rule

# The name that code hosts know for the top folder of the repository.
ROOT = "%SRCROOT%"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_ORDER = list(_LEVELS)
# The origin of what a comment ignores, beside the finding.
_IN_SOURCE = "comment"


@dataclass(slots=True)
class _Entry:
    """A finding with its cases, and why it is suppressed if it is."""

    finding: Finding
    suppressed: Suppressed | None = None
    cases: list[str] = field(default_factory=list)


def write(results: Sequence[Result]) -> str:
    """One run, the same finding of many cases once, with their names. Rules are those that were found.

    A finding without a file is a notification: code hosts refuse a result that has no place.
    """
    found = _collect(results)
    rules = _rules(one.finding for one in found.values())
    run = {
        "tool": {"driver": {"name": "podrunner", "version": __version__, "rules": rules}},
        # Paths are those of the current folder, wherever a viewer has it.
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder in which podrunner ran."}}},
        "columnKind": "unicodeCodePoints",
        "results": _results(found, {rule["id"]: number for number, rule in enumerate(rules)}),
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_notification(one) for one in found.values() if not one.finding.file],
            }
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _collect(results: Sequence[Result]) -> dict[str, _Entry]:
    """Fingerprint → finding. What is told of one case is told, though it is ignored in others."""
    told: dict[str, _Entry] = {}
    hidden: dict[str, _Entry] = {}
    for result in results:
        for found in result.findings:
            finding = placed(found, result)
            told.setdefault(fingerprint(finding), _Entry(finding)).cases.append(result.case.name)
        for one in result.suppressed:
            finding = placed(one.finding, result)
            hidden.setdefault(fingerprint(finding), _Entry(finding, one)).cases.append(result.case.name)
    return {**told, **{key: entry for key, entry in hidden.items() if key not in told}}


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


def _results(found: dict[str, _Entry], index: dict[str, int]) -> list[dict[str, Any]]:
    # The standard wants `suppressions` of all results or of none.
    says_all = any(entry.suppressed for entry in found.values())
    return [_result(key, entry, index, says_all) for key, entry in found.items() if entry.finding.file]


def _result(key: str, entry: _Entry, index: dict[str, int], says_all: bool) -> dict[str, Any]:
    finding = entry.finding
    result = {
        "ruleId": finding.rule.code,
        "ruleIndex": index[finding.rule.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [_location(finding)],
        "partialFingerprints": {"podrunner/v1": key},
        "properties": {"cases": list(dict.fromkeys(entry.cases))},
    }
    return result | ({"suppressions": _suppressions(entry.suppressed)} if says_all else {})


def _suppressions(why: Suppressed | None) -> list[dict[str, str]]:
    if why is None:
        return []
    return [{"kind": "inSource" if why.origin == _IN_SOURCE else "external", "justification": why.reason}]


def _notification(entry: _Entry) -> dict[str, Any]:
    # Notifications cannot be suppressed: the standard leaves properties to whoever writes them.
    why = {"suppressed": entry.suppressed.reason} if entry.suppressed else {}
    return {
        "level": _LEVELS[entry.finding.severity],
        "message": {"text": _message(entry.finding)},
        "associatedRule": {"id": entry.finding.rule.code},
        "properties": {"cases": list(dict.fromkeys(entry.cases)), **why},
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
