"""An ApplicationSet of Argo CD: what its generators fill into the template."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import FindingsError
from podrunner.findings.finding import Finding
from podrunner.findings.rules.importing import IMPORT_TEMPLATE
from podrunner.importing.nodes import below, in_place, items, plain, text_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yaml.nodes import Node

    from podrunner.importing.unwrapped import FoundRelease

# `{{ cluster }}` and `{{ values.size }}`, and with goTemplate `{{ .cluster }}`: Helm's own have a dot and a capital, or a call.
_PLAIN = re.compile(r"\{\{\s*([a-z][\w.\[\]/-]*)\s*\}\}")
_GO = re.compile(r"\{\{-?\s*\.([a-z][\w.]*)\s*-?\}\}")
_WORDS = ("end", "else")


def fill_in(release: FoundRelease, document: Node, text: str, name: str) -> FoundRelease:
    """The release with what the set's one list of elements says. Raises FindingsError where it is not the same for all.

    `document` is the ApplicationSet, `text` and `name` are its file's.
    """
    is_go = text_at(document, ("spec", "goTemplate")) == "true"
    pattern = _GO if is_go else _PLAIN
    generators = items(document, ("spec", "generators"))
    lists = [generator for generator in generators if below(generator, ("list",))]
    elements = (
        [_flat(plain(one)) for one in items(lists[0], ("list", "elements"))] if len(generators) == 1 and lists else []
    )
    own = in_place(text, release.values[-1]) if release.values else ""
    return replace(
        release,
        text=_filled(own, pattern, elements, name),
        release=_same(release.release, pattern, elements),
        namespace=_same(release.namespace, pattern, elements),
        version=_same(release.version, pattern, elements),
        parameters=tuple((key, _filled(value, pattern, elements, name), own) for key, value, own in release.parameters),
    )


def _flat(data: Any, prefix: str = "") -> dict[str, str]:
    if not isinstance(data, dict):
        return {prefix.removesuffix("."): str(data)}
    return {key: value for name, below in data.items() for key, value in _flat(below, f"{prefix}{name}.").items()}


def _same(text: str, pattern: re.Pattern[str], elements: list[dict[str, str]]) -> str:
    """The text as all elements fill it in; empty where they differ."""
    found = {_with(text, pattern, element) for element in elements} if pattern.search(text) else {text}
    return found.pop() if len(found) == 1 and not any(pattern.search(one) for one in found) else ""


def _with(text: str, pattern: re.Pattern[str], element: Mapping[str, str]) -> str:
    return pattern.sub(lambda found: element.get(found[1], found[0]), text)


def _filled(text: str, pattern: re.Pattern[str], elements: list[dict[str, str]], name: str) -> str:
    for found in pattern.finditer(text):
        values = {element.get(found[1]) for element in elements}
        if found[1] in _WORDS or (len(values) == 1 and None not in values):
            continue
        why = "the set's elements differ in it" if elements else "a generator fills it in, in a cluster"
        message = (
            f"`{found[0]}` is not known here: {why}. Import one of the Applications that the set makes "
            "(kubectl get application NAME --output yaml), or write there what it stands for."
        )
        line = text.count("\n", 0, found.start()) + 1
        raise FindingsError([Finding(IMPORT_TEMPLATE, message, file=name, line=line)])
    return _with(text, pattern, elements[0]) if elements else text
