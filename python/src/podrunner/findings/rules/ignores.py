"""Rules about what a team ignores."""

from __future__ import annotations

from podrunner.findings.rules.rule import Rule
from podrunner.findings.severity import Severity

IGNORE_UNUSED = Rule(
    "ignore-unused",
    Severity.WARNING,
    wrong="An ignore, of `podrunner.toml`, of a comment or of `--ignore`, matches no finding. It would hide the next one.",
    remedy="Take it out, or correct its code or place.",
    more="policy.md",
)
