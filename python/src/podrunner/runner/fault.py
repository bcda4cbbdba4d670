"""One thing wrong in a config.toml, in parts: it is told at its line of that file, or at the value it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.findings.finding import Finding
from podrunner.findings.path import dotted, spoken
from podrunner.manifests.rendering import CONFIG_TOML

if TYPE_CHECKING:
    from podrunner.findings.path import Path
    from podrunner.findings.rules.rule import Rule
    from podrunner.findings.severity import Severity


@dataclass(frozen=True, slots=True)
class Fault:
    """`path` is the one in the file, () for the file as a whole; `reason` is a sentence without it.

    `line` and `column` are from 1, 0 when not known; `severity` is that of the rule unless given. `about` is the
    value that is wrong, where that is a scalar.
    """

    rule: Rule
    path: Path
    reason: str
    severity: Severity | None = None
    line: int = 0
    column: int = 0
    about: str = ""

    def finding(self, file: str = CONFIG_TOML) -> Finding:
        """The finding at its line; `file` is what people call the config.toml."""
        return self._finding(f"{dotted(self.path)}: {self.reason}" if self.path else self.reason, self.path, file)

    def at_value(self, path: Path) -> Finding:
        """The finding about the value at `path`, by the values' own name for it, which people search for."""
        return self._finding(f"{spoken(path)}: {self.reason} (line {self.line} of {CONFIG_TOML})", path, CONFIG_TOML)

    def _finding(self, message: str, path: Path, file: str) -> Finding:
        return Finding(
            self.rule,
            message,
            path=dotted(path),
            file=file,
            line=self.line,
            column=self.column,
            severity=self.severity or self.rule.severity,
            about=self.about,
        )
