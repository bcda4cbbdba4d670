"""How bad a finding is."""

from __future__ import annotations

from enum import Enum


class Severity(Enum):
    """How bad a finding is, the worst first. Only errors make a check fail, unless a team is stricter."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
