"""Cases that the command line names: presets and values files."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from podrunner.cases.case import Case
from podrunner.formats.placed import load_layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from podrunner.chart.chart import Chart
    from podrunner.formats.placed import Values


def file_names(files: Iterable[Path]) -> dict[Path, str]:
    """What each file is called in the name of a case: without folder and ending, where that says which one it is."""
    different = list(dict.fromkeys(files))
    stems = Counter(path.stem for path in different)
    return {path: path.stem if stems[path.stem] == 1 else str(path) for path in different}


def values_case(files: Sequence[Path], over: Sequence[Values], names: Mapping[Path, str]) -> Case:
    """The case of values files laid over each other, named after them."""
    layers = [load_layer(path) for path in files]
    return Case(name="+".join(names[path] for path in files) or "defaults", layers=(*layers, *over))


def preset_cases(
    chart: Chart, presets: Sequence[str], files: Sequence[Path], over: Sequence[Values], names: Mapping[Path, str]
) -> list[Case]:
    """One case for each preset, with values files laid over it when there are any. Raises UsageError."""
    layers = [load_layer(path) for path in files]
    under = () if files else chart.placeholder
    cases = []
    for preset in presets:
        title = ",".join([f"preset={preset}", *(names[file] for file in files)])
        cases.append(Case(title, layers=(*under, chart.preset(preset), *layers, *over)))
    return cases
