"""Which release of GitLab's chart a file was written for."""

from __future__ import annotations

import re

# `0.86.0`, `v0.86`, `~0.86.1`, `0.86.x`: one minor release. `>=0.80`, `0.*` and the like are many.
_ONE = re.compile(r"\s*[~=v]*\s*(?P<major>\d+)\.(?P<minor>\d+)(\.[\dxX*]+)?\s*\Z")
# The chart has had a minor release for each of GitLab Runner's since: the first of each major one.
_MAJORS = {13: 17, 14: 30, 15: 41, 16: 53, 17: 65, 18: 77, 19: 89}
# The last that read keys such as runners.image.
LAST_WITH_OLD_KEYS = (0, 52)


def parts(text: str) -> tuple[int, int] | None:
    """(0, 86) of a version that is one minor release of the chart; None of any other text."""
    found = _ONE.match(text)
    return (int(found["major"]), int(found["minor"])) if found else None


def runner_of(text: str) -> str:
    """`18.9`, the GitLab Runner that a chart such as `0.86.0` brings; empty where that is not known."""
    found = parts(text)
    if not found or found[0] != 0 or found[1] < min(_MAJORS.values()):
        return ""
    major, first = max((entry for entry in _MAJORS.items() if entry[1] <= found[1]), key=lambda entry: entry[1])
    return f"{major}.{found[1] - first}"
