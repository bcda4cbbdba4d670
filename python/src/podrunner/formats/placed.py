"""Values files with the place of every key."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from podrunner.findings.errors import UsageError, ValuesError
from podrunner.findings.finding import Finding
from podrunner.findings.rules.values import VALUES_DOCUMENTS, VALUES_DUPLICATE_KEY, VALUES_YAML
from podrunner.formats.yaml import (
    GoLoader,
    find_duplicates,
    forbidden_character,
    key_text,
    refuse_endless_aliases,
    scalar,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.path import Path as Parts
    from podrunner.findings.rules.rule import Rule

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


def load_values(path: Path | str) -> Values:
    """A values file, read with Go's YAML rules.

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
    return read_values(text, str(path))


def load_layer(path: Path | str) -> Values:
    """A values file that may be broken: then empty, with what is wrong as its findings. Raises UsageError only."""
    try:
        return load_values(path)
    except ValuesError as error:
        return Values({}, str(path), is_file=True, findings=error.findings)


def read_values(text: str, source: str) -> Values:
    """Values from YAML text; `source` is the file name for messages. Raises ValuesError."""
    try:
        nodes = list(yaml.compose_all(text, Loader=GoLoader))
        return _values(source, nodes)
    except yaml.MarkedYAMLError as error:
        raise ValuesError([_syntax(error, source, text)]) from None
    except RecursionError:
        raise ValuesError([_wrong(source, VALUES_YAML, "not YAML: nested too deeply.")]) from None
    except yaml.reader.ReaderError as error:
        raise ValuesError([_forbidden_character(error, source, text)]) from None


def _values(source: str, nodes: list[yaml.Node]) -> Values:
    findings = [_second_document(node, source) for node in nodes[1:] if not _is_nothing(node)][:1]
    root = nodes[0] if nodes else None
    if root is None or _is_nothing(root):
        return Values({}, source, is_file=True, findings=tuple(findings))
    if not isinstance(root, yaml.MappingNode):
        kind = "list" if isinstance(root, yaml.SequenceNode) else "single value"
        message = f"values must be a map (`key: value`), this is a {kind}."
        raise ValuesError([_wrong(source, VALUES_YAML, message, root.start_mark)])
    refuse_endless_aliases(root)
    duplicates = [_duplicate(first, again, source) for first, again in find_duplicates(root)]
    return values_from_node(root, source, [*duplicates, *findings])


def _is_nothing(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and scalar(node) is None


def _second_document(node: yaml.Node, source: str) -> Finding:
    message = "a second YAML document. Helm reads only the first one, what follows has no effect."
    return _wrong(source, VALUES_DOCUMENTS, message, node.start_mark)


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


def _wrong(source: str, rule: Rule, message: str, mark: Any = None) -> Finding:
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    return Finding(rule, message, file=source, line=line, column=column)


def _syntax(error: yaml.MarkedYAMLError, source: str, text: str) -> Finding:
    # PyYAML has a bound of its own since 6.0.4; before, Python's recursion ended.
    if "nesting depth" in (error.problem or ""):
        return _wrong(source, VALUES_YAML, "not YAML: nested too deeply.", error.problem_mark)
    reason = ", ".join(part for part in (error.context, error.problem) if part)
    mark, context = error.problem_mark or error.context_mark, error.context_mark
    # Lines below is where the parser gave up; the bracket or quote that was not closed is the mistake.
    opened = ("while parsing a flow", "while scanning a quoted", "while scanning a simple key")
    if context and mark and context.line != mark.line and (error.context or "").startswith(opened):
        mark = context
    lines = text.splitlines()
    has_tab = mark and mark.line < len(lines) and lines[mark.line][: mark.column + 1].endswith("\t")
    hint = " This is a tab: indent with blanks." if has_tab else _unclosed(error.context or "")
    return _wrong(source, VALUES_YAML, f"not YAML: {reason}.{hint}", mark)


def _unclosed(context: str) -> str:
    what = "quote" if "quoted scalar" in context else "bracket" if "a flow" in context else ""
    return f" Is a {what} not closed?" if what else ""


def _forbidden_character(error: yaml.reader.ReaderError, source: str, text: str) -> Finding:
    character = forbidden_character(error)
    before = text[: max(text.find(character), 0)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    message = f"not YAML: a character that YAML forbids, U+{ord(character):04X}."
    return Finding(VALUES_YAML, message, file=source, line=line, column=column)


def _duplicate(first: yaml.Node, again: yaml.Node, source: str) -> Finding:
    line = first.start_mark.line + 1
    message = (
        f"duplicate key `{key_text(again)}`, given already in line {line}. "
        "Helm takes the last one and drops the first without a word: keep one."
    )
    return _wrong(source, VALUES_DUPLICATE_KEY, message, again.start_mark)
