"""CRDs that a chart has in crds/: `helm upgrade` makes, changes and removes none of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podrunner.chart.crds import crd_texts
from podrunner.findings.errors import RenderError
from podrunner.manifests.rendering import Document, parse_documents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podrunner.chart.chart import Chart

_SEPARATOR = re.compile(r"^---[ \t]*", re.MULTILINE)


def changed_crds(old: Chart, new: Chart) -> tuple[str, ...]:
    """Those that differ, by their names and what became of them: `lamps.example.com (changed)`, `(new)` or `(gone)`."""
    before, after = _texts(old), _texts(new)
    # What is the same text on both sides need not be read: CRDs are long.
    was, is_now = _by_name(before - after), _by_name(after - before)
    found = []
    for name in sorted(was.keys() | is_now.keys()):
        if name not in was or name not in is_now:
            found.append(f"{name} ({'new' if name in is_now else 'gone'})")
        elif was[name].data != is_now[name].data:
            found.append(f"{name} (changed)")
    return tuple(found)


def _texts(chart: Chart) -> set[str]:
    return {part.strip() for _, text in crd_texts(chart.path) for part in _SEPARATOR.split(text)}


def _by_name(texts: Iterable[str]) -> dict[str, Document]:
    found = {}
    for text in texts:
        try:
            documents = list(parse_documents("crds/", text))
        except RenderError:
            found["a document that is not YAML"] = Document("crds/", text, {})
            continue
        found |= {one.name.partition("/")[2]: one for one in documents}
    return found
