"""What is wrong with objects of the chart after their patches (manager.patches), told at what a patch writes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from podrunner.findings.path import parse_dotted, value_at
from podrunner.manifests.objects import table
from podrunner.runner.job_pod.patches import MERGE_KEYS
from podrunner.values.places import retold, written_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.findings.path import Path
    from podrunner.formats.placed import Values
    from podrunner.manifests.rendering import Rendering

# Template of an object → key of its patch.
_PATCHES = {
    "templates/manager/deployment.yaml": "workload",
    "templates/manager/statefulset.yaml": "workload",
    "templates/manager/service.yaml": "service",
    "templates/manager/session-service.yaml": "sessionService",
    "templates/manager/networkpolicy.yaml": "networkPolicy",
    "templates/manager/poddisruptionbudget.yaml": "podDisruptionBudget",
    "templates/monitoring/service.yaml": "metricsService",
}
# What items of lists are joined by; those of a Service by their port.
_KEYS = tuple(dict.fromkeys((*MERGE_KEYS.values(), "port")))


def at_patches(findings: Iterable[Finding], rendering: Rendering, layers: Sequence[Values]) -> Iterator[Finding]:
    """All findings of objects, those of a field that a patch writes at that field of the patch."""
    patches = table(table(written_values(layers).get("manager")).get("patches"))
    objects = {(one.name, one.template): one.data for one in rendering.documents} if patches else {}
    for finding in findings:
        key = _PATCHES.get(finding.file, "")
        data = objects.get((finding.object, finding.file))
        within = _within(patches.get(key), data, parse_dotted(finding.path)) if data and finding.path else None
        if within is None or not finding.reason:
            yield finding
            continue
        at = ("manager", "patches", key, *within, *((finding.missing,) if finding.missing else ()))
        told = retold(finding, layers, at, f"{finding.reason} ({finding.path})")
        yield replace(told, reason=finding.reason)


def _within(patch: Any, data: Any, path: Path) -> Path | None:
    """Where a patch writes the field at `path` of the object; None where it does not."""
    found: list[str | int] = []
    for depth, part in enumerate(path):
        if isinstance(patch, dict) and part in patch:
            found.append(part)
        elif isinstance(patch, list) and isinstance(part, int):
            place = _place(patch, value_at(data, path[: depth + 1]))
            if place is None:
                return None
            part = place
            found.append(place)
        else:
            # A value that the patch writes is all of it; a map or list has other parts that are not the patch's.
            return tuple(found) if depth and not isinstance(patch, dict | list) else None
        patch = patch[part]
    return tuple(found)


def _place(items: list[Any], item: Any) -> int | None:
    """Which item of a patch is laid over an item of the object."""
    if item in items:
        return items.index(item)
    if not isinstance(item, dict):
        return None
    by = next((key for key in _KEYS if key in item and any(key in table(one) for one in items)), "")
    return next((place for place, one in enumerate(items) if by and table(one).get(by) == item[by]), None)
