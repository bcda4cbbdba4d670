"""A comparison for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from podrunner.manifests.difference.objects import ABSENT

if TYPE_CHECKING:
    from podrunner.diff.entry import DiffEntry
    from podrunner.diff.report import Comparison


def write(comparison: Comparison) -> str:
    """`{"old", "new", "differs", "cases": [...], "refused": [...], "changes": [{"consequence", "path", …}]}`."""
    changes = [
        {
            **_entry(group.entry),
            # Objects carry the name of their release, which is another one in another case.
            "cases": [{"case": case, "object": name} for case, name in zip(group.cases, group.subjects, strict=True)],
        }
        for group in comparison.groups
    ]
    report = {
        "old": comparison.old,
        "new": comparison.new,
        "differs": bool(comparison.groups),
        "cases": comparison.cases,
        "refused": [{"case": case, "reason": reason} for case, reason in comparison.refused.items()],
        "changes": changes,
        "unsteady": comparison.unsteady,
        "crds": comparison.crds,
    }
    return json.dumps(report, indent=2, ensure_ascii=False, default=str) + "\n"


def _entry(entry: DiffEntry) -> dict[str, Any]:
    """`field` is false for what follows from several fields, such as a Pod Security level."""
    found: dict[str, Any] = {
        "consequence": entry.consequence.name.lower(),
        "object": entry.subject,
        "field": entry.difference is not None,
        "path": entry.path,
        "text": entry.text,
        "advice": entry.advice,
    }
    difference = entry.difference
    if difference and difference.parts and difference.identity.kind != "Secret":
        before, after = difference.shown
        sides = {"before": before, "after": after}
        found |= {name: value for name, value in sides.items() if value is not ABSENT}
    return found
