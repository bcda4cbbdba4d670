"""docs/diagnoses.md, made from the catalogue of causes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.explain.catalogue import KINDS, Level, load_catalogue
from podrunner.explain.diagnosis import fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.explain.catalogue import Catalogue, Cause

_HEAD = """\
# What `podrunner explain` knows

<!-- Made from python/src/podrunner/explain/catalogue.yaml by `make generate`. -->

Every cause with its id, a line that it is known by, and the values to change.
[explain.md](explain.md) says how a log is judged.
"""
_GENERAL = "Named as the cause only when nothing more specific is found near it."
_SYMPTOM = "Shown, but never the cause by itself."


def text() -> str:
    """The page, as Markdown."""
    return "\n".join([_HEAD, *_sections(load_catalogue())])


def _sections(catalogue: Catalogue) -> Iterator[str]:
    for kind, heading in KINDS.items():
        yield f"## {heading}\n"
        for entry in catalogue:
            if entry.kind == kind:
                yield from _entry(entry)


def _entry(entry: Cause) -> Iterator[str]:
    yield f"### {entry.id}\n\n**{_sentence(fill(entry.title, {}))}** {fill(entry.cause, {})}\n"
    if entry.level is not Level.CAUSE:
        yield f"{_GENERAL if entry.level is Level.GENERAL else _SYMPTOM}\n"
    yield f"```text\n{entry.samples[0].replace(chr(13), '').strip()}\n```\n"
    yield f"Fix: {fill(entry.fix, {})}\n"
    if entry.values:
        yield f"```yaml\n{fill(entry.values, {})}\n```\n"


def _sentence(title: str) -> str:
    return f"{' '.join(title.split())}."
