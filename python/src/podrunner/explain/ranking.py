"""From everything that a log matches to the cause: specific before general, a cause before its consequences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.explain.catalogue import Level
from podrunner.explain.trace import Stage

if TYPE_CHECKING:
    from podrunner.explain.catalogue import Cause
    from podrunner.explain.scan import Hit, Scan
    from podrunner.explain.trace import Trace

# Elsewhere, even the weightiest cause stands behind what failed in the end.
_IN_PLACE, _ELSEWHERE = 20, -80
# What a service container says while the script runs is about the job as a whole.
_SERVICE = re.compile(r"\[(?:svc-\d+|service:[^\]\s]+)\] ")
# Lines that a failure and its summary take at most.
_WELL_AFTER = 5
_LEVELS = {Level.CAUSE: 0, Level.GENERAL: -40, Level.SYMPTOM: -100}


@dataclass(frozen=True, slots=True)
class Ranked:
    """One cause with its score and the hits that follow from it."""

    hit: Hit
    score: int
    consequences: tuple[Hit, ...] = ()


def rank(scan: Scan, trace: Trace) -> list[Ranked]:
    """The causes, the most likely first."""
    hits = [hit for hit in scan.hits.values() if _applies(hit.entry, scan, trace) and not _went_on(hit, trace)]
    scores = {hit.entry.id: _score(hit, trace) for hit in hits}
    follows = _consequences(hits, trace)
    ranked = [
        Ranked(hit, scores[hit.entry.id], tuple(other for other in hits if hit.entry.id in follows[other.entry.id]))
        for hit in hits
        if not follows[hit.entry.id]
    ]
    # Of two that are as likely, the one that came later.
    return sorted(ranked, key=lambda one: (-one.score, -one.hit.best.number))


def _applies(entry: Cause, scan: Scan, trace: Trace) -> bool:
    if entry.of == ("script" if trace.before_script else "preparation"):
        return False
    # That a pod waited for a node, an image or a volume is of no account once it ran.
    if entry.of == "start" and trace.started:
        return False
    wanted = not entry.beside or any(pattern.text in scan.seen for pattern in entry.beside)
    return wanted and not any(pattern.text in scan.seen for pattern in entry.unless)


def _went_on(hit: Hit, trace: Trace) -> bool:
    """Whether what was tried again worked: the log breaks off within the script, well after the last attempt."""
    return hit.best.is_aside and trace.stage is Stage.SCRIPT and hit.best.number < trace.lines - _WELL_AFTER


def _score(hit: Hit, trace: Trace) -> int:
    return hit.entry.weight + _LEVELS[hit.entry.level] + (_IN_PLACE if in_place(hit, trace) else _ELSEWHERE)


def in_place(hit: Hit, trace: Trace) -> bool:
    """Whether a hit belongs to what failed: the last command of the script, the stage before it, pod or event."""
    line = hit.best
    if line.is_aside:
        return False
    if _SERVICE.match(line.text):
        return True
    is_last = line.command == trace.commands and line.stage is not Stage.AFTER
    return bool(line.source) or line.stage is Stage.END or is_last


def _consequences(hits: list[Hit], trace: Trace) -> dict[str, set[str]]:
    """By id: the first causes that it follows from, none where it is one itself."""
    follows: dict[str, set[str]] = {hit.entry.id: set() for hit in hits}
    for cause in hits:
        explained = _explained(cause.entry, hits)
        for hit in hits:
            # An error that the script passed over does not explain a later one.
            if hit.entry.id in explained and (in_place(cause, trace) or not in_place(hit, trace)):
                follows[hit.entry.id].add(cause.entry.id)
    return {name: _first_causes(name, follows) for name in follows}


def _explained(entry: Cause, hits: list[Hit]) -> set[str]:
    """What an entry explains: what it says, and whatever is general when it is a cause itself."""
    general = {hit.entry.id for hit in hits if hit.entry.level is Level.GENERAL}
    return set(entry.explains) | (general if entry.level is Level.CAUSE else set())


def _first_causes(name: str, follows: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(follows[name])
    while waiting:
        cause = waiting.pop()
        waiting += follows[cause]
        if not follows[cause]:
            found.add(cause)
    return found
