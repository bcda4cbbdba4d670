"""The file of exceptions: branches and values that no case needs to exercise, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from podrunner.findings.errors import MatrixError
from podrunner.findings.finding import Finding
from podrunner.findings.rules.coverage import COVERAGE_EXCEPTION
from podrunner.findings.rules.matrix_file import MATRIX_DOCUMENTS, MATRIX_DUPLICATE_KEY, MATRIX_KEY, MATRIX_YAML
from podrunner.findings.suggest import did_you_mean
from podrunner.formats.file_kind import FileKind
from podrunner.formats.nodes import NodeReader

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PARTS = ("branches", "values")
_BEGIN = "`branches:` or `values:`"
_KIND = FileKind(
    MATRIX_YAML,
    MATRIX_DOCUMENTS,
    MATRIX_DUPLICATE_KEY,
    reader="podrunner",
    must_be=f"a file of exceptions must be a map, with {_BEGIN}",
)


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Name → line of the file, for branches (`templates/NOTES.txt: not: if .x`) and for values (`image.tag`)."""

    file: str = ""
    branches: dict[str, int] | None = None
    values: dict[str, int] | None = None

    def stale(self, part: str, needed: Iterable[str], known: Iterable[str]) -> list[Finding]:
        """An error for each exception that nothing needs: it would hide the next gap."""
        listed, wanted, every = getattr(self, part) or {}, set(needed), list(known)
        return [
            Finding(COVERAGE_EXCEPTION, _reason(name, name in every, every), file=self.file, line=at)
            for name, at in listed.items()
            if name not in wanted
        ]


def _reason(name: str, is_known: bool, known: list[str]) -> str:
    if is_known:
        return f"`{name}` is exercised. Take it out of the exceptions."
    return f"`{name}` is not in this chart.{did_you_mean(name, known)} Take it out of the exceptions."


def read_exceptions(file: Path) -> Exceptions:
    """Read the file: `branches:` and `values:`, each a map of name → reason. Raises UsageError and MatrixError."""
    reader = NodeReader(file, _KIND, _BEGIN)
    found: dict[str, dict[str, int]] = {part: {} for part in PARTS}
    for key, part, node in reader.items(reader.root(), "the file"):
        if reader.known(key, part, "", "key", MATRIX_KEY, PARTS):
            for name_node, name, reason in reader.items(node, part):
                found[part][name] = name_node.start_mark.line + 1
                if not (isinstance(reason, yaml.ScalarNode) and len(reason.value.split()) > 1):
                    reader.wrong(name_node, COVERAGE_EXCEPTION, f"{part}: `{name}` needs a reason, in a sentence.")
    if reader.findings:
        raise MatrixError(reader.findings)
    return Exceptions(str(file), found["branches"], found["values"])
