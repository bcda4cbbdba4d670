"""An object with one field changed, or without it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from podrunner.findings.path import parse_dotted

GONE = object()


def changed(item: Mapping[str, Any], path: str, value: Any = GONE) -> dict[str, Any]:
    """A copy; `path` is dotted, and what is above the field has to be there."""
    found: Any = copy.deepcopy(item)
    *way, last = parse_dotted(path)
    below = found
    for part in way:
        below = below[part]
    if value is GONE:
        del below[last]
    else:
        below[last] = value
    return dict(found)
