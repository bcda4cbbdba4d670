"""Findings of objects whose fields say what a value says, at that value: images that float, what is written in full."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from podrunner.check.extra_objects import TEMPLATE
from podrunner.findings.path import dotted, parse_dotted, value_at
from podrunner.findings.rules.manifests import (
    CONTAINER_NAME,
    IMAGE_FLOATING,
    KUBERNETES_SCHEMA,
    LIST_DUPLICATE,
    SCRAPE_TIMEOUT,
    SECRET_IN_PLAIN_SIGHT,
)
from podrunner.findings.severity import Severity
from podrunner.manifests.image import split_image
from podrunner.manifests.objects import HOOK_ANNOTATION
from podrunner.values.places import retold, written_values
from podrunner.values.search import find_value, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.findings.path import Path
    from podrunner.formats.placed import Values
    from podrunner.manifests.rendering import Document, Rendering

# What may be wrong with a part of an object that values write in full.
_OF_PARTS = (CONTAINER_NAME, KUBERNETES_SCHEMA, LIST_DUPLICATE, SECRET_IN_PLAIN_SIGHT)


def at_their_values(findings: Iterable[Finding], rendering: Rendering, layers: Sequence[Values]) -> Iterator[Finding]:
    """Findings of objects, those of images at the value where one of the layers writes the image, or its tag, and timeouts.

    The pod of `helm test` has the image of jobs, whose finding is another one.
    """
    values = written_values(layers)
    for finding in findings:
        is_told = finding.rule in (IMAGE_FLOATING, SCRAPE_TIMEOUT) and finding.severity is not Severity.NOTE
        written = _written(values, _text(finding, rendering), finding.path) if is_told else None
        if written is None:
            yield finding
            continue
        yield retold(finding, layers, written, f"{finding.reason} ({finding.path})")


def at_written_parts(findings: Iterable[Finding], rendering: Rendering, layers: Sequence[Values]) -> Iterator[Finding]:
    """Findings of objects, those of the fields of a map or list that one of the layers writes as it is, at the field there.

    Such as an affinity, a container or a port. The pod of `helm test` has what jobs have, of which others tell; so it is of extraObjects.
    """
    values = written_values(layers)
    documents = {
        (one.name, one.template): one
        for one in rendering.documents
        if HOOK_ANNOTATION not in one.text and one.template != TEMPLATE
    }
    for finding in findings:
        document = documents.get((finding.object, finding.file))
        is_told = finding.rule in _OF_PARTS and finding.severity is not Severity.NOTE and finding.path
        written = _part(values, document, parse_dotted(finding.path)) if document and is_told else None
        if written is None or not finding.reason:
            yield finding
            continue
        at = (*written, finding.missing) if finding.missing else written
        told = retold(finding, layers, at, f"{finding.reason} ({finding.path})")
        yield replace(told, reason=finding.reason)


def _part(values: dict[str, Any], document: Document, path: Path) -> Path | None:
    """Where the field is written, as part of the nearest map or list around it that is."""
    for end in range(len(path), 0, -1):
        made = value_at(document.data, path[:end])
        if not isinstance(made, dict | list) or not made:
            continue
        places = [*_equal(values, made, ())]
        if places:
            # Of items that are the same, the first is not at fault; what is above is one more word of it.
            words = words_of(dotted(path))
            most = max(len(words & words_of(dotted(one))) for one in places)
            best = [one for one in places if len(words & words_of(dotted(one))) == most]
            return (*best[-1], *path[end:])
    return None


def _equal(data: Any, made: Any, path: Path) -> Iterator[Path]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for part, below in items:
        if below == made:
            yield (*path, part)
        yield from _equal(below, made, (*path, part))


def _text(finding: Finding, rendering: Rendering) -> str:
    for document in rendering.documents:
        if (document.name, document.template) == (finding.object, finding.file):
            text = value_at(document.data, parse_dotted(finding.path))
            # There may be another object of the same name.
            if text is not None:
                return str(text)
    return ""


def _written(values: dict[str, Any], text: str, path: str) -> Path | None:
    parts = (text, split_image(text)[1])
    return next((found for part in parts if part and (found := find_value(values, part, path))), None)
