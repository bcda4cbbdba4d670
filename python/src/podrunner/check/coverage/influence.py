"""Values that do something: changed alone, in any of the cases, they change what is rendered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from podrunner.check.coverage.flips import flips, leaves, schema_of
from podrunner.findings.errors import RenderError
from podrunner.values.merge import coalesce, merge, nested

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podrunner.cases.case import Case
    from podrunner.findings.path import Path as Parts
    from podrunner.helm.renderer import Renderer

# How many cases a value that does nothing is tried in.
_TRIES = 40


@dataclass(frozen=True, slots=True)
class ValueUse:
    """One value of values.yaml: whether a case says something else than the default, whether it has any effect.

    `has_effect` is None where nothing could be tried: no other value that the schema takes is known.
    """

    path: Parts
    is_set: bool
    has_effect: bool | None


def find_uses(renderer: Renderer, cases: Sequence[Case]) -> list[ValueUse]:
    """The use of every value of the chart's own values.yaml."""
    chart = renderer.chart
    defaults = chart.defaults.data
    trial = _Trial(renderer, list(cases))
    subcharts = {file.name for file in (chart.path / "charts").glob("*") if file.is_dir()}
    said = [case.values for case in cases]
    return [
        ValueUse(path, any(_at(values, path, value) != value for values in said), trial.has_effect(path, value))
        for path, value in leaves(defaults)
        if path[0] not in subcharts
    ]


def _at(values: Any, path: Parts, default: Any) -> Any:
    for part in path:
        if not isinstance(values, dict) or part not in values:
            # A null above takes the value away.
            return None if values is None else default
        values = values[part]
    return values


class _Trial:
    """Renders of each case as it is, kept to compare with."""

    def __init__(self, renderer: Renderer, cases: list[Case]) -> None:
        self._renderer, self._cases = renderer, cases
        self._schema, self._defaults = renderer.chart.schema, renderer.chart.defaults.data
        self._said = [case.values for case in cases]
        self._plain: dict[int, str | None] = {}

    def has_effect(self, path: Parts, default: Any) -> bool | None:
        """Whether another value at `path` changes the rendering of any case; None when there is no other to try.

        To be refused by Helm is an effect. What the schema refuses can show one, and never that there is none.
        """
        was_tried, unfit = False, []
        schema = self._schema.data if self._schema else {}
        part = schema_of(path, schema)
        here_said = [_at(values, path, default) for values in self._said]
        # What other cases say for it is the best thing to try; then what the schema allows.
        said = [value for value in here_said if value != default]
        # Cases that say something for it first: they were written to show its effect.
        for number in sorted(range(len(self._cases)), key=lambda number: here_said[number] == default)[:_TRIES]:
            plain = self._rendered(number)
            if plain is None:
                continue
            case, values, here = self._cases[number], self._said[number], here_said[number]
            for flip in [default, *said, *flips(here, part, schema)]:
                changed = merge(values, nested(path, flip))
                if flip == here:
                    continue
                if not self._fits(changed):
                    unfit.append((case, changed, plain))
                    continue
                was_tried = True
                if self._render(case, changed) != plain:
                    return True
        if was_tried:
            return False
        renderings = ((self._render(case, changed), plain) for case, changed, plain in unfit[:_TRIES])
        return any(text != plain and not text.startswith("refused") for text, plain in renderings) or None

    def _rendered(self, number: int) -> str | None:
        if number not in self._plain:
            case = self._cases[number]
            text = self._render(case, case.values) if self._fits(case.values) else "refused"
            self._plain[number] = None if text.startswith("refused") else text
        return self._plain[number]

    def _fits(self, values: dict[str, Any]) -> bool:
        # Thousands of values that nobody wrote: whether they fit is all there is to know.
        return self._schema is None or self._schema.is_valid(coalesce(self._defaults, values))

    def _render(self, case: Case, values: dict[str, Any]) -> str:
        try:
            rendering = self._renderer.render_unchecked(replace(case, layers=()).with_values(values, "coverage"))
        except RenderError as error:
            return f"refused: {error}"
        return rendering.text + rendering.notes
