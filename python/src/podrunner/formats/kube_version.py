"""Kubernetes versions as people write them."""

from __future__ import annotations

import re

from podrunner.findings.errors import UsageError

_VERSION = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?([-+].*)?\Z")


def full_version(text: str) -> str:
    """`1.34` and `v1.34` as `1.34.0`. Raises UsageError for anything else."""
    match = _VERSION.match(text)
    if not match:
        raise UsageError(f"`{text}` is not a Kubernetes version. Write it like 1.34 or 1.34.2.")
    major, minor, patch, rest = match.groups()
    return f"{major}.{minor}.{patch or 0}{rest or ''}"


def minor_version(text: str) -> tuple[int, int]:
    """(1, 34) for any way to write 1.34."""
    major, minor, *_ = full_version(text).split(".")
    return int(major), int(minor)
