"""The keys that give effect to a value that has none: named rightly, for each value of the chart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.coverage.flips import flips, leaves, schema_of
from podrunner.check.switches import find_switches
from podrunner.findings.errors import RenderError
from podrunner.findings.path import dotted, parse_dotted
from podrunner.formats.placed import Values
from podrunner.helm.renderer import Renderer, renderer
from podrunner.values.merge import merge, nested

if TYPE_CHECKING:
    from podrunner.findings.path import Path as Parts

CHART = Chart.open()
MINIMAL = {"gitlab": {"url": "https://gitlab.example.com"}}
EXPECTED = yaml.safe_load((Path(__file__).parent / "switches.yaml").read_text(encoding="utf-8"))
LEAVES: list[tuple[Parts, Any]] = [
    (path, value) for path, value in leaves(CHART.defaults.data) if path != ("gitlab", "url")
]


@pytest.fixture(scope="module")
def own() -> Renderer:
    return renderer("library", CHART)


def _rendered(own: Renderer, *values: dict[str, Any]) -> str | None:
    case = Case("a", (Values(merge(MINIMAL, *values), "values.yaml"),))
    if CHART.check(case.layers):
        return None
    try:
        return own.raw(case)
    except RenderError:
        return None


def _schema() -> dict[str, Any]:
    return CHART.schema.data if CHART.schema else {}


def _alone(own: Renderer, path: Parts, value: Any, around: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """A values file in which a leaf is not the default, and what becomes of it; the last of them when none renders."""
    written = EXPECTED["values"].get(dotted(path))
    others = flips(value, schema_of(path, _schema()), _schema()) if written is None else [written]
    tried = [(said := nested(path, other), _rendered(own, around, said)) for other in others]
    return next((one for one in tried if one[1] is not None), tried[-1])


def _expected(*bases: str) -> dict[str, str]:
    return {leaf: switch for base in bases for switch, below in EXPECTED[base].items() for leaf in below}


@pytest.mark.broad
@pytest.mark.parametrize(
    ("around", "bases", "sections"),
    [
        ({}, ["alone"], [*CHART.defaults.data]),
        ({"podman": {"mode": "none"}}, ["alone", "none"], ["podman", "helperImage"]),
    ],
    ids=["alone", "none"],
)
def test_each_value_that_does_nothing_alone_is_told_with_what_gives_it_effect(
    own: Renderer, around: dict[str, Any], bases: list[str], sections: list[str]
) -> None:
    plain = _rendered(own, around)

    found, refused = {}, []
    for path, value in (one for one in LEAVES if one[0][0] in sections):
        said, text = _alone(own, path, value, around)
        if text is None:
            refused.append(dotted(path))
        elif text == plain:
            case = Case("a", (Values(merge(MINIMAL, around, said), "values.yaml"),))
            found[dotted(path)] = find_switches(path, CHART.effective(case.layers), _schema())

    expected = {leaf: switch for leaf, switch in _expected(*bases).items() if leaf.partition(".")[0] in sections}
    assert found == expected
    assert set(refused) <= set(EXPECTED["refused"])


@pytest.mark.broad
@pytest.mark.parametrize("switch", EXPECTED["alone"])
def test_who_does_what_is_said_gives_each_of_the_values_effect(own: Renderer, switch: str) -> None:
    around = EXPECTED["followed"][switch]
    defaults = dict(LEAVES)
    plain = _rendered(own, around)

    without = [
        leaf
        for leaf in EXPECTED["alone"][switch]
        if _alone(own, parse_dotted(leaf), defaults[parse_dotted(leaf)], around)[1] == plain
    ]

    assert plain is not None
    assert without == []
