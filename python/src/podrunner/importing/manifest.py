"""What is around a configuration: a ConfigMap, or what installs GitLab's chart, with the release that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podrunner.findings.errors import UsageError
from podrunner.importing.operator_runner import API, KIND, values_of_operator

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
    "HelmChart": (("spec", "valuesContent"),),
}
# Names of the release and its namespace, the first that is there. Flux and k3s call a release by its manifest.
_RELEASES = {
    "HelmRelease": (("spec", "releaseName"), ("metadata", "name")),
    "Application": (
        ("spec", "source", "helm", "releaseName"),
        ("spec", "sources", "*", "helm", "releaseName"),
        ("metadata", "name"),
    ),
    "HelmChart": (("metadata", "name"),),
}
_NAMESPACES = {
    "HelmRelease": (("spec", "targetNamespace"), ("metadata", "namespace")),
    "Application": (("spec", "destination", "namespace"),),
    "HelmChart": (("spec", "targetNamespace"), ("metadata", "namespace")),
}
# helmfile has a list of releases, and no kind.
_HELMFILE = re.compile(r"^releases:\s*(#.*)?$", re.MULTILINE)
_CHART = "gitlab-runner"
# What `helm get values` says before its values.
_TITLE = re.compile(r"\A(USER-SUPPLIED|COMPUTED) VALUES:[ \t]*$", re.MULTILINE)
# Beside it, in the same map: where more values come from.
_MORE = ("valuesFrom", "valueFiles", "parameters", "fileParameters")
# GitLab's chart keeps runners apart from config.toml, until its manager has registered them.
_TEMPLATE = ("data", "config.template.toml")
_WHOLE = "Give its values (helm get values RELEASE --output yaml), or the config.toml of the running manager."
_KIND = re.compile(rf"^kind:\s*({'|'.join(_PLACES)})\s*(#.*)?$|^apiVersion:\s*{API}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What was inside: `text` has each line where the manifest has it. `is_toml`: a config.toml, and no values.

    `more` are keys of the manifest that bring values from elsewhere, with their lines. `release` and `namespace` are
    empty where the manifest names none.
    """

    text: str
    is_toml: bool
    more: dict[str, int]
    release: str = ""
    namespace: str = ""
    # Keys that are not read, with their line and why.
    unread: dict[str, tuple[int, str]] = field(default_factory=dict)


def unwrap(text: str, name: str) -> Unwrapped | None:
    """What a manifest holds; None for a text that is none. Raises UsageError for one without a configuration."""
    if _TITLE.search(text):
        return Unwrapped(_TITLE.sub("", text), is_toml=False, more={})
    if not _KIND.search(text) and not _HELMFILE.search(text):
        return None
    import yaml

    try:
        documents = [document for document in yaml.compose_all(text) if document]
    except yaml.YAMLError:
        return None  # whoever reads it as values says where it is wrong
    if not _KIND.search(text):
        return _of_helmfile(text, name, documents)
    kinds = []
    for document in documents:
        kind = getattr(_below(document, ("kind",)), "value", "")
        kinds.append(kind)
        if _below(document, _TEMPLATE):
            raise UsageError(f"{name}: is the ConfigMap of GitLab's chart, and only half of it. {_WHOLE}")
        if kind == KIND and _first(document, (("apiVersion",),)).startswith(API):
            return _of_operator(document)
        for place in _PLACES.get(kind, ()):
            found = _below(document, place)
            if found:
                more = _more(document, place[:-1])
                namespace = _first(document, _NAMESPACES.get(kind, ()))
                return Unwrapped(_in_place(text, found), kind == "ConfigMap", more, _release(document, kind), namespace)
    wanted = "; ".join(f"{kind}: {'.'.join(places[0])}" for kind, places in _PLACES.items() if kind in kinds)
    raise UsageError(f"{name}: nothing to import where it would be ({wanted}). Give a config.toml, or a values file.")


def _of_helmfile(text: str, name: str, documents: list[Node]) -> Unwrapped | None:
    """The values of the release in a helmfile whose chart is GitLab's."""
    releases = [one for document in documents for one in getattr(_below(document, ("releases",)), "value", [])]
    ours = [one for one in releases if _first(one, (("chart",),)).rpartition("/")[2] == _CHART]
    if not ours:
        return None
    import yaml

    values = getattr(_below(ours[0], ("values",)), "value", [])
    found = [one for one in values if isinstance(one, yaml.MappingNode)]
    if not found:
        raise UsageError(f"{name}: the release of {_CHART} has no values in this file. {_WHOLE}")
    others = [one.start_mark.line + 1 for one in values if one is not found[0]]
    more = {"values": others[0]} if others else {}
    release, namespace = (_first(ours[0], ((key,),)) for key in ("name", "namespace"))
    return Unwrapped(_in_place(text, found[0]), is_toml=False, more=more, release=release, namespace=namespace)


def _release(document: Node, kind: str) -> str:
    name = _first(document, _RELEASES.get(kind, ()))
    target = _first(document, (("spec", "targetNamespace"),))
    # Flux puts the namespace before the name of its manifest.
    is_composed = kind == "HelmRelease" and target and not _first(document, (("spec", "releaseName"),))
    return f"{target}-{name}" if is_composed else name


def _of_operator(document: Node) -> Unwrapped:
    release, namespace = (_first(document, (("metadata", key),)) for key in ("name", "namespace"))
    spec = getattr(_below(document, ("spec",)), "value", [])
    values, unread = values_of_operator(spec, namespace or "default")
    return Unwrapped(values, is_toml=False, more={}, release=release, namespace=namespace, unread=unread)


def _first(node: Node, places: tuple[tuple[str, ...], ...]) -> str:
    texts = (str(getattr(_below(node, place), "value", None) or "") for place in places)
    return next((text for text in texts if text), "")


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
