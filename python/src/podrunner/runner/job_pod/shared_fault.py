"""What is wrong with the pods of a runner's jobs, told once for all runners that have it from the same key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.findings.finding import Finding
from podrunner.findings.path import dotted
from podrunner.findings.suggest import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from podrunner.findings.path import Path
    from podrunner.findings.rules.rule import Rule
    from podrunner.findings.severity import Severity

RUNNERS, PROMISES = "{runners}", "{promises}"


@dataclass(frozen=True, slots=True)
class SharedFault:
    """Of one runner. `text` has RUNNERS where they are named, and PROMISES where their modes are, with `promise` after them.

    `path` is the key or patch in config.toml, empty where none is known; `field` is told then, of `object`. `same` tells
    apart what is wrong at one key in several ways. `about` is the value that is wrong.
    """

    rule: Rule
    text: str
    runner: str
    mode: str = ""
    severity: Severity | None = None
    path: Path = ()
    object: str = ""
    field: str = ""
    same: str = ""
    about: str = ""

    def finding(self, sentence: str) -> Finding:
        """At the object, with a sentence that names all runners."""
        path = dotted(self.path) or self.field
        severity = self.severity or self.rule.severity
        return Finding(self.rule, sentence, object=self.object, path=path, severity=severity, about=self.about)

    @property
    def place(self) -> tuple[str | int, ...]:
        """The key, whichever runner has it, else the field."""
        return (self.object, *(self.path[2:] or (self.field,)))


def told_once(
    faults: Iterable[SharedFault], place: Callable[[SharedFault], object]
) -> Iterator[tuple[SharedFault, str]]:
    """The first fault of each rule and `place`, with a sentence that names all runners that have it there.

    Runners of which it is said in other words, as their modes promise something else, have a sentence of their own.
    """
    found: dict[tuple[object, ...], dict[str, list[SharedFault]]] = {}
    for fault in faults:
        at = (fault.rule, fault.severity, fault.same, place(fault))
        found.setdefault(at, {}).setdefault(fault.text, []).append(fault)
    for by_text in found.values():
        yield next(iter(by_text.values()))[0], " ".join(_sentence(some) for some in by_text.values())


def _sentence(faults: list[SharedFault]) -> str:
    runners = dict.fromkeys(fault.runner for fault in faults)
    modes = dict.fromkeys(fault.mode for fault in faults)
    who = f"runner{'s' if len(runners) > 1 else ''} {listed(runners)}"
    promises = f"modes {listed(modes)} promise" if len(modes) > 1 else f"mode {listed(modes)} promises"
    return faults[0].text.replace(RUNNERS, who).replace(PROMISES, promises)
