"""Cases that the command line names: presets and values files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.cases.case import Case
from podrunner.chart import find_preset
from podrunner.values import Values, load_layer
from podrunner.values.schema import load_defaults

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# A preset leaves the address of GitLab to whoever installs it: one that is looked at alone gets this one.
PLACEHOLDER = Values({"gitlab": {"url": "https://gitlab.example.com"}}, "placeholder")


def placeholder(chart: Path) -> tuple[Values, ...]:
    """The lowest layer for a preset alone; nothing for a chart that does not ask for the address of GitLab."""
    gitlab = load_defaults(chart).data.get("gitlab")
    return (PLACEHOLDER,) if isinstance(gitlab, dict) and gitlab.get("url") == "" else ()


def values_case(files: Sequence[Path], under: Sequence[Values] = (), over: Sequence[Values] = ()) -> Case:
    """The case of values files laid over each other, named after them."""
    layers = [load_layer(path) for path in files]
    return Case(name="+".join(path.stem for path in files) or "defaults", layers=(*under, *layers, *over))


def preset_cases(chart: Path, names: Sequence[str], files: Sequence[Path], over: Sequence[Values] = ()) -> list[Case]:
    """One case for each preset, with values files laid over it when there are any. Raises UsageError."""
    layers = [load_layer(path) for path in files]
    under = () if files else placeholder(chart)
    cases = []
    for name in names:
        title = ",".join([f"preset={name}", *(file.stem for file in files)])
        cases.append(Case(title, layers=(*under, load_layer(find_preset(chart, name)), *layers, *over)))
    return cases
