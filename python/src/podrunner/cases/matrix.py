"""The matrix file: axes, and the cases that their combinations make. Its format is in docs/matrix.md."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import yaml

from podrunner.cases.case import Case, Settings, combine
from podrunner.cases.settings import SETTINGS, read_setting, read_settings
from podrunner.cases.strategy import STRATEGIES, Exclusion, Strategy, choose
from podrunner.findings.errors import MatrixError
from podrunner.findings.finding import Finding
from podrunner.findings.rules.matrix_file import (
    MATRIX_AXIS,
    MATRIX_DOCUMENTS,
    MATRIX_DUPLICATE_KEY,
    MATRIX_EMPTY,
    MATRIX_ENTRY,
    MATRIX_KEY,
    MATRIX_STRATEGY,
    MATRIX_TOO_MANY,
    MATRIX_TYPE,
    MATRIX_YAML,
)
from podrunner.findings.suggest import listed
from podrunner.formats.file_kind import FileKind
from podrunner.formats.nodes import NodeReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.chart.chart import Chart
    from podrunner.formats.placed import Values

Axis = dict[str, Settings]
_BEGIN = "`cases:` or `axes:`"
_KIND = FileKind(
    MATRIX_YAML,
    MATRIX_DOCUMENTS,
    MATRIX_DUPLICATE_KEY,
    reader="podrunner",
    must_be=f"a matrix file must be a map, with {_BEGIN}",
)
# An hour of work for one processor.
_MOST = 250_000


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix file, read: axis → entry → settings. No case has all entries of an exclusion."""

    file: Path
    strategy: Strategy = "pairwise"
    base: Settings = field(default_factory=Settings)
    axes: dict[str, Axis] = field(default_factory=dict)
    exclude: tuple[Exclusion, ...] = ()
    cases: dict[str, Settings] = field(default_factory=dict)


def load_matrix(path: Path, chart: Chart) -> Matrix:
    """Read a matrix file. Raises MatrixError with a finding for every mistake, UsageError when there is no file."""
    reader = NodeReader(path, _KIND, _BEGIN)
    parts = {
        name: node
        for key, name, node in reader.items(reader.root(), "the file")
        if reader.known(key, name, "", "key", MATRIX_KEY, ("strategy", "base", "axes", "exclude", "cases"))
    }
    axes = _axes(reader, chart, parts["axes"]) if "axes" in parts else {}
    matrix = Matrix(
        path,
        strategy=_strategy(reader, parts.get("strategy")),
        base=read_settings(reader, chart, parts["base"], "base") if "base" in parts else Settings(),
        axes=axes,
        exclude=tuple(_exclusions(reader, parts["exclude"], axes)) if "exclude" in parts else (),
        cases=_cases(reader, chart, parts["cases"]) if "cases" in parts else {},
    )
    if reader.findings:
        raise MatrixError(sorted(reader.findings, key=lambda finding: (finding.file, finding.line, finding.column)))
    return matrix


def make_cases(
    matrix: Matrix,
    *,
    strategy: Strategy | None = None,
    under: Sequence[Values] = (),
    over: Sequence[Values] = (),
    kube_versions: Sequence[str] = (),
) -> list[Case]:
    """The cases of a matrix, those of the axes first.

    `under` are values files below the matrix' own, `over` values above them. `kube_versions` take the place of the
    matrix' own versions, but not in explicit cases that say theirs. Raises MatrixError when there is no case.
    """
    below, above = Settings(layers=tuple(under)), Settings(layers=tuple(over))
    axes = _with_versions(matrix.axes, kube_versions)
    made = []
    entries = {name: list(axis) for name, axis in axes.items()}
    chosen_strategy = strategy or matrix.strategy
    if chosen_strategy == "full":
        _refuse_too_many(matrix.file, entries)
    for row in choose(entries, chosen_strategy, matrix.exclude):
        name = ",".join(f"{axis}={entry}" for axis, entry in row.items())
        chosen = [axes[axis][entry] for axis, entry in row.items()]
        # Made by the axes, so no single line of the file is its place.
        made.append(combine(name, [below, matrix.base, *chosen, above, Settings(line=0)], file=str(matrix.file)))
    for name, settings in matrix.cases.items():
        for version in _versions_of(settings, kube_versions):
            shown = name if version.kube_version is None else f"{name},kube={version.kube_version}"
            made.append(combine(shown, [below, matrix.base, version, settings, above], file=str(matrix.file)))
    if not made:
        why = "every combination is excluded" if axes else "there are neither `cases:` nor `axes:`"
        raise MatrixError([Finding(MATRIX_EMPTY, f"no case: {why}.", file=str(matrix.file))])
    return made


def _refuse_too_many(file: Path, entries: dict[str, list[str]]) -> None:
    """Combinations multiply: nobody waits for millions of them, and no memory holds them."""
    number = math.prod(len(each) for each in entries.values())
    if number > _MOST:
        longest = sorted(entries, key=lambda name: len(entries[name]))[-3:][::-1]
        message = (
            f"strategy full: {number:,} combinations, more than {_MOST:,}. Write pairwise, in which every two entries "
            f"meet, or fewer entries: the longest axes are {listed(longest)}."
        )
        raise MatrixError([Finding(MATRIX_TOO_MANY, message, file=str(file))])


def _with_versions(axes: dict[str, Axis], kube_versions: Sequence[str]) -> dict[str, Axis]:
    if not kube_versions:
        return axes
    kept = {name: axis for name, axis in axes.items() if not all(_says_version(entry) for entry in axis.values())}
    return {**kept, "kube": {version: Settings(kube_version=version) for version in kube_versions}}


def _says_version(settings: Settings) -> bool:
    return settings.kube_version is not None


def _versions_of(settings: Settings, kube_versions: Sequence[str]) -> list[Settings]:
    if _says_version(settings) or not kube_versions:
        return [Settings()]
    return [Settings(kube_version=version) for version in kube_versions]


def _strategy(reader: NodeReader, node: yaml.Node | None) -> Strategy:
    text = reader.text(node, "strategy") if node is not None else None
    if text is None or node is None or not reader.known(node, text, "", "strategy", MATRIX_STRATEGY, STRATEGIES):
        return "pairwise"
    return cast("Strategy", text)


def _cases(reader: NodeReader, chart: Chart, node: yaml.Node) -> dict[str, Settings]:
    found = {}
    for _, name, value in reader.items(node, "cases", "NAME: {values: {…}}"):
        found[name] = read_settings(reader, chart, value, f"cases.{name}", expect=True)
    return found


def _exclusions(reader: NodeReader, node: yaml.Node, axes: dict[str, Axis]) -> Iterator[Exclusion]:
    """A list of maps: axis → entry, or a list of its entries."""
    if not isinstance(node, yaml.SequenceNode):
        reader.wrong(
            node, MATRIX_TYPE, "exclude: must be a list of maps, such as `- {preset: privileged, kube: 1.25}`."
        )
        return
    for index, item in enumerate(node.value):
        where = f"exclude[{index}]"
        exclusion: Exclusion = {}
        for key, axis, value in reader.items(item, where):
            if reader.known(key, axis, f"{where}: ", "axis", MATRIX_AXIS, list(axes)):
                nodes = value.value if isinstance(value, yaml.SequenceNode) else [value]
                texts = [(one, reader.text(one, f"{where}.{axis}")) for one in nodes]
                exclusion[axis] = [
                    text
                    for one, text in texts
                    if text is not None
                    and reader.known(one, text, f"{where}.{axis}: ", "entry", MATRIX_ENTRY, axes[axis])
                ]
        if exclusion:
            yield exclusion


def _axes(reader: NodeReader, chart: Chart, node: yaml.Node) -> dict[str, Axis]:
    axes = {}
    for key, name, value in reader.items(node, "axes", "NAME: [ENTRY, ENTRY]"):
        before = len(reader.findings)
        axes[name] = _axis(reader, chart, name, value)
        if not axes[name] and len(reader.findings) == before:
            reader.wrong(key, MATRIX_AXIS, f"axes.{name}: has no entries. Give at least one, or remove the axis.")
    return axes


def _axis(reader: NodeReader, chart: Chart, name: str, node: yaml.Node) -> Axis:
    where = f"axes.{name}"
    if isinstance(node, yaml.SequenceNode):
        if name in SETTINGS:
            return _list_axis(reader, chart, name, node, where)
        message = (
            f"{where}: a list, and `{name}` is not the name of a setting. Write `{name}: {{SETTING: [...]}}` "
            f"with one of {', '.join(SETTINGS)}, or a map of named entries."
        )
        reader.wrong(node, MATRIX_AXIS, message)
        return {}
    listed = _single_list(node)
    if listed:
        return _list_axis(reader, chart, listed[0], listed[1], where)
    items = reader.items(node, where, f"[{node.value}]" if isinstance(node, yaml.ScalarNode) else "ENTRY: {…}")
    return {entry: read_settings(reader, chart, value, f"{where}.{entry}") for _, entry, value in items}


def _single_list(node: yaml.Node) -> tuple[str, yaml.SequenceNode] | None:
    """(setting, list) for an axis written `{kubeVersion: [...]}`."""
    if isinstance(node, yaml.MappingNode) and len(node.value) == 1:
        key, value = node.value[0]
        if key.value in SETTINGS and isinstance(value, yaml.SequenceNode):
            return key.value, value
    return None


def _list_axis(reader: NodeReader, chart: Chart, setting: str, node: yaml.SequenceNode, where: str) -> Axis:
    axis: Axis = {}
    for item in node.value:
        name = _entry_name(setting, item)
        if name is None or name in axis:
            reason = "needs a name" if name is None else f"would be the second one called `{name}`"
            message = f"{where}: this entry {reason}. Write the axis as a map: `NAME: {{{setting}: ...}}`."
            reader.wrong(item, MATRIX_ENTRY, message)
            continue
        axis[name] = Settings(**read_setting(reader, chart, setting, item, f"{where}.{name}"))
    return axis


def _entry_name(setting: str, node: yaml.Node) -> str | None:
    if isinstance(node, yaml.ScalarNode):
        return Path(node.value).stem if setting in ("lookup", "values") else str(node.value)
    if setting == "apiVersions" and isinstance(node, yaml.SequenceNode):
        return "+".join(str(item.value) for item in node.value) or "none"
    return None
