"""What the cases rendered, each text once: most documents of a matrix are the same in many cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import yaml

from podrunner.manifests.checks.lists import flatten_lists
from podrunner.manifests.checks.secrets import secrets_of_config
from podrunner.manifests.objects import table
from podrunner.manifests.rendering import CONFIG_TOML
from podrunner.secrets.find import find_secrets
from podrunner.secrets.redact import REDACTED, Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.check.result import Result
    from podrunner.manifests.rendering import Document, Rendering


# Most texts of a matrix are those of other cases, too.
_KEPT = 4096


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
        for label, source, text in _texts(result.rendering, result.case.redactor) if result.rendering else ():
            one = found.setdefault((label, text), Text(len(found), label, source, text))
            shown = of_case.setdefault(result.case.name, [])
            if one not in shown:
                one.cases.append(result.case.name)
                shown.append(one)
    return list(found.values()), of_case


def _texts(rendering: Rendering, redactor: Redactor) -> Iterator[tuple[str, str, str]]:
    # A list may have Secrets in it.
    rendering = flatten_lists(rendering)
    for config in rendering.configs:
        yield CONFIG_TOML, config.template, _redacted_config(config.toml.text, redactor)
    for document in rendering.documents:
        yield document.name, document.template, _redacted(document, redactor)


@lru_cache(maxsize=_KEPT)
def _redacted_config(text: str, redactor: Redactor) -> str:
    return redactor.knowing(*(one.text for one in secrets_of_config(text))).redact(text)


@lru_cache(maxsize=_KEPT)
def _redacted(document: Document, redactor: Redactor) -> str:
    """The text without secrets, those that `redactor` knows included, and of a Secret only the names in it: reports are kept and sent around."""
    if document.data.get("kind") != "Secret":
        texts = table(document.data.get("data")).values() if document.data.get("kind") == "ConfigMap" else ()
        inside = [one for text in texts if isinstance(text, str) for one in secrets_of_config(text)]
        known = [one.text for one in (*find_secrets(document.data), *inside)]
        return redactor.knowing(*known).redact(document.text)
    hidden = {part: dict.fromkeys(table(document.data.get(part)), REDACTED) for part in ("data", "stringData")}
    data = document.data | {part: values for part, values in hidden.items() if values}
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
