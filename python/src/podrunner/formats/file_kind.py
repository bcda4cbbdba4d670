"""What is said of a YAML file as such, by what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.findings.rules.values import VALUES_DOCUMENTS, VALUES_DUPLICATE_KEY, VALUES_YAML

if TYPE_CHECKING:
    from podrunner.findings.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class FileKind:
    """Rules and words for one kind of file: `reader` is who reads it, `must_be` the sentence about another type."""

    not_yaml: Rule
    documents: Rule
    duplicate_key: Rule
    reader: str
    must_be: str

    def duplicate(self, key: str, line: int) -> str:
        """The sentence about a key that line `line` has already."""
        return (
            f"duplicate key `{key}`, given already in line {line}. "
            f"{self.reader} uses the last one and ignores the first silently. Keep one."
        )

    def second_document(self) -> str:
        """The sentence about what comes after `---`."""
        if self.documents is VALUES_DOCUMENTS:
            return "a second YAML document. Helm 4 lays it over the first one, Helm 3 does not read it. Write one."
        return f"a second YAML document. {self.reader} reads only the first one, what follows has no effect."


VALUES_FILE = FileKind(
    VALUES_YAML, VALUES_DOCUMENTS, VALUES_DUPLICATE_KEY, reader="Helm", must_be="values must be a map (`key: value`)"
)
