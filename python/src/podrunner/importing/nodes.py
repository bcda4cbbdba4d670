"""Nodes of a YAML text: found by their place, and their text with the lines that it has in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.nodes import Node

Place = tuple[str, ...]


def below(node: Node | None, place: Place) -> Node | None:
    """The node at a place; a key with dots is one key."""
    import yaml

    if not place or node is None:
        return node
    entries = node.value if isinstance(node, yaml.MappingNode) else []
    return next((below(value, place[1:]) for key, value in entries if key.value == place[0]), None)


def items(node: Node | None, place: Place) -> list[Node]:
    """The items of a list; none where there is none."""
    import yaml

    found = below(node, place)
    return list(found.value) if isinstance(found, yaml.SequenceNode) else []


def entries(node: Node | None, place: Place = ()) -> Iterator[tuple[str, Node, int]]:
    """(key, value, line of the key) of a map, from 1."""
    import yaml

    found = below(node, place)
    for key, value in found.value if isinstance(found, yaml.MappingNode) else ():
        yield str(key.value), value, key.start_mark.line + 1


def text_at(node: Node | None, *places: Place) -> str:
    """The first text that is there and not empty."""
    import yaml

    found = (below(node, place) for place in places)
    return next((one.value for one in found if isinstance(one, yaml.ScalarNode) and one.value), "")


def line_of(node: Node) -> int:
    """From 1."""
    return int(node.start_mark.line) + 1


def plain(node: Node) -> Any:
    """What a node is when it is read as YAML."""
    import yaml

    return yaml.safe_load(yaml.serialize(node))


def in_place(text: str, node: Node) -> str:
    """The text of a node, after as many empty lines as there are lines before it."""
    import yaml

    start, end = node.start_mark, node.end_mark
    if isinstance(node, yaml.ScalarNode):
        is_block = node.style == "|"
        return "\n" * (start.line + 1 if is_block else start.line) + str(node.value)
    return "\n" * start.line + " " * start.column + text[start.index : end.index]
