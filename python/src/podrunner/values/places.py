"""Which layer of values says something, and where."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.findings.finding import Finding
from podrunner.findings.path import dotted, spoken
from podrunner.formats.placed import place_in_block
from podrunner.values.merge import Items, merge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podrunner.findings.path import Path
    from podrunner.formats.placed import Values


def written_values(layers: Sequence[Values]) -> dict[str, Any]:
    """The layers over each other: what is written, without a chart's defaults. Not to be changed."""
    return _merged(tuple(layers))


@lru_cache(maxsize=512)
def _merged(layers: tuple[Values, ...]) -> dict[str, Any]:
    return merge(*(layer.data for layer in layers))


def find_layer(layers: Sequence[Values], path: Path) -> Values | None:
    """The layer whose value for `path` wins: the last one that has it."""
    return next((layer for layer in reversed(layers) if path in layer.places or _has(layer.data, path)), None)


def _has(data: Any, path: Path) -> bool:
    for part in path:
        around = data
        in_map = isinstance(data, dict) and part in data
        in_list = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if not (in_map or in_list):
            return False
        # What fills the gaps before an item that --set names is nothing that it says.
        if isinstance(around, Items) and part in around.gaps:
            return False
        data = data[part]
    return True


def locate(finding: Finding, layers: Sequence[Values], path: Path) -> Finding:
    """The finding with the place of `path`, or of the nearest map around it that is written somewhere.

    What goes on in a literal block, such as a patch, is at its line there.
    """
    for length in range(len(path), 0, -1):
        layer = find_layer(layers, path[:length])
        if layer is None:
            continue
        if not layer.is_file:
            return replace(finding, object=layer.source)
        within = place_in_block(layer, path[:length], path[length:])
        line, column = within or layer.places.get(path[:length], (0, 0))
        return replace(finding, file=layer.source, line=line, column=column)
    files = [layer for layer in layers if layer.is_file]
    return replace(finding, file=files[-1].source) if files else finding


def retold(finding: Finding, layers: Sequence[Values], path: Path, said: str) -> Finding:
    """What a finding says of something that is made from values, in other words at the value, with its place."""
    message = f"{spoken(path)}: {said}"
    told = Finding(finding.rule, message, path=dotted(path), severity=finding.severity, about=finding.about)
    return locate(told, layers, path)
