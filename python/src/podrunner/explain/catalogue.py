"""The catalogue of causes: data in catalogue.yaml, read and compiled here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from podrunner.explain.literals import literal, whole_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KINDS = {
    "node": "Nodes: kernel, runtime, security modules, disks",
    "cluster": "Kubernetes: admission, permissions, scheduling, limits",
    "values": "The runner's configuration",
    "registry": "Container registries",
    "network": "Network",
    "user": "The pipeline and the Containerfile",
}

# What an entry is of, where that matters: see Entry.
OF = ("pod", "start", "output", "script", "preparation")


class Level(Enum):
    """What an entry says when it matches."""

    # Why the job failed.
    CAUSE = "cause"
    # What failed, and the reason only if nothing else is found near it: a command of the script, a build step.
    GENERAL = "general"
    # Worth to be shown, but never a reason by itself: a warning, a stage that broke off.
    SYMPTOM = "symptom"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression for one line, or for lines joined by line feeds where it holds one."""

    text: str
    expression: re.Pattern[str]
    # Both in lower case: a text without the literal cannot match, nor one without the word, where there is one.
    literal: str
    word: str
    lines: int


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause.

    `title`, `cause`, `fix` and `values` may hold placeholders: `{name|text when unknown}`, filled from the pattern's
    named groups and from what is known of the job. `weight` (0-100) ranks specific before general. `explains` are ids
    of entries that follow from this one. `of` is "pod" for what Kubernetes and the runner say of the job's own pod: the
    same words in the script's output are about another one. It is "script" or "preparation" for what applies only to
    a job that got to its script, or that did not. `beside`: one of these patterns has to be somewhere in log or pod, too;
    `unless`: none of these may be. `causes` are slugs of tests/explain/labelled/causes.yaml: what the entry tells, to score it.
    """

    id: str
    kind: str
    weight: int
    title: str
    cause: str
    fix: str
    patterns: tuple[Pattern, ...]
    samples: tuple[str, ...]
    level: Level = Level.CAUSE
    values: str = ""
    of: str = ""
    explains: frozenset[str] = frozenset()
    beside: tuple[Pattern, ...] = ()
    unless: tuple[Pattern, ...] = ()
    causes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All entries, by id, in the order of the file."""

    entries: dict[str, Cause] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Cause]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, name: str) -> Cause:
        return self.entries[name]


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """The catalogue that podrunner brings."""
    import yaml

    text = files("podrunner.explain").joinpath("catalogue.yaml").read_text(encoding="utf-8")
    return read_catalogue(yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def read_catalogue(data: Iterable[dict[str, Any]]) -> Catalogue:
    """A catalogue from its YAML data. Raises ValueError or TypeError that names the entry which is wrong."""
    entries: dict[str, Cause] = {}
    for item in data:
        try:
            entry = _entry(item)
        except (KeyError, TypeError, ValueError, re.error) as error:
            raise ValueError(f"catalogue entry {item.get('id')!r}: {error}") from error
        if entry.id in entries:
            raise ValueError(f"catalogue entry {entry.id!r} is there twice.")
        entries[entry.id] = entry
    unknown = {name for entry in entries.values() for name in entry.explains} - set(entries)
    if unknown:
        raise ValueError(f"`explains` names entries that are not there: {', '.join(sorted(unknown))}.")
    _check_order(entries)
    return Catalogue(entries)


def _check_order(entries: dict[str, Cause]) -> None:
    """Raises ValueError when two entries explain each other, or a general one explains a cause."""
    for entry in entries.values():
        wrong = [name for name in entry.explains if entries[name].level.value < entry.level.value]
        if wrong:
            raise ValueError(f"{entry.id!r} is {entry.level.value} and explains {', '.join(wrong)}, which is a cause.")
    try:
        list(TopologicalSorter({entry.id: entry.explains for entry in entries.values()}).static_order())
    except CycleError as error:
        raise ValueError(f"entries explain each other: {', '.join(error.args[1])}.") from None


def _entry(item: dict[str, Any]) -> Cause:
    given = dict(item)
    if given["kind"] not in KINDS:
        raise ValueError(f"kind {given['kind']!r} is not one of {', '.join(KINDS)}")
    if given.get("of", "pod") not in OF:
        raise ValueError(f"of {given['of']!r} is not one of {', '.join(OF)}")
    for key in ("patterns", "beside", "unless"):
        given[key] = tuple(_pattern(text) for text in given.get(key, ()))
    for key in ("title", "cause", "fix"):
        given[key] = " ".join(given[key].split())
    given["samples"] = tuple(given["samples"])
    for key in ("explains", "causes"):
        given[key] = frozenset(given.get(key, ()))
    given["level"] = Level(given.get("level", "cause"))
    given["values"] = given.get("values", "").strip("\n")
    return Cause(**given)


def _pattern(text: str) -> Pattern:
    needle = literal(text)
    return Pattern(text, re.compile(text), needle, whole_word(needle), 1 + text.count(r"\n"))
