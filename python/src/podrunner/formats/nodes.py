"""A YAML file of our own grammar, read node by node so that every mistake has its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from podrunner.findings.errors import MatrixError, UsageError, ValuesError
from podrunner.findings.finding import Finding
from podrunner.findings.rules.matrix_file import (
    MATRIX_EMPTY,
    MATRIX_TYPE,
)
from podrunner.findings.suggest import did_you_mean, listed
from podrunner.formats.placed import read_values
from podrunner.formats.yaml import GoLoader

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from podrunner.findings.rules.rule import Rule
    from podrunner.formats.file_kind import FileKind
    from podrunner.formats.remarks import Remark


@dataclass(slots=True)
class NodeReader:
    """One file and what was found wrong with it so far. `begin` are the keys that it may begin with."""

    file: Path
    kind: FileKind
    begin: str
    findings: list[Finding] = field(default_factory=list)
    remarks: tuple[Remark, ...] = ()

    def root(self) -> yaml.MappingNode:
        """The map at the top of the file. Raises UsageError without a file, MatrixError when it is not a YAML map."""
        try:
            text = self.file.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise UsageError(f"{self.file}: cannot be read: {reason}.") from None
        try:
            # The same errors as for a values file: syntax, duplicate keys, a second document.
            read = read_values(text, str(self.file), self.kind)
            self.findings += read.findings
            self.remarks = read.remarks
        except ValuesError as error:
            raise MatrixError(error.findings) from None
        node = next(yaml.compose_all(text, Loader=GoLoader), None)
        if not isinstance(node, yaml.MappingNode):
            message = f"the file is empty. Begin with {self.begin}."
            raise MatrixError([Finding(MATRIX_EMPTY, message, file=str(self.file))])
        return node

    def wrong(self, node: yaml.Node, rule: Rule, message: str) -> None:
        """Note a mistake at a node."""
        mark = node.start_mark
        place = {"file": str(self.file), "line": mark.line + 1, "column": mark.column + 1}
        self.findings.append(Finding(rule, message, **place))  # type: ignore[arg-type]

    def items(
        self, node: yaml.Node, where: str, like: str = "key: value"
    ) -> Iterator[tuple[yaml.Node, str, yaml.Node]]:
        """(key node, key as written, value node) of a map; a mistake when it is something else. Null is an empty map.

        Merge keys (`<<`) are merged.
        """
        if isinstance(node, yaml.MappingNode):
            # An own loader for the merge only: what is merged stands before the map's own keys, which win.
            GoLoader("").flatten_mapping(node)
            for name, (key, value) in {str(key.value): (key, value) for key, value in node.value}.items():
                yield key, name, value
        elif not is_null(node):
            kind = "list" if like.startswith("[") else "map"
            self.wrong(node, MATRIX_TYPE, f"{where}: must be a {kind}, such as `{like}`.")

    def known(self, key: yaml.Node, name: str, where: str, what: str, rule: Rule, names: Collection[str]) -> bool:
        """Whether a key is one of `names`; a mistake that lists them when it is not."""
        if name in names:
            return True
        near = did_you_mean(name, names)
        every = f"Known: {listed(sorted(names))}."
        self.wrong(key, rule, f"{where}unknown {what} `{name}`.{near} {every}")
        return False

    def text(self, node: yaml.Node, where: str) -> str | None:
        """A scalar as it is written in the file: `1.30` stays `1.30`. None and a mistake for anything else."""
        if isinstance(node, yaml.ScalarNode) and not is_null(node):
            return str(node.value)
        self.wrong(node, MATRIX_TYPE, f"{where}: must be text.")
        return None


def is_null(node: yaml.Node) -> bool:
    """Whether nothing is written here."""
    return isinstance(node, yaml.ScalarNode) and node.value in ("", "~", "null") and not node.style
