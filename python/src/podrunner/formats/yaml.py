"""YAML as Helm and Kubernetes read it: the rules of Go's yaml package, which are not PyYAML's.

`0644` is 420, `y` is true, `1e3` is 1000, `1:30` and dates are text, keys become text, the last of duplicate keys
wins. The table in tests/values compares every rule with the Go library itself.
"""

from __future__ import annotations

import re
from typing import Any, cast

import yaml

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml: slower, same result
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

_TAG = "tag:yaml.org,2002:"
_PLAIN = "!plain"
_TRUE = frozenset(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
_FALSE = frozenset(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"])
_NULL = frozenset(["", "~", "null", "Null", "NULL"])
_INFINITE = frozenset([sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")])
_NAN = frozenset([".nan", ".NaN", ".NAN"])
_INT = re.compile(r"[-+]?(0[bB][01]+|0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
# Above this Go writes a float with an exponent, below as an integer.
_INTEGER_LIMIT = 1e21
# More than any file that people write; a few lines of aliases can make billions.
_NODE_LIMIT = 1_000_000

Duplicate = tuple[yaml.Node, yaml.Node]


def resolve(text: str) -> Any:
    """The value of a plain (unquoted) scalar."""
    if not text or text[0] not in "yYnNtTfFoO~+-.0123456789":
        return None if text in _NULL else text
    for words, value in ((_TRUE, True), (_FALSE, False), (_NULL, None)):
        if text in words:
            return value
    return _number(text)


def _number(text: str) -> Any:
    if text in _INFINITE or text in _NAN:
        raise ValueError(f"`{text}` cannot be written as JSON, and Helm refuses it: quote it if it is text")
    # Go keeps a leading underscore as text: its number rules look at the first character only.
    plain = text.replace("_", "")
    if _INT.match(plain):
        return _in_range(_int(plain))
    if _FLOAT.match(plain):
        number = float(plain)
        if number in (float("inf"), float("-inf")):
            return text
        return _integral(number)
    return text


def _in_range(number: int) -> Any:
    # Go's integers have 64 bits; a longer number becomes a float.
    return number if -(2**63) <= number < 2**64 else _integral(float(number))


def _integral(number: float) -> int | float:
    return int(number) if number.is_integer() and abs(number) < _INTEGER_LIMIT else number


def _int(plain: str) -> int:
    digits = plain.lstrip("+-")
    octal = len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()
    number = int(digits, 8) if octal else int(digits, 0)
    return -number if plain.startswith("-") else number


class GoLoader(_Loader):
    """PyYAML's C loader with Go's rules. Use with `yaml.load_all` or `compose`."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """The tag of a node that has none: plain scalars get one of our own, to be read with Go's rules."""
        if kind is yaml.ScalarNode:
            if not implicit[0]:
                return f"{_TAG}str"
            return f"{_TAG}merge" if value == "<<" else _PLAIN
        return f"{_TAG}map" if kind is yaml.MappingNode else f"{_TAG}seq"

    def construct_document(self, node: yaml.Node) -> Any:
        """The value of a document, refused where Go refuses it: aliases that never end."""
        refuse_endless_aliases(node)
        return super().construct_document(node)

    def construct_like_go(self, node: yaml.Node) -> Any:
        """The value of a whole node: what Helm puts under `.Values`."""
        if isinstance(node, yaml.MappingNode):
            return self.mapping_like_go(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.construct_like_go(item) for item in node.value]
        return scalar(cast("yaml.ScalarNode", node))

    def mapping_like_go(self, node: yaml.MappingNode) -> dict[str, Any]:
        """A mapping with text keys; merge keys (`<<`) are merged, the last of duplicate keys wins."""
        self.flatten_mapping(node)
        return {key_text(key): self.construct_like_go(value) for key, value in node.value}


def scalar(node: yaml.ScalarNode) -> Any:
    """The value of a scalar node. Raises yaml.constructor.ConstructorError for what Go refuses."""
    tag = node.tag.removeprefix(_TAG)
    try:
        if node.tag == _PLAIN:
            return resolve(node.value)
        return _tagged(tag, node.value)
    except ValueError as error:
        raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from error


def _tagged(tag: str, text: str) -> Any:
    if tag == "binary":
        import base64

        return base64.b64decode(text).decode(errors="replace")
    if tag in {"int", "float", "bool", "null"}:
        value = resolve(text)
        kinds: dict[str, Any] = {"int": int, "float": (int, float), "bool": bool, "null": type(None)}
        if not isinstance(value, kinds[tag]):
            raise ValueError(f"`{text}` is not of the type that its tag !!{tag} says")
        return value
    return text


def key_text(node: yaml.Node) -> str:
    """A key as JSON writes it: `on` is "true", `0x10` is "16"."""
    if not isinstance(node, yaml.ScalarNode):
        raise yaml.constructor.ConstructorError(None, None, "a key must be text, not a list or map", node.start_mark)
    value = scalar(node)
    if value is None:
        raise yaml.constructor.ConstructorError(None, None, "a key must not be null", node.start_mark)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _construct(loader: GoLoader, node: yaml.Node) -> Any:
    return loader.construct_like_go(node)


# `None` is PyYAML's word for "any other tag": all nodes go through one constructor.
GoLoader.yaml_constructors = {None: _construct}


def refuse_endless_aliases(node: yaml.Node) -> None:
    """Raise yaml.constructor.ConstructorError for an anchor inside itself, and for aliases that multiply."""
    _count_nodes(node, set(), [0])


def _count_nodes(node: yaml.Node, around: set[int], count: list[int]) -> None:
    count[0] += 1
    if id(node) in around or count[0] > _NODE_LIMIT:
        reason = (
            "an anchor is used inside itself" if id(node) in around else f"more than {_NODE_LIMIT} nodes by aliases"
        )
        raise yaml.constructor.ConstructorError(None, None, reason, node.start_mark)
    if isinstance(node, yaml.ScalarNode):
        return
    around.add(id(node))
    for child in node.value:
        for one in child if isinstance(child, tuple) else (child,):
            _count_nodes(one, around, count)
    around.discard(id(node))


def find_duplicates(node: yaml.Node | None) -> list[Duplicate]:
    """Pairs of key nodes (first, later) that have the same name in one mapping, in the order of the file."""
    if isinstance(node, yaml.SequenceNode):
        return [pair for item in node.value for pair in find_duplicates(item)]
    if not isinstance(node, yaml.MappingNode):
        return []
    found: list[Duplicate] = []
    seen: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode) and key.tag != f"{_TAG}merge":
            name = key_text(key)
            if name in seen:
                found.append((seen[name], key))
            seen.setdefault(name, key)
        found += find_duplicates(value)
    return found


def read_document(text: str) -> tuple[Any, tuple[tuple[str, int], ...]]:
    """The value of a text of one document, and the keys that are there twice in one of its maps, each with its second line."""
    loader = GoLoader(text)
    node = loader.get_single_node()
    if node is None:
        return None, ()
    # Before anything is constructed: that merges merge keys into the nodes.
    duplicates = tuple((key_text(again), again.start_mark.line + 1) for _, again in find_duplicates(node))
    return loader.construct_document(node), duplicates


def forbidden_character(error: yaml.reader.ReaderError) -> str:
    """The character that YAML forbids; the C parser gives its number, the other one its text."""
    return chr(error.character) if isinstance(error.character, int) else str(error.character)
