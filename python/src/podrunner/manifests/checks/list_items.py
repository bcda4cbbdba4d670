"""Items that stand twice in a list whose items server-side apply tells apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.findings.path import dotted
from podrunner.findings.rules.manifests import LIST_DUPLICATE
from podrunner.findings.severity import Severity
from podrunner.manifests.checks.object_finding import object_finding
from podrunner.manifests.schemas.kinds import find_schema
from podrunner.manifests.schemas.list_keys import repeated_items

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.manifests.rendering import Document


def check_list_items(document: Document, version: tuple[int, int], wrong: Sequence[Finding]) -> Iterator[Finding]:
    """A warning for each, where the list is not among what is `wrong` already: the API server always refuses some."""
    schema = find_schema(str(document.data.get("apiVersion")), str(document.data.get("kind")), version)
    for one in repeated_items(document.data, schema.schema) if schema else ():
        around = dotted(one.path[:-1])
        if any(finding.path.startswith(around) for finding in wrong):
            continue
        what = ", ".join(f"{name} {value}" for name, value in one.keys.items()) or "the same value"
        reason = (
            f"{what} stands in item {one.before} of the list, too. Server-side apply, which Helm 4 uses, refuses that; "
            "Helm 3 takes both. Keep one."
        )
        yield object_finding(document, LIST_DUPLICATE, dotted(one.path), reason, Severity.WARNING)
