"""A Kubernetes manifest around what is to be imported: a ConfigMap, a HelmRelease of Flux, an Application of Argo CD."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.findings.errors import UsageError

if TYPE_CHECKING:
    from yaml.nodes import Node

# Where the configuration stands, by kind; a key with dots is one key.
_PLACES = {
    "ConfigMap": (("data", "config.toml"),),
    "HelmRelease": (("spec", "values"),),
    "Application": (
        ("spec", "source", "helm", "valuesObject"),
        ("spec", "source", "helm", "values"),
        ("spec", "sources", "*", "helm", "valuesObject"),
        ("spec", "sources", "*", "helm", "values"),
    ),
}
# Beside it, in the same map: where more values come from.
_MORE = ("valuesFrom", "valueFiles", "parameters", "fileParameters")
# GitLab's chart keeps runners apart from config.toml, until its manager has registered them.
_TEMPLATE = ("data", "config.template.toml")
_WHOLE = "Give its values (helm get values RELEASE --output yaml), or the config.toml of the running manager."
_KIND = re.compile(rf"^kind:\s*({'|'.join(_PLACES)})\s*(#.*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What was inside: `text` has each line where the manifest has it. `is_toml`: a config.toml, and no values.

    `more` are keys of the manifest that bring values from elsewhere, with their lines.
    """

    text: str
    is_toml: bool
    more: dict[str, int]


def unwrap(text: str, name: str) -> Unwrapped | None:
    """What a manifest holds; None for a text that is none. Raises UsageError for one without a configuration."""
    if not _KIND.search(text):
        return None
    import yaml

    try:
        documents = [document for document in yaml.compose_all(text) if document]
    except yaml.YAMLError:
        return None  # whoever reads it as values says where it is wrong
    kinds = []
    for document in documents:
        kind = getattr(_below(document, ("kind",)), "value", "")
        kinds.append(kind)
        if _below(document, _TEMPLATE):
            raise UsageError(f"{name}: is the ConfigMap of GitLab's chart, and only half of it. {_WHOLE}")
        for place in _PLACES.get(kind, ()):
            found = _below(document, place)
            if found:
                more = _more(document, place[:-1])
                return Unwrapped(_in_place(text, found), is_toml=kind == "ConfigMap", more=more)
    wanted = "; ".join(f"{kind}: {'.'.join(places[0])}" for kind, places in _PLACES.items() if kind in kinds)
    raise UsageError(f"{name}: nothing to import where it would be ({wanted}). Give a config.toml, or a values file.")


def _below(node: Node | None, place: tuple[str, ...]) -> Node | None:
    import yaml

    if not place or node is None:
        return node
    if isinstance(node, yaml.SequenceNode) and place[0] == "*":
        return next((found for item in node.value if (found := _below(item, place[1:]))), None)
    entries = node.value if isinstance(node, yaml.MappingNode) else []
    return next((_below(value, place[1:]) for key, value in entries if key.value == place[0]), None)


def _more(document: Node, place: tuple[str, ...]) -> dict[str, int]:
    import yaml

    around = _below(document, place)
    entries = around.value if isinstance(around, yaml.MappingNode) else []
    return {key.value: key.start_mark.line + 1 for key, value in entries if key.value in _MORE and value.value}


def _in_place(text: str, node: Node) -> str:
    """The text of a node, after as many empty lines as there are lines before it."""
    import yaml

    start, end = node.start_mark, node.end_mark
    if isinstance(node, yaml.ScalarNode):
        is_block = node.style == "|"
        return "\n" * (start.line + 1 if is_block else start.line) + str(node.value)
    return "\n" * start.line + " " * start.column + text[start.index : end.index]
