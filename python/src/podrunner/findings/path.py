r"""Dotted paths as `helm --set` writes them: `runners.default.config.environment[0]`, `mirrors.docker\.io`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Part = str | int
Path = tuple[Part, ...]

_TOKEN = re.compile(r"\[(\d+)\]|((?:\\.|[^.\[\\])+)")


def dotted(parts: Iterable[Part]) -> str:
    """One text for a path; can be pasted after `--set`."""
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = re.sub(r"([\\.\[\],=])", r"\\\1", part)
            text += f".{name}" if text else name
    return text


def spoken(parts: Iterable[Part]) -> str:
    """The same to be read, with a last key in quotes that is no word: `node_tolerations."ci=true"`."""
    every = (*parts,)
    if every and isinstance(every[-1], str) and re.search(r"[=,\\]", every[-1]):
        return f'{dotted(every[:-1])}."{every[-1]}"'
    return dotted(every)


def parse_dotted(text: str) -> Path:
    """The parts of a dotted path. The inverse of `dotted`."""
    return tuple(int(index) if index else re.sub(r"\\(.)", r"\1", name) for index, name in _TOKEN.findall(text))


def value_at(data: Any, path: Path) -> Any:
    """What stands at a path; None where there is nothing, as it is below a text."""
    for part in path:
        is_there = part in data if isinstance(data, dict) else isinstance(data, list) and part in range(len(data))
        if not is_there:
            return None
        data = data[part]
    return data


def delete_at(data: Any, path: Path) -> None:
    """Takes away what stands at a path that is there."""
    del value_at(data, path[:-1])[path[-1]]
