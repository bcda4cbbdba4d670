"""A pipeline file with the line of every key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from podrunner.findings.errors import PodrunnerError, UsageError
from podrunner.formats.flaw import NOT_YAML, yaml_flaw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Key = tuple[str | int, ...]

# What is not a job at the top level of a pipeline file.
GLOBAL_KEYWORDS = frozenset(
    [
        "after_script",
        "before_script",
        "cache",
        "default",
        "image",
        "include",
        "services",
        "spec",
        "stages",
        "types",
        "variables",
        "workflow",
    ]
)


class PipelineError(PodrunnerError):
    """A pipeline file cannot be turned into a job; the text begins with `file:line`."""


class _Loader(yaml.SafeLoader):
    """YAML 1.1 as GitLab reads it: dates stay text, `!reference` is told from other tags."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class JobReference:
    """`!reference [job, keyword]`."""

    keys: tuple[str, ...]


def _construct_reference(loader: _Loader, node: yaml.Node) -> JobReference:
    keys = loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else []
    return JobReference(tuple(str(key) for key in keys))


_Loader.add_constructor("!reference", _construct_reference)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline file: its data, and key path → line."""

    path: Path
    data: dict[str, Any]
    lines: dict[Key, int]

    @property
    def jobs(self) -> list[str]:
        """Names of all jobs, in the file's order; hidden ones (`.name`) are none."""
        names = (name for name, body in self.data.items() if isinstance(body, dict))
        return [name for name in names if name not in GLOBAL_KEYWORDS and not name.startswith(".")]

    def at(self, *key: str | int) -> str:
        """`file:line` of a key, or of the nearest key around it."""
        while key and key not in self.lines:
            key = key[:-1]
        return f"{self.path}:{self.lines.get(key, 1)}"

    def error(self, key: Key, message: str) -> PipelineError:
        """An error about a key."""
        return PipelineError(f"{self.at(*key)}: {message}")


def load_pipeline(path: Path) -> Pipeline:
    """Reads a pipeline file. Raises UsageError when it cannot be read, PipelineError when it is not YAML or not a map."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{path}: the pipeline cannot be read: {reason}.") from None
    try:
        documents = list(yaml.compose_all(text, Loader=_Loader))
        # A first document with `spec:` is a header, the pipeline follows it.
        header = len(documents) > 1 and any(key == ("spec",) for key, _ in _walk(documents[0], ()))
        node = documents[1 if header else 0] if documents else None
        data = _Loader("").construct_document(node) if node is not None else None
    except NOT_YAML as error:
        flaw = yaml_flaw(error, text)
        place = ":".join(str(part) for part in (path, *flaw.place) if part)
        raise PipelineError(f"{place}: {flaw.sentence('the pipeline is not YAML')}") from None
    if not isinstance(data, dict) or node is None:
        raise PipelineError(f"{path}:1: the pipeline is not a map of jobs (`name:` with `script:` below it).")
    return Pipeline(path, {str(key): value for key, value in data.items()}, dict(_walk(node, ())))


def _walk(node: yaml.Node, above: Key) -> Iterator[tuple[Key, int]]:
    """Every key and list item below a node with its line."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*above, str(key.value))
            yield here, key.start_mark.line + 1
            yield from _walk(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield (*above, index), item.start_mark.line + 1
            yield from _walk(item, (*above, index))
