"""Cases in pairs: what is rendered on one side and on the other."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.chart.chart import Chart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podrunner.cases.case import Case
    from podrunner.diff.side import Side


@dataclass(frozen=True, slots=True)
class Pair:
    """One case on both sides; None on a side that does not have it. `lacking` says what is not there."""

    name: str
    old: Case | None
    new: Case | None
    lacking: str = ""


def union_of_presets(old: Chart, new: Chart, folder: Path) -> Chart:
    """A chart without templates that has the presets of both: what cases are read with."""
    folder.mkdir()
    for name in ("Chart.yaml", "values.yaml"):
        if (new.path / name).is_file():
            shutil.copy(new.path / name, folder)
    for chart in (old, new):
        if (chart.path / "presets").is_dir():
            shutil.copytree(chart.path / "presets", folder / "presets", dirs_exist_ok=True)
    return Chart(folder)


def make_pairs(cases: Sequence[Case], sides: tuple[Side, Side], presets: Path) -> list[Pair]:
    """Every case, with every values file of the sides laid over it.

    `presets` is the folder that the cases' presets were read from: each side has its own chart's.
    """
    files = _files(sides)
    found = []
    for case in cases:
        for name, (old, new) in files.items():
            title = case.name if not name else name if len(cases) == 1 else f"{case.name},{name}"
            both = [_of_side(case, side, file, presets) for side, file in zip(sides, (old, new), strict=True)]
            lacking = next((one for one in both if isinstance(one, str)), "")
            found.append(Pair(title, _named(both[0], title), _named(both[1], title), lacking))
    return found


def _named(case: Case | str, name: str) -> Case | None:
    return None if isinstance(case, str) else replace(case, name=name)


def _files(sides: tuple[Side, Side]) -> dict[str, tuple[Path | None, Path | None]]:
    """Name → file on either side. A single file is compared with a single one, whatever they are called."""
    old, new = (side.files for side in sides)
    if not old and not new:
        return {"": (None, None)}
    if len(old) < 2 and len(new) < 2 and not any(side.is_folder for side in sides):
        name, file = next(iter({**old, **new}.items() if not new else new.items()))
        return {name: (next(iter(old.values()), None), file if new else None)}
    return {name: (old.get(name), new.get(name)) for name in sorted(old.keys() | new.keys())}


def _of_side(case: Case, side: Side, file: Path | None, presets: Path) -> Case | str:
    """The case with the side's own presets and values file; a sentence when the side lacks one of them."""
    layers = []
    for layer in case.layers:
        source = Path(layer.source)
        if source.parent == presets:
            if source.stem not in side.chart.presets:
                return f"{side.label} has no preset `{source.stem}`."
            layer = side.chart.preset(source.stem)
        layers.append(layer)
    # CRDs are nothing that an upgrade changes.
    of_side = replace(case, layers=tuple(layers), include_crds=False)
    if file is None:
        return f"{side.label} has no such file." if side.is_folder else of_side
    return of_side.with_file(file)
