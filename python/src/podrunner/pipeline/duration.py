"""Lengths of time as `timeout:` has them."""

from __future__ import annotations

import re

_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
_PART = re.compile(
    r"(\d+(?:\.\d+)?)\s*(w(?:eeks?)?|d(?:ays?)?|h(?:(?:ou)?rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)?[\s,]*(?:and\s+)?"
)


def read_duration(text: str) -> int:
    """Seconds in a text such as `1h 30m`, `90 minutes` or `3600`. Raises ValueError for anything else."""
    text = text.strip().lower()
    end, seconds = 0, 0.0
    while end < len(text) and (part := _PART.match(text, end)):
        seconds += float(part[1]) * _UNITS[(part[2] or "s")[0]]
        end = part.end()
    if not text or end < len(text) or seconds < 1:
        raise ValueError(f"{text!r} is not a length of time")
    return int(seconds)
