"""Configurations, and what must be true of their import."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.score import read_yaml
from podrunner.findings.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "importing" / "scored"
# Of all imports, and of one of the groups of `any`.
_OPTIONS = {"what", "mode", "namespace", "below", "secrets", "check", "needs", "error", "any"}
EXPECTATIONS = (
    "config",
    "values",
    "contains",
    "contains-values",
    "counts",
    "absent",
    "without",
    "contains-text",
    "comments",
    "named",
    "release",
)


@dataclass(frozen=True, slots=True)
class Label:
    """What must be true of one import. `expected` are the keys of EXPECTATIONS; README.md of the folder says what each means.

    `error` is None where the import is possible, `needs` empty where its values pass `podrunner check`.
    """

    file: Path
    what: str
    options: tuple[str, ...] = ()
    expected: Mapping[str, Any] = field(default_factory=dict)
    any_of: tuple[Mapping[str, Any], ...] = ()
    secrets: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    error: Mapping[str, Any] | None = None
    may_fail_check: bool = False


def read_labels(half: str, folder: Path = FOLDER) -> list[Label]:
    """The labels of one half, by name of the file. Raises UsageError for labels.yaml that cannot be read."""
    return [_label(folder / half / name, item) for name, item in read_yaml(folder / half / "labels.yaml").items()]


def _label(file: Path, item: Mapping[str, Any]) -> Label:
    groups = (item, *item.get("any", ()))
    strangers = {key for group in groups for key in group} - _OPTIONS - {*EXPECTATIONS}
    if strangers:
        raise UsageError(f"{file.parent}/labels.yaml: {file.name} has unknown keys: {', '.join(sorted(strangers))}.")
    return Label(
        file,
        item["what"],
        options=_options(file, item),
        expected={key: value for key, value in item.items() if key in EXPECTATIONS},
        any_of=tuple(item.get("any", ())),
        secrets=tuple(item.get("secrets", ())),
        needs=tuple(tuple(words) for words in item.get("needs", ())),
        error=item.get("error"),
        may_fail_check=item.get("check") == "any",
    )


def _options(file: Path, item: Mapping[str, Any]) -> tuple[str, ...]:
    said = [part for key in ("mode", "namespace") if key in item for part in (f"--{key}", item[key])]
    below = [part for name in item.get("below", ()) for part in ("-f", str(file.parent / name))]
    return (*said, *below)
