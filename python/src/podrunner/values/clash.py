"""Where `--set` writes into a value that is neither a map nor a list, which Helm refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from podrunner.findings.finding import Finding
from podrunner.findings.path import dotted
from podrunner.findings.rules.values import VALUES_SET
from podrunner.values.merge import Items, Whole, merge
from podrunner.values.places import find_layer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.findings.path import Path
    from podrunner.formats.placed import Values


def find_clashes(layers: Sequence[Values]) -> list[Finding]:
    """A finding for each value below an option that cannot take what the option writes into it."""
    # An object for --set-json is merged as a file is.
    options = {layer for layer in layers if layer.source.startswith("--set") and not _is_object(layer)}
    if not options:
        return []
    found, below = [], dict[str, Any]()
    for index, layer in enumerate(layers):
        if layer in options:
            found += [_told(layer, layers[:index], path, kind) for path, kind in _clashes(below, layer.data, ())]
        below = merge(below, layer.data)
    return found


def _is_object(layer: Values) -> bool:
    option, _, expression = layer.source.partition(" ")
    return option == "--set-json" and expression.lstrip().startswith("{")


def _clashes(below: Any, value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The path of each value that is written into, and what it would have to be."""
    if isinstance(value, Items):
        if not isinstance(below, list):
            yield path, "list"
            return
        for index, item in enumerate(value[: len(below)]):
            if index not in value.gaps and not _is_replaced(below[index], item):
                yield from _clashes(below[index], item, (*path, index))
    elif isinstance(value, Mapping) and not isinstance(value, Whole):
        if not isinstance(below, Mapping):
            yield path, "map"
            return
        for key, item in value.items():
            if key in below:
                yield from _clashes(below[key], item, (*path, key))


def _is_replaced(below: Any, item: Any) -> bool:
    """Whether Helm begins an item of a list anew: for a key in what is not a map, and for an item in what is null."""
    return below is None if isinstance(item, Items) else not isinstance(below, Mapping)


def _told(option: Values, below: Sequence[Values], path: Path, kind: str) -> Finding:
    layer = find_layer(below, path)
    line, _ = layer.places.get(path, (0, 0)) if layer else (0, 0)
    place = ":".join([layer.source, *([str(line)] if line else [])]) if layer else "the values"
    message = f"{dotted(path)}: is not a {kind} in {place}, so that Helm cannot set anything in it."
    return Finding(VALUES_SET, message, path=dotted(path), object=option.source)
