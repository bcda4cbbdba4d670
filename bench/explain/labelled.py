"""Logs whose true cause is known, and the vocabulary that names causes without podrunner's catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.score import read_yaml
from podrunner.findings.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "explain" / "labelled"
WHO = ("nobody", "command", "podman", "cluster", "runner", "registry")


@dataclass(frozen=True, slots=True)
class TrueCause:
    """One slug. `fix`: words of which a fix that leads there has one; `danger`: advice that would be dangerous for it."""

    slug: str
    who: str
    says: str
    fix: tuple[str, ...]
    danger: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """What is wrong in one log: any of `causes` is right, any of `must_not` wrong in a harmful way."""

    file: Path
    causes: tuple[str, ...]
    also: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    is_trap: bool = False

    @property
    def slugs(self) -> frozenset[str]:
        """All that the label names."""
        return frozenset((*self.causes, *self.also, *self.must_not))


def read_causes(folder: Path = FOLDER) -> dict[str, TrueCause]:
    """The vocabulary, by slug. Raises UsageError when causes.yaml is not one."""
    data = read_yaml(folder / "causes.yaml")
    always = tuple(data["dangerous"])
    causes = {slug: _cause(slug, item, always) for slug, item in data["causes"].items()}
    strangers = [one.slug for one in causes.values() if one.who not in WHO]
    if strangers:
        raise UsageError(f"{folder}/causes.yaml: `who` of {', '.join(strangers)} is not one of {', '.join(WHO)}.")
    return causes


def read_labels(half: str, folder: Path = FOLDER) -> list[Label]:
    """The labels of one half, by name of the log. Raises UsageError when labels.yaml cannot be read."""
    return [_label(folder / half / name, item) for name, item in read_yaml(folder / half / "labels.yaml").items()]


def _cause(slug: str, item: Mapping[str, Any], always: tuple[str, ...]) -> TrueCause:
    allowed = item.get("allows", ())
    danger = [*(text for text in always if text not in allowed), *item.get("danger", ())]
    return TrueCause(slug, item["who"], item["says"], tuple(item["fix"]), tuple(danger))


def _label(file: Path, item: Mapping[str, Any]) -> Label:
    causes = item["cause"]
    return Label(
        file,
        causes=(causes,) if isinstance(causes, str) else tuple(causes),
        also=tuple(item.get("also", ())),
        must_not=tuple(item.get("must-not", ())),
        secrets=tuple(item.get("secrets", ())),
        is_trap=item.get("trap", False),
    )
