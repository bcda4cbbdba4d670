"""The list that an import ends with: what is another way now, and what people have to decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from podrunner.findings.path import Path, dotted
from podrunner.secrets.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Mapping


class Fate(Enum):
    """What happened to a key. The order is that of the report."""

    DANGEROUS = "dangerous"
    UNSUPPORTED = "no equivalent"
    REMOVED = "removed"
    BY_HAND = "by hand"
    CHANGED = "changed"
    SECRET = "secret"
    ADDED = "added"
    EMPTY = "empty"
    MAPPED = "mapped"


@dataclass(frozen=True, slots=True)
class KeyChange:
    """One key of the source: `path` is its dotted path there, `line` its line (0 when it has none)."""

    kind: Fate
    path: str
    message: str
    line: int = 0


@dataclass(slots=True)
class Changes:
    """Collects changes of one file; `lines` says where its keys stand, `redactor` knows its secrets."""

    lines: Mapping[Path, int] = field(default_factory=dict)
    every: list[KeyChange] = field(default_factory=list)
    redactor: Redactor = field(default_factory=Redactor)

    def add(self, kind: Fate, path: Path, message: str) -> None:
        """Note a change of the key at `path`, at its line or that of the nearest table around it."""
        self.note(kind, dotted(path), message, self.line(path))

    def note(self, kind: Fate, path: str, message: str, line: int) -> None:
        """Note a change at a line, without secrets."""
        self.every.append(KeyChange(kind, path, self.redactor.redact(message), line))

    def replace(self, old: Fate, path: Path, kind: Fate, message: str) -> None:
        """Note a change in place of what was noted of the same key as `old`."""
        self.every = [one for one in self.every if (one.kind, one.path) != (old, dotted(path))]
        self.add(kind, path, message)

    def line(self, path: Path) -> int:
        """The line of a key, or of the nearest table around it; 0 for one that is not in the file."""
        return next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), 0)
