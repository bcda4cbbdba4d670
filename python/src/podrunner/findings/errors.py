"""What can go wrong outside this program, as sentences for people.

    PodrunnerError
    ├── UsageError      the command line or a name given to it is wrong (exit code 2)
    ├── RenderError     Helm refused to render
    └── FindingsError   a file is wrong, its findings say where
        ├── ValuesError     a values file cannot be read as YAML, or values do not fit the chart's schema
        └── MatrixError     a matrix file, or a file of exceptions, is wrong

`str()` of each is the whole sentence; `exit_code` is what the command ends with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podrunner.findings.finding import Finding


class PodrunnerError(Exception):
    """Base of all errors that people can do something about."""

    exit_code: int = 1


class UsageError(PodrunnerError):
    """The command was asked for something that is not there or not possible."""

    exit_code = 2


class FindingsError(PodrunnerError):
    """A file is wrong; `findings` say where and why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)

    @property
    def reason(self) -> str:
        """The first message in one line, without the place."""
        return self.findings[0].message


class ValuesError(FindingsError):
    """Values cannot be read, or do not fit the chart's schema."""


class MatrixError(FindingsError):
    """A matrix file cannot be read or says something it must not."""


class RenderError(PodrunnerError):
    """Helm refused to render.

    `template` is the path in the chart (`templates/manager/deployment.yaml`) and `line` and `column` the place in
    it, where Helm names them; else empty and 0.
    """

    def __init__(self, message: str, *, template: str = "", line: int = 0, column: int = 0) -> None:
        place = f"{template}:{line}:{column}: " if template and line else ""
        super().__init__(f"{place}{message}")
        self.message = message
        self.template = template
        self.line = line
        self.column = column

    @property
    def reason(self) -> str:
        """The message in one line, without the place."""
        return " ".join(self.message.split())
