"""Values that do nothing: what somebody wrote, said differently, gives the same rendering."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.cases.case import KUBE_VERSION
from podrunner.check.coverage.flips import flips, leaves
from podrunner.check.switches import find_switches, overriding
from podrunner.findings.errors import RenderError
from podrunner.findings.finding import Finding
from podrunner.findings.path import dotted
from podrunner.findings.rules.values import VALUES_WITHOUT_EFFECT
from podrunner.findings.suggest import listed
from podrunner.formats.placed import Values
from podrunner.manifests.objects import all_texts
from podrunner.schema.parts import parts_at
from podrunner.values.merge import coalesce, merge, nested
from podrunner.values.places import locate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from podrunner.cases.case import Case
    from podrunner.chart.chart import Chart
    from podrunner.findings.path import Path as Parts
    from podrunner.helm.renderer import Renderer

# Text that no template, no JSON and no TOML writes in another way.
_PLAIN = re.compile(r"[A-Za-z0-9._/:@-]{4,}\Z")
# … and that may be followed by digits.
_OPEN = re.compile(r"[A-Za-z0-9._/:@=-]*[A-Za-z0-9]\Z")
_AMOUNT = re.compile(r"([1-9][0-9]*)([A-Za-z]*)\Z")
# A checksum of what is rendered.
_SUM = re.compile(r"\b[0-9a-f]{40,64}\b")
# Helm reads whole numbers beyond as the nearest that a float has.
_EXACT = 2**53
_NOWHERE = object()
# Why a value of all runners does nothing: each of them has its own.
_OVERRIDDEN = "overridden"


def check_effects(renderer: Renderer, case: Case) -> tuple[Finding, ...]:
    """A warning for each value of a case that changes nothing, at the value; of a map that does nothing, one.

    One render for each value, none for those that say what holds without them and for those whose text is seen in the
    rendering. Presets and the chart's defaults are not looked at. By the helm command, which takes a process for each
    render, nothing is looked at either.
    """
    if renderer.kind != "library":
        return ()
    return _found(renderer, replace(case, name="", expect_fail="", file="", line=0))


@lru_cache(maxsize=512)
def _found(renderer: Renderer, case: Case) -> tuple[Finding, ...]:
    comparison = _Comparison.of(renderer, case)
    values = renderer.chart.effective(case.layers)
    written = dict(leaves(comparison.written))
    dead = _dead_on(renderer, case, comparison, written)
    overridden = {path for path in dead if overriding(path, values)}
    switches = {
        path: _OVERRIDDEN if path in overridden else find_switches(path, values, comparison.schema) for path in dead
    }
    found = []
    for path in _joined(switches, written):
        name = dotted(path)
        switch = max((switches[one] for one in dead if one[: len(path)] == path), key=len)
        way_out = f"Set {switch}, or remove it." if switch else "Remove it, or see its comment in the chart's values."
        if switch == _OVERRIDDEN:
            way_out = f"{_overridden(overriding(path, values))} Remove it."
        if path in written and written[path] is None:
            way_out = 'null takes a value away, and there is none. Remove it, or write "" for an empty one.'
        finding = Finding(VALUES_WITHOUT_EFFECT, f"{name}: changes nothing that is rendered. {way_out}", path=name)
        found.append(locate(finding, case.layers, path))
    return tuple(found)


def _overridden(by: list[Parts]) -> str:
    return f"{listed(map(dotted, by))} override{'s' if len(by) == 1 else ''} it."


def _dead_on(renderer: Renderer, case: Case, comparison: _Comparison, written: Mapping[Parts, Any]) -> list[Parts]:
    """What does nothing, also on the usual Kubernetes: every value is tried on that alone, not on each of many."""
    usual = replace(case, kube_version=KUBE_VERSION)
    if case == usual:
        return _dead(renderer, case)
    try:
        candidates = _dead(renderer, usual)
    except RenderError:
        return _dead(renderer, case)
    return [path for path in candidates if not comparison.has_effect(path, written[path])]


@lru_cache(maxsize=512)
def _dead(renderer: Renderer, case: Case) -> list[Parts]:
    comparison = _Comparison.of(renderer, case)
    doubtful = [(path, value) for path, value in leaves(comparison.written) if not comparison.is_evident(path, value)]
    carried = comparison.carried(doubtful)
    return [path for path, value in doubtful if path not in carried and not comparison.makes_a_difference(path, value)]


def _joined(dead: Mapping[Parts, str], every: Iterable[Parts]) -> Iterator[Parts]:
    """The paths that do nothing; a map that has several of one reason and nothing else, in their place."""
    below = Counter(path[:length] for path in every for length in range(1, len(path) + 1))
    told: set[Parts] = set()
    for path in dead:
        top = path
        for length in range(len(path) - 1, 0, -1):
            above = path[:length]
            # Of one reason: what one of them needs is all that the others do, or the beginning of it.
            said = [needs for one, needs in dead.items() if one[:length] == above]
            most = max(said, key=len)
            if len(said) < below[above] or not all(
                needs == most or (needs and most.startswith(needs)) for needs in said
            ):
                break
            # Around a single one there is nothing more to say.
            top = above if below[above] > below[top] else top
        if top not in told:
            told.add(top)
            yield top


@dataclass(frozen=True, slots=True)
class _Marked:
    """Another value, the mark in it, and the text in whose place the mark stands."""

    value: Any
    mark: str
    stands_for: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Comparison:
    """A case as it is rendered, to compare with. `written` is what somebody wrote, `under` what holds without it."""

    renderer: Renderer
    case: Case
    written: dict[str, Any]
    under: Mapping[str, Any]
    plain: str
    texts: str
    templates: str

    @classmethod
    def of(cls, renderer: Renderer, case: Case) -> _Comparison:
        chart = renderer.chart
        own = [layer for layer in case.layers if _is_written(layer, chart)]
        below = merge(*(layer.data for layer in case.layers if layer not in own))
        written = merge(*(layer.data for layer in own))
        texts = "\n".join(_texts(chart.effective(case.layers)))
        under, templates = coalesce(chart.defaults.data, below), "\n".join(chart.templates.values())
        return cls(renderer, case, written, under, renderer.raw(case), texts, templates)

    @property
    def schema(self) -> dict[str, Any]:
        """The chart's schema of values, empty without one."""
        schema = self.renderer.chart.schema
        return schema.data if schema else {}

    def is_evident(self, path: Parts, value: Any) -> bool:
        """Whether a value needs no render to be shown to do something, or to say what holds without it."""
        holds = _at(self.under, path)
        # A null takes away what is there, and here nothing is: of keys of the chart that may be on purpose.
        is_taken = value is None and holds is _NOWHERE and not self._is_free(path)
        # An empty map leaves a map as it is.
        is_said = value == holds or is_taken or (value == {} and isinstance(holds, dict))
        # The schema says of what podrunner itself reads that it does.
        is_read = any(path[-1] in part.get("x-read", ()) for part in parts_at(path[:-1], self.schema))
        return is_said or is_read or self._is_seen(path, value)

    def has_effect(self, path: Parts, value: Any) -> bool:
        """Whether another value there changes anything. To be refused by Helm is a change."""
        return self.is_evident(path, value) or self.makes_a_difference(path, value)

    def makes_a_difference(self, path: Parts, value: Any) -> bool:
        """The same, by a render alone: of a value that is not evident."""
        return self._text_of(self._changed(path, value)) != self.plain

    def carried(self, values: Sequence[tuple[Parts, Any]]) -> set[Parts]:
        """Paths of values that stand in the rendering as they are, shown by one render for those of each section.

        All of a section get marks; those that are the only one of theirs go with the smallest. Where nothing but these
        differs from the rendering as it is, the same templates carried them there. Otherwise nothing is known, and the
        render was one too many: there are no more of these than values that need none, and so never more renders than values.
        """
        spare = len(dict(leaves(self.written))) - len(values)
        sections: dict[str | int, list[tuple[Parts, Any]]] = {}
        for path, value in values:
            if self._may_be_any(path, value):
                sections.setdefault(path[0], []).append((path, value))
        groups = sorted(sections.values(), key=len, reverse=True)
        several = [some for some in groups if len(some) > 1] or [[]]
        # Of a single value its own render would say as much.
        several[-1] += [one for some in groups if len(some) == 1 for one in some]
        return set().union(*(self._carried_alike(some) for some in several[:spare] if len(some) > 1))

    def _carried_alike(self, values: Iterable[tuple[Parts, Any]]) -> set[Parts]:
        marked = {path: _marked(value, mark) for (path, value), mark in zip(values, self._marks(), strict=False)}
        changes = merge(*(nested(path, one.value) for path, one in marked.items()))
        text = self._text_of(self.case.with_values(changes, "effects"))
        seen = {path for path, one in marked.items() if one.mark in text}
        for path in seen:
            text = text.replace(marked[path].mark, marked[path].stands_for)
        return seen if _SUM.sub("", text) == _SUM.sub("", self.plain) else set()

    def _may_be_any(self, path: Parts, value: Any) -> bool:
        """Whether a value is whole numbers, amounts or texts that could as well be others: not words that the schema lists."""
        texts = value if isinstance(value, list) else [value]
        is_open = not any("enum" in part for part in parts_at(path, self.schema))
        return is_open and bool(texts) and all(map(_is_open, texts))

    def _marks(self) -> Iterator[str]:
        """Numbers that stand nowhere yet, of as many digits as Go writes without an exponent."""
        around = (self.plain, self.texts, self.templates)
        return (mark for mark in map(str, range(700_001, 999_999)) if not any(mark in text for text in around))

    def _is_free(self, path: Parts) -> bool:
        """Whether the key is one that somebody thinks of, in a map that has any."""
        around = parts_at(path[:-1], self.schema)
        is_open = any(isinstance(part.get("additionalProperties"), dict) for part in around)
        return is_open and not any(path[-1] in part.get("properties", ()) for part in around)

    def _is_seen(self, path: Parts, value: Any) -> bool:
        """Whether a text is in the rendering that nothing but this value, or its key, can have brought there."""
        return any(
            _PLAIN.match(text) and text in self.plain and self.texts.count(text) == 1 and text not in self.templates
            for text in (str(path[-1]), *all_texts(value))
        )

    def _text_of(self, case: Case) -> str:
        try:
            return self.renderer.raw(case)
        except RenderError:
            return ""

    def _changed(self, path: Parts, value: Any) -> Case:
        """The case with another value at a path, or without it where any other would say more than nothing."""
        if isinstance(value, bool | int | float | str):
            return self.case.with_values(nested(path, self._flip(path, value)), "effects")
        if isinstance(value, list) and value:
            return self.case.with_values(nested(path, []), "effects")
        chart = self.renderer.chart
        layers = [
            Values(_without(layer.data, path), layer.source) if _is_written(layer, chart) else layer
            for layer in self.case.layers
        ]
        return replace(self.case, layers=tuple(layers))

    def _flip(self, path: Parts, value: Any) -> Any:
        if isinstance(value, int) and abs(value) > _EXACT:
            return 1
        allowed = [one for part in parts_at(path, self.schema) for one in part.get("enum", []) if one != value]
        return next(iter([*allowed, *flips(value, {}, {})]), f"{value}-podrunner")


def _is_open(value: Any) -> bool:
    is_text = isinstance(value, str) and bool(_OPEN.match(value))
    return is_text or (isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1_000_000)


def _marked(value: Any, mark: str) -> _Marked:
    """A number in place of a number, also that of an amount; behind a text, or behind those of a list."""
    if isinstance(value, int):
        return _Marked(int(mark), mark, str(value))
    if isinstance(value, list):
        return _Marked([f"{one}{mark}" for one in value], mark)
    amount = _AMOUNT.match(value)
    return _Marked(f"{mark}{amount[2]}", mark, amount[1]) if amount else _Marked(f"{value}{mark}", mark)


def _is_written(layer: Values, chart: Chart) -> bool:
    """Whether a layer is somebody's own: not a preset, nor what stands in for the address of GitLab."""
    return layer not in chart.placeholder and not layer.source.startswith(str(chart.source / "presets"))


def _texts(value: Any) -> Iterator[str]:
    """Every key and every scalar, each as it is written once."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield str(key)
            yield from _texts(below)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    else:
        yield str(value)


def _at(values: Any, path: Iterable[str | int]) -> Any:
    for part in path:
        if not isinstance(values, dict) or part not in values:
            return _NOWHERE
        values = values[part]
    return values


def _without(data: dict[str, Any], path: Parts) -> dict[str, Any]:
    first, *rest = path
    if first not in data:
        return data
    kept = {key: value for key, value in data.items() if key != first}
    if rest and isinstance(data[str(first)], dict):
        kept[str(first)] = _without(data[str(first)], tuple(rest))
    return kept
