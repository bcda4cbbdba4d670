"""A suite of helm unittest, as its file says it. https://github.com/helm-unittest/helm-unittest/blob/main/DOCUMENT.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from podrunner.findings.errors import UsageError
from podrunner.formats.flaw import NOT_YAML, yaml_flaw
from podrunner.formats.yaml import GoLoader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What an entry of `asserts` has beside its kind.
_BESIDE = ("template", "documentIndex", "documentSelector", "not")


@dataclass(frozen=True, slots=True)
class Assertion:
    """One entry of `asserts`; `given` is what stands beside its kind."""

    line: int
    kind: str
    params: dict[str, Any]
    given: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """One test, an entry of `tests`."""

    line: int
    data: dict[str, Any]
    assertions: tuple[Assertion, ...] = ()

    @property
    def name(self) -> str:
        """What it says about itself."""
        return str(self.data.get("it") or "works")


@dataclass(frozen=True, slots=True)
class Suite:
    """One document of a suite's file; `data` is all of it but the tests."""

    file: Path
    line: int
    data: dict[str, Any]
    jobs: tuple[Job, ...] = ()


def read_suites(file: Path) -> list[Suite]:
    """The suites of a file. Raises UsageError for what is not one."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: cannot be read: {error}.") from None
    try:
        nodes = [node for node in yaml.compose_all(text, Loader=GoLoader) if node is not None]
        return [_suite(file, node) for node in nodes if not _is_nothing(node)]
    except NOT_YAML as error:
        flaw = yaml_flaw(error, text)
        line, _ = flaw.place
        raise UsageError(
            f"{file}:{line}: {flaw.sentence('not a suite of helm unittest, since it is not YAML', '')}"
        ) from None


def _is_nothing(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.value


def _suite(file: Path, node: yaml.Node) -> Suite:
    data = _value(node)
    line = node.start_mark.line + 1
    if not isinstance(data, dict) or not isinstance(data.get("tests"), list) or not data["tests"]:
        raise UsageError(f"{file}:{line}: not a suite of helm unittest: it has no list `tests`.")
    tests = next(value for key, value in _pairs(node) if key == "tests")
    jobs = tuple(_job(one) for one in tests.value)
    return Suite(file, line, _as_written(node, {key: value for key, value in data.items() if key != "tests"}), jobs)


def _job(node: yaml.Node) -> Job:
    data = _value(node)
    asserts = next((value for key, value in _pairs(node) if key == "asserts"), None)
    entries = asserts.value if isinstance(asserts, yaml.SequenceNode) else []
    said = _as_written(node, data) if isinstance(data, dict) else {}
    return Job(node.start_mark.line + 1, said, tuple(map(_assertion, entries)))


def _as_written(node: yaml.Node, data: dict[str, Any]) -> dict[str, Any]:
    """The data with the versions of the chart as text: 1.10 is not 1.1."""
    chart = next((value for key, value in _pairs(node) if key == "chart"), None)
    written = {key: value.value for key, value in _pairs(chart) if isinstance(value, yaml.ScalarNode)} if chart else {}
    return {**data, "chart": written} if written else data


def _assertion(node: yaml.Node) -> Assertion:
    data = _value(node)
    data = data if isinstance(data, dict) else {}
    kind = next((key for key in data if key not in _BESIDE), "")
    params = data.get(kind)
    given = {key: data[key] for key in _BESIDE if key in data}
    return Assertion(node.start_mark.line + 1, kind, params if isinstance(params, dict) else {}, given)


def _value(node: yaml.Node) -> Any:
    return GoLoader("").construct_like_go(node)


def _pairs(node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        yield str(key.value), value
