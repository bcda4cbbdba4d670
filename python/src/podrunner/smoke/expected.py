"""What the log of the built-in pipeline's job has to say (builtin/expected.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class Expected:
    """Texts that must be in the log, and texts that must never be."""

    lines: tuple[str, ...]
    never: tuple[str, ...]


def read_expected(mode: str) -> Expected:
    """What holds in all modes and in this one."""
    text = (files("podrunner.smoke") / "builtin" / "expected.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    parts = [data["all"], data["modes"].get(mode) or {}]
    return Expected(
        tuple(line for part in parts for line in part.get("lines") or ()),
        tuple(line for part in parts for line in part.get("never") or ()),
    )
