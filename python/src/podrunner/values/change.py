"""Which line of a values file to change for a fix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from podrunner.findings.path import dotted, value_at
from podrunner.secrets.find import called_at
from podrunner.secrets.redact import redact_data
from podrunner.values.places import find_layer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.findings.path import Path
    from podrunner.formats.placed import Values


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value to change. `line` is where it stands, or the map it belongs into; 0: nothing of it is there yet.

    `found` is what is written there now, None for nothing.
    """

    path: str
    wanted: Any
    file: str
    line: int
    found: Any = None
    is_there: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        if self.is_there and self.found == self.wanted:
            return f"{place}: {self.path} is {_shown(self.wanted)} already"
        if self.is_there:
            return f"{place}: {self.path}: write {_shown(self.wanted)} instead of {_shown(self.found)}"
        return f"{place}: add {self.path}: {_shown(self.wanted)}"


def find_changes(snippet: str, layers: Sequence[Values], runner: str = "") -> list[ValueChange]:
    """What a snippet of values changes in values files, the last of which wins.

    What `runners.<runner>.podman` overrides is changed there, not under `podman`.
    """
    wanted = yaml.safe_load(snippet) if snippet else None
    if not layers or not isinstance(wanted, dict):
        return []
    return [_change(_where(path, layers, runner), value, layers) for path, value in _leaves(wanted, ())]


def _leaves(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from _leaves(value, (*path, str(key)))
    else:
        yield path, data


def _where(path: Path, layers: Sequence[Values], runner: str) -> Path:
    own = ("runners", runner, *path)
    return own if path[0] == "podman" and find_layer(layers, own) else path


def _change(path: Path, wanted: Any, layers: Sequence[Values]) -> ValueChange:
    layer = find_layer(layers, path)
    if layer:
        line, _ = layer.places.get(path, (0, 0))
        found = redact_data(value_at(layer.data, path), path=path, name=called_at(path))
        return ValueChange(dotted(path), wanted, layer.source, line, found, is_there=True)
    for length in range(len(path) - 1, 0, -1):
        around = find_layer(layers, path[:length])
        if around:
            line, _ = around.places.get(path[:length], (0, 0))
            return ValueChange(dotted(path), wanted, around.source, line)
    return ValueChange(dotted(path), wanted, layers[-1].source, 0)


def _shown(value: Any) -> str:
    return yaml.safe_dump(value, default_flow_style=True, width=1000).removesuffix("\n").removesuffix("\n...")
