"""A chart that cannot see the version of Kubernetes: what it renders all the same, it renders for every version.

In a copy of it, templates begin by putting a text in the place of `.Capabilities.KubeVersion`. Whoever asks for a part of
it, be it by `tpl`, `index` or a variable, fails then, and whoever prints it prints the text. Two ways are left to ask
unseen, and charts that have them are not made blind: to look into all of Capabilities or of the context.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Nothing that anybody writes.
MARK = "podrunner-7c1f0e-sees-no-version"
_BLINDFOLD = (
    '{{- $_ := set . "Capabilities" (dict "APIVersions" .Capabilities.APIVersions "HelmVersion" .Capabilities.HelmVersion '
    f'"KubeVersion" "{MARK}") }}}}'
)
# Capabilities as a whole, the version as a whole, or contexts of dependencies, which have their own.
_WHOLE = re.compile(
    r"""[."'`]Capabilities\b(?!\.(?:APIVersions|HelmVersion|KubeVersion\.\w))|\bSubcharts\b|["'`]KubeVersion\b"""
)
_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_KEYWORD = re.compile(r"(?:else\s+)?(if|with|range|define|block|end)\b")
# Other functions show of a pointer, which Capabilities are in a context, its address.
_WRITERS = r"(?:(?:must)?to(?:Raw|Pretty)?Json|to(?:Yaml|YamlPretty|Toml))"
_TAKERS = r"(?:values|omit|pick|(?:must)?deepCopy|(?:must)?merge\w*|list|dict\s+\S+)"


class SeesVersionError(Exception):
    """A chart cannot be made blind."""


def blind(chart: Path) -> None:
    """Make a copy of a chart blind. Raises SeesVersionError where it may look unseen, or a dependency is packed."""
    for file in sorted(chart.rglob("*")):
        if file.suffix == ".tgz":
            raise SeesVersionError
        if not file.is_file():
            continue
        text = file.read_bytes().decode("utf-8", errors="replace")
        if looks_unseen(text):
            raise SeesVersionError
        if "templates" in file.relative_to(chart).parts and not file.name.startswith("_"):
            file.write_text(f"{_BLINDFOLD}{text}", encoding="utf-8")


def looks_unseen(text: str) -> bool:
    """Whether a text, should it be a template, may ask for the version without a trace."""
    return bool(_WHOLE.search(text)) or ("{{" in text and any(_reads_context(*one) for one in _actions(text)))


def _actions(text: str) -> Iterator[tuple[str, str]]:
    """Each action, with what stands for the context in it, as alternatives of a regular expression."""
    blocks: list[str] = []
    contexts = [r"\$"]
    for action in _ACTION.findall(text):
        keyword = _KEYWORD.match(action)
        if keyword and keyword[1] == "end":
            blocks = blocks[:-1]
        # In a block of `with` or `range`, the dot is what that is of.
        names = "|".join([*contexts, *([] if {"with", "range"} & set(blocks) else [r"\."])])
        yield action, names
        contexts += [re.escape(name) for name in re.findall(rf"\A(\$\w+)\s*:?=\s*(?:{names})\Z", action)]
        if not keyword or keyword[1] == "end" or action.startswith("else"):
            continue
        # What a definition is given is seldom a context. Elsewhere, parts of one are as good as the whole.
        parts = re.match(rf"range\s+(?:(?:\$\w+\s*,\s*)?(\$\w+)\s*:=\s*)?(?:{names})\Z", action)
        if parts and "define" not in blocks:
            blocks.append("if")
            contexts += [re.escape(parts[1])] if parts[1] else []
        else:
            blocks.append(keyword[1])


def _reads_context(action: str, contexts: str) -> bool:
    """Whether a context is written down as a whole."""
    context = rf"(?:{contexts})(?=[\s)|]|\Z)"
    taken = rf"(?:{_TAKERS}\s+)?{context}"
    return bool(
        re.search(rf"\b{_WRITERS}\s+\(?\s*{taken}", action)
        or re.search(rf"(?:^|\(|=)\s*{taken}\s*\)?\s*\|\s*{_WRITERS}", action)
    )
