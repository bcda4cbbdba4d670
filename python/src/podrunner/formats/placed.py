"""Values files with the place of every key."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from podrunner.findings.errors import UsageError, ValuesError
from podrunner.findings.finding import Finding
from podrunner.findings.path import value_at
from podrunner.formats.file_kind import VALUES_FILE, FileKind
from podrunner.formats.flaw import NOT_YAML, yaml_flaw
from podrunner.formats.remarks import find_remarks
from podrunner.formats.yaml import (
    GoLoader,
    find_duplicates,
    key_text,
    refuse_endless_aliases,
    scalar,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.findings.path import Path as Parts
    from podrunner.findings.rules.rule import Rule
    from podrunner.formats.remarks import Remark

Place = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """One layer of values: a file, a part of a file or a command line option.

    `source` is how people call it (a path or `--set`), `findings` what is wrong with the text itself, such as
    duplicate keys.
    """

    data: dict[str, Any]
    source: str = ""
    is_file: bool = False
    findings: tuple[Finding, ...] = ()
    # The place of the key, or of the item of a list. The root of the values is under ().
    places: dict[Parts, Place] = field(default_factory=dict)
    # Scalars as written, where Go reads something else: `0644` for 420, `yes` for true.
    texts: dict[Parts, str] = field(default_factory=dict)
    # The place where the text of a literal block begins.
    blocks: dict[Parts, Place] = field(default_factory=dict)
    # Further documents of the file, which Helm 4 lays over this one, and Helm 3 does not read.
    later: tuple[Values, ...] = ()
    is_later: bool = False
    # Of the whole file, where this is a part of one.
    remarks: tuple[Remark, ...] = ()


def load_values(path: Path | str, source: str = "") -> Values:
    """A values file, read with Go's YAML rules; `source` is how people call it, else its path.

    Raises UsageError when there is no such file, ValuesError with place and reason when it is not a YAML map.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file.") from None
    except IsADirectoryError:
        raise UsageError(f"{path}: is a directory, not a values file.") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read: {error}.") from None
    return _read_file(text, source or str(path))


@lru_cache(maxsize=64)
def _read_file(text: str, source: str) -> Values:
    """Many tests render one file: as the same layer, what is known of it need not be found out again."""
    return read_values(text, source)


def load_layer(path: Path | str, source: str = "") -> Values:
    """A values file that may be broken: then empty, with what is wrong as its findings. Raises UsageError only."""
    try:
        return load_values(path, source)
    except ValuesError as error:
        return _broken(source or str(path), error)


def read_layer(text: str, source: str) -> Values:
    """Values from YAML text that may be broken: then empty, with what is wrong as its findings."""
    try:
        return read_values(text, source)
    except ValuesError as error:
        return _broken(source, error)


def _broken(source: str, error: ValuesError) -> Values:
    return Values({}, source, is_file=True, findings=error.findings)


def read_values(text: str, source: str, kind: FileKind = VALUES_FILE) -> Values:
    """Values from YAML text; `source` is the file name for messages. Raises ValuesError.

    `kind` is what the file is for, which decides the rules and words of its findings.
    """
    try:
        nodes = list(yaml.compose_all(text, Loader=GoLoader))
        found = _values(source, nodes, kind)
        return replace(found, remarks=find_remarks(text, nodes), blocks=_blocks(nodes[:1], text))
    except NOT_YAML as error:
        flaw = yaml_flaw(error, text)
        raise ValuesError([_wrong(source, kind.not_yaml, flaw.sentence("not YAML"), flaw.start)]) from None


def place_in_block(values: Values, path: Parts, rest: Parts) -> Place | None:
    """Where what is at `rest`, or the nearest around it, is written in the YAML of a literal block at `path`."""
    if path not in values.blocks or not rest:
        return None
    text = value_at(values.data, path)
    try:
        node = yaml.compose(text, Loader=GoLoader)
    except NOT_YAML:
        return None
    places = {below: _place(at) for below, at, _ in _walk(node, ())} if node else {}
    nearest = next((places[rest[:end]] for end in range(len(rest), 0, -1) if rest[:end] in places), None)
    first, indent = values.blocks[path]
    return (first + nearest[0] - 1, indent + nearest[1] - 1) if nearest else None


def _blocks(roots: Sequence[yaml.Node], text: str) -> dict[Parts, Place]:
    """The line and column of the first character of each literal block."""
    lines = text.split("\n") if "|" in text else []
    found: dict[Parts, Place] = {}
    for path, _, node in (one for root in roots if lines for one in _walk(root, ())):
        if not isinstance(node, yaml.ScalarNode) or node.style != "|" or not node.value.strip():
            continue
        first = node.start_mark.line + 1
        blank = next(number for number, line in enumerate(node.value.split("\n")) if line.strip())
        inner, outer = node.value.split("\n")[blank], lines[first + blank]
        found[path] = (first + 1, len(outer) - len(inner) + 1)
    return found


def _values(source: str, nodes: list[yaml.Node], kind: FileKind) -> Values:
    more = [node for node in nodes[1:] if not _is_nothing(node)]
    findings = [_wrong(source, kind.documents, kind.second_document(), _place(node)) for node in more[:1]]
    first = _document(nodes[0], source, kind, findings) if nodes else Values({}, source, is_file=True)
    if kind is not VALUES_FILE:
        return first
    return replace(first, later=tuple(replace(_document(node, source, kind), is_later=True) for node in more))


def _document(root: yaml.Node, source: str, kind: FileKind, findings: Sequence[Finding] = ()) -> Values:
    if _is_nothing(root):
        return Values({}, source, is_file=True, findings=tuple(findings))
    if not isinstance(root, yaml.MappingNode):
        what = "list" if isinstance(root, yaml.SequenceNode) else "single value"
        raise ValuesError([_wrong(source, kind.not_yaml, f"{kind.must_be}, this is a {what}.", _place(root))])
    refuse_endless_aliases(root)
    duplicates = [
        _wrong(source, kind.duplicate_key, kind.duplicate(key_text(again), _place(first)[0]), _place(again))
        for first, again in find_duplicates(root)
    ]
    return values_from_node(root, source, [*duplicates, *findings])


def _is_nothing(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and scalar(node) is None


def values_from_node(node: yaml.MappingNode, source: str, findings: list[Finding] | None = None) -> Values:
    """Values from a part of a YAML file, such as a fragment in a matrix file."""
    # An own loader for the constructors only; the text was parsed already.
    data = GoLoader("").mapping_like_go(node)
    places: dict[Parts, Place] = {(): _place(node)}
    texts: dict[Parts, str] = {}
    for path, at, value in _walk(node, ()):
        places[path] = _place(at)
        if isinstance(value, yaml.ScalarNode) and str(scalar(value)) != value.value:
            texts[path] = value.value
    return Values(data, source, True, tuple(findings or ()), places, texts)


def _walk(node: yaml.Node, path: Parts) -> Iterator[tuple[Parts, yaml.Node, yaml.Node]]:
    """(path, node of the key or list item, node of the value) for everything below `node`."""
    children: list[tuple[str | int, yaml.Node, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        children = [(key_text(key), key, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        children = [(index, item, item) for index, item in enumerate(node.value)]
    for part, at, value in children:
        yield (*path, part), at, value
        yield from _walk(value, (*path, part))


def _place(node: yaml.Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _wrong(source: str, rule: Rule, message: str, place: Place) -> Finding:
    line, column = place
    return Finding(rule, message, file=source, line=line, column=column)
