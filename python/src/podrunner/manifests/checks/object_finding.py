"""A finding at a field of a rendered object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.findings.finding import Finding

if TYPE_CHECKING:
    from podrunner.findings.rules.rule import Rule
    from podrunner.findings.severity import Severity
    from podrunner.manifests.rendering import Document


def object_finding(document: Document, rule: Rule, path: str, reason: str, severity: Severity | None = None) -> Finding:
    """`PATH: REASON`, in the template of the object; `severity` where it is not that of the rule."""
    return Finding(
        rule,
        f"{path}: {reason}",
        object=document.name,
        path=path,
        file=document.template,
        severity=severity or rule.severity,
        reason=reason,
    )
