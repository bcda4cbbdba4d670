"""What the cases rendered, each text once: most documents of a matrix are the same in many cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from podrunner.manifests import take_lists_apart
from podrunner.manifests.pods import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.check import Result
    from podrunner.helm import Document, Rendering


@dataclass(slots=True)
class Text:
    """One YAML document or config.toml: `source` is its template, `cases` those that rendered exactly this."""

    number: int
    label: str
    source: str
    text: str
    cases: list[str] = field(default_factory=list)


def collect_texts(results: Sequence[Result]) -> tuple[list[Text], dict[str, list[Text]]]:
    """(all texts, case → its texts, config.toml first)."""
    found: dict[tuple[str, str], Text] = {}
    of_case: dict[str, list[Text]] = {}
    for result in results:
        for label, source, text in _texts(result.rendering) if result.rendering else ():
            one = found.setdefault((label, text), Text(len(found), label, source, text))
            shown = of_case.setdefault(result.case.name, [])
            if one not in shown:
                one.cases.append(result.case.name)
                shown.append(one)
    return list(found.values()), of_case


def _texts(rendering: Rendering) -> Iterator[tuple[str, str, str]]:
    # A list may have Secrets in it.
    rendering = take_lists_apart(rendering)
    sources = {document.name: document.template for document in rendering.documents}
    for name, text in rendering.config_texts.items():
        yield "config.toml", sources.get(f"ConfigMap/{name}", ""), text
    for document in rendering.documents:
        yield document.name, document.template, _without_secrets(document)


def _without_secrets(document: Document) -> str:
    """The text, and of a Secret only the names in it: reports are kept and sent around."""
    if document.data.get("kind") != "Secret":
        return document.text
    hidden = {part: dict.fromkeys(table(document.data.get(part)), "(not shown)") for part in ("data", "stringData")}
    data = document.data | {part: values for part, values in hidden.items() if values}
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
