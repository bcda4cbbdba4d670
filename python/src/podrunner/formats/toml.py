"""TOML, read once a text: what it says, or why it is not TOML, and in which line each key stands."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.formats.flaw import NESTED_TOO_DEEPLY, TOO_MANY_DIGITS, toml_flaw

if TYPE_CHECKING:
    from podrunner.findings.path import Path
    from podrunner.formats.flaw import Flaw

# A comment, a blank line.
_NOTHING = re.compile(r"\s*(#.*)?\Z")


# The runner has no key below eight tables; functions that call themselves go through some hundred.
_DEEPEST = 100
# A file that was read takes some ten kilobytes.
_KEPT = 1024


@dataclass(frozen=True, slots=True)
class Toml:
    """A TOML text: `data` is what it says, not to be changed by anybody, and empty where `flaw` says why it is none."""

    text: str
    data: dict[str, Any] = field(compare=False, repr=False)
    flaw: Flaw | None = None

    @property
    def lines(self) -> dict[Path, int]:
        """Path → line, from 1, of every table, key and array item; see `find_lines`."""
        return find_lines(self.text)


@lru_cache(maxsize=_KEPT)
def read_toml(text: str) -> Toml:
    """A text that several checks read, and that cases of a matrix often share."""
    try:
        data = tomllib.loads(text)
        return Toml(text, {}, NESTED_TOO_DEEPLY) if _is_deep(data) else Toml(text, data)
    except tomllib.TOMLDecodeError as error:
        return Toml(text, {}, toml_flaw(error))
    except RecursionError:
        return Toml(text, {}, NESTED_TOO_DEEPLY)
    except ValueError:
        return Toml(text, {}, TOO_MANY_DIGITS)


def _is_deep(data: Any) -> bool:
    """Whether a dotted key, which tomllib reads without recursion, nests tables deeper than anybody goes through them."""
    level = [data]
    for _ in range(_DEEPEST):
        level = [
            item
            for one in level
            for item in (one.values() if isinstance(one, dict) else one)
            if isinstance(item, (dict, list))
        ]
        if not level:
            return False
    return True


def find_lines(text: str) -> dict[Path, int]:
    """Path → line, from 1, of every table, key and array item of a valid TOML text.

    Items of an array and keys of an inline table have the line in which their statement begins.
    """
    lines = text.splitlines()
    found: dict[Path, int] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    start = 0
    while start < len(lines):
        end, data = _statement(lines, start)
        if data is not None and lines[start].lstrip().startswith("["):
            table = _table_path(data, counts, is_array=lines[start].lstrip().startswith("[["))
            found.setdefault(table, start + 1)
        elif data is not None:
            _note(data, table, start + 1, found)
        start = end
    return found


def _statement(lines: list[str], start: int) -> tuple[int, dict[str, Any] | None]:
    """(line after the statement, the statement parsed alone); a value may go on for many lines."""
    if _NOTHING.match(lines[start]):
        return start + 1, None
    for end in range(start + 1, len(lines) + 1):
        try:
            return end, tomllib.loads("\n".join(lines[start:end]))
        except tomllib.TOMLDecodeError:
            continue
    return len(lines), None


def _table_path(header: dict[str, Any], counts: dict[Path, int], *, is_array: bool) -> Path:
    """The path of `[a.b]`, with the index of the newest item wherever the path goes through an array of tables."""
    path: Path = ()
    names = _names(header)
    for depth, name in enumerate(names):
        path = (*path, name)
        if is_array and depth == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _names(header: dict[str, Any]) -> list[str]:
    names = []
    part: Any = header
    while part:
        if isinstance(part, list):
            part = part[0]
            continue
        name, part = next(iter(part.items()))
        names.append(name)
    return names


def _note(value: Any, path: Path, line: int, found: dict[Path, int]) -> None:
    if isinstance(value, dict):
        children: Any = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    else:
        return
    for part, child in children:
        found.setdefault((*path, part), line)
        _note(child, (*path, part), line, found)
