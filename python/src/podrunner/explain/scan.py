"""Which entries of the catalogue a log matches, and where: one pass, memory that does not grow with the log."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from itertools import chain, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from podrunner.explain.literals import WORD, longest_word
from podrunner.explain.trace import Line, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podrunner.explain.catalogue import Catalogue, Cause, Pattern

    _Wanted = tuple[int, str, Pattern, Cause | None]

# Lines that are kept for each entry, beside the first.
_KEPT = 2
# Lines that a pattern may span.
_WINDOW = 4
# Lines that are searched at once for what none of them holds.
_BLOCK = 512
_WORD = re.compile(WORD)


@dataclass(slots=True)
class Hit:
    """What was found of one entry: its first line, its last ones, and the named groups of the one that counts."""

    entry: Cause
    first: Line
    best: Line
    groups: dict[str, str]
    last: deque[Line] = field(default_factory=lambda: deque(maxlen=_KEPT))
    count: int = 0

    def lines(self) -> list[Line]:
        """The lines to show, in order, each once."""
        shown = {(line.source, line.number, line.text): line for line in (self.first, self.best, *self.last)}
        return sorted(shown.values(), key=lambda line: (line.source, line.number))


class _Index:
    """Patterns by a word, or a part of one, that a line must hold for them: a block costs a few look-ups, not hundreds."""

    def __init__(self) -> None:
        self._always: list[_Wanted] = []
        self._by_word: dict[str, list[_Wanted]] = {}
        self._by_part: dict[str, list[_Wanted]] = {}
        self._count = 0

    def add(self, pattern: Pattern, entry: Cause | None) -> None:
        """`entry` is None for a pattern that is only a condition."""
        if pattern.word:
            into = self._by_word.setdefault(pattern.word, [])
        elif part := longest_word(pattern.literal):
            into = self._by_part.setdefault(part, [])
        else:
            into = self._always
        into.append((self._count, pattern.literal, pattern, entry))
        self._count += 1

    def near(self, block: str) -> list[_Wanted]:
        """The patterns whose literal is in some lines, in lower case, in the order in which they were added."""
        words = set(_WORD.findall(block))
        # Logs say the same words again and again: each once is far less text.
        text = " ".join(words)
        whole = (self._by_word[word] for word in self._by_word.keys() & words)
        parts = (wanted for part, wanted in self._by_part.items() if part in text)
        every = chain(self._always, *whole, *parts)
        return sorted((wanted for wanted in every if wanted[1] in block), key=itemgetter(0))


class Scan:
    """Takes lines, gives hits."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.hits: dict[str, Hit] = {}
        # Patterns of `beside` and `unless`, by their text: where each was seen first.
        self.seen: dict[str, Line] = {}
        self._single = _Index()
        self._joined: list[tuple[Pattern, Cause]] = []
        self._window: deque[str] = deque(maxlen=_WINDOW)
        conditions: dict[str, Pattern] = {}
        for entry in catalogue:
            for pattern in entry.patterns:
                if pattern.lines > 1:
                    self._joined.append((pattern, entry))
                else:
                    self._single.add(pattern, entry)
            conditions |= {pattern.text: pattern for pattern in (*entry.beside, *entry.unless)}
        for pattern in conditions.values():
            self._single.add(pattern, None)

    def feed(self, lines: Iterable[Line]) -> None:
        """Scans lines of one source, in their order."""
        self._window.clear()
        written = (line for line in lines if line.text)
        while block := tuple(islice(written, _BLOCK)):
            text = "\n".join(line.text for line in block).lower()
            before = "\n".join(self._window).lower()
            near = self._single.near(text)
            joined = [wanted for wanted in self._joined if wanted[0].literal in f"{before}\n{text}"]
            for line in block:
                self._scan(line, near)
                self._window.append(line.text)
                if joined:
                    self._scan_joined(line, joined)

    def _scan(self, line: Line, near: Iterable[_Wanted]) -> None:
        lowered = line.text.lower()
        for _, literal, pattern, entry in near:
            if literal not in lowered or (entry is None and pattern.text in self.seen):
                continue
            found = pattern.expression.search(line.text)
            if found and entry:
                self._add(entry, line, found.groupdict())
            elif found:
                self.seen[pattern.text] = line

    def _scan_joined(self, line: Line, near: Iterable[tuple[Pattern, Cause]]) -> None:
        whole = "\n".join(self._window).lower()
        for pattern, entry in near:
            if pattern.literal in whole:
                joined = "\n".join(list(self._window)[-pattern.lines :])
                begins = len(joined) - len(line.text)
                # What ends before the newest line was found when that line came.
                for found in pattern.expression.finditer(joined):
                    if found.end() > begins:
                        self._add(entry, line, found.groupdict())

    def _add(self, entry: Cause, line: Line, groups: dict[str, str | None]) -> None:
        if entry.of in {"pod", "start"} and line.is_of_script:
            return
        if entry.of == "output" and not line.is_of_script:
            return
        known = {name: text for name, text in groups.items() if text}
        hit = self.hits.setdefault(entry.id, Hit(entry, line, line, known))
        if hit.last and hit.last[-1] is line:
            # Another pattern of the entry: the first one tells most.
            return
        hit.count += 1
        hit.last.append(line)
        # The last one counts, but neither what comes after the script nor what was tried again made it fail.
        if _weight(line) >= _weight(hit.best):
            hit.best, hit.groups = line, known or hit.groups


def _weight(line: Line) -> tuple[bool, bool]:
    return (line.stage is not Stage.AFTER, not line.is_aside)
