"""Findings of objects whose fields say what a value says, at that value: images that float, timeouts of scrapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.path import parse_dotted, value_at
from podrunner.findings.rules.manifests import IMAGE_FLOATING, SCRAPE_TIMEOUT
from podrunner.findings.severity import Severity
from podrunner.manifests.image import split_image
from podrunner.values.places import retold, written_values
from podrunner.values.search import find_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.findings.path import Path
    from podrunner.formats.placed import Values
    from podrunner.manifests.rendering import Rendering


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
