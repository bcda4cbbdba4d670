"""Cases that the command line names: presets and values files."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podrunner.formats.placed import Values


def layer_names(layers: Iterable[Values]) -> dict[Values, str]:
    """What each values file is called in the name of a case: without folder and ending, where that says which it is."""
    different = list(dict.fromkeys(layers))
    stems = Counter(PurePath(layer.source).stem for layer in different)
    return {layer: _name(layer, stems) for layer in different}


def _name(layer: Values, stems: Counter[str]) -> str:
    stem = PurePath(layer.source).stem
    return stem if stems[stem] == 1 else layer.source


def case_title(preset: str, files: Sequence[str]) -> str:
    """What a case is called: `preset=privileged,team-a`, `base+team-a`, or `defaults`."""
    if preset:
        return ",".join([f"preset={preset}", *files])
    return "+".join(files) or "defaults"
