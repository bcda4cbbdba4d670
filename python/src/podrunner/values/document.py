"""Values as the text of a file: keys in the chart's order, comments with their keys, quotes where Go needs them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.formats.yaml import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from podrunner.findings.path import Path

_WIDTH = 120


@dataclass(frozen=True, slots=True)
class Comment:
    """Lines above a key and the text after its value, without `#`."""

    above: tuple[str, ...] = ()
    after: str = ""


def write_values(
    values: dict[str, Any], order: Iterable[str], comments: Mapping[Path, Comment], header: Iterable[str] = ()
) -> str:
    """YAML of values, top keys in `order`. `comments` are by the path of the value; `header` are lines of text."""
    from ruamel.yaml import YAML

    places = {name: place for place, name in enumerate(order)}
    ordered = dict(sorted(values.items(), key=lambda entry: places.get(entry[0], len(places))))
    yaml = YAML()
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(_node(ordered, (), comments), out)
    return "".join(f"# {line}".rstrip() + "\n" for line in header) + out.getvalue()


def _node(value: Any, path: Path, comments: Mapping[Path, Comment]) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, dict) and value:
        mapping = CommentedMap()
        for name, item in value.items():
            mapping[_text(name)] = _node(item, (*path, name), comments)
            _attach(mapping, _text(name), comments.get((*path, name)), len(path))
        return mapping
    if isinstance(value, list) and value:
        sequence = CommentedSeq(_node(item, (*path, index), comments) for index, item in enumerate(value))
        for index in range(len(value)):
            _attach_to_item(sequence, index, comments.get((*path, index)), len(path))
        if all(not isinstance(item, (dict, list)) and "\n" not in str(item) for item in value):
            sequence.fa.set_flow_style()
        return sequence
    return _scalar(value)


def _attach_to_item(sequence: Any, index: int, comment: Comment | None, depth: int) -> None:
    lines = (*comment.above, *([comment.after] if comment.after else [])) if comment else ()
    if lines:
        sequence.yaml_set_comment_before_after_key(index, before="\n".join(lines), indent=2 * depth)


def _attach(mapping: Any, name: str, comment: Comment | None, depth: int) -> None:
    if comment is None:
        return
    if comment.above:
        mapping.yaml_set_comment_before_after_key(name, before="\n".join(comment.above), indent=2 * depth)
    if comment.after:
        if isinstance(mapping[name], (dict, list)) and mapping[name]:
            mapping.yaml_set_comment_before_after_key(name, before=comment.after, indent=2 * depth)
        else:
            mapping.yaml_add_eol_comment(comment.after, name)


def _scalar(value: Any) -> Any:
    from ruamel.yaml.scalarstring import LiteralScalarString

    if not isinstance(value, str):
        return value
    return LiteralScalarString(value) if "\n" in value.strip("\n") or value.endswith("\n") else _text(value)


def _text(text: str) -> str:
    """A text that Helm, which reads YAML as Go does, takes for nothing else: `on`, `0644` and `1e3` get quotes."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    try:
        is_text = isinstance(resolve(text), str)
    except ValueError:
        is_text = False
    return text if is_text and text not in ("", "<<", "=") else DoubleQuotedScalarString(text)
