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


# What a release has without any runner in its values, and what is said where a log names none.
_UNNAMED = ("runners", "default")


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
        if isinstance(self.found, list) and isinstance(self.wanted, list) and self.found:
            return f"{place}: {self._added(self.found, self.wanted)}"
        if self.is_there and self.found == self.wanted:
            return f"{place}: {self.path} is {_shown(self.wanted)} already"
        if self.is_there:
            return f"{place}: {self.path}: write {_shown(self.wanted)} instead of {_shown(self.found)}"
        return f"{place}: add {self.path}: {_shown(self.wanted)}"

    def _added(self, there: list[Any], wanted: list[Any]) -> str:
        """A list is never written anew: what stands in it is there for a reason of its own."""
        new = [one for one in wanted if one not in there]
        return f"{self.path}: add {_shown(new)} to the list" if new else f"{self.path} has {_shown(wanted)} already"


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
    if path[:2] == _UNNAMED and len(names := _runners(layers)) == 1:
        return ("runners", *names, *path[2:])
    own = ("runners", runner, *path)
    return own if path[0] == "podman" and find_layer(layers, own) else path


def _runners(layers: Sequence[Values]) -> set[str]:
    """The names of the runners in values."""
    tables = [layer.data.get("runners") for layer in layers]
    return {str(name) for table in tables if isinstance(table, dict) for name in table}


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
