"""Objects with anything anywhere: whatever is wrong, it is a finding, never a traceback."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.formats.placed import Values
from podrunner.helm.renderer import renderer
from podrunner.manifests.difference.objects import differences
from podrunner.manifests.security.grants import grants
from podrunner.report import junit, text

OBJECTS: list[dict[str, Any]] = list(yaml.safe_load_all((Path(__file__).parent / "objects.yaml").read_text()))
Place = tuple[int | str, ...]


def places(part: Any, path: Place = ()) -> Iterator[Place]:
    """Every node of a tree."""
    yield path
    for key, below in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield from places(below, (*path, key))


# Not the objects themselves: Helm makes them, and a document that is no map is another test's.
PLACES = [place for place in places(OBJECTS) if len(place) > 1]
WORDS = ["", "p", "web", "small", "a: b", "8080", "concurrent = 1\n[[runners]]\n", "-----BEGIN PRIVATE KEY-----", "."]
SCALARS = st.none() | st.booleans() | st.integers(-2, 2**33) | st.floats(-1e3, 1e3) | st.sampled_from(WORDS) | st.text()
KEYS = st.sampled_from(["name", "matchLabels", "key", "kind", "app", "x"])
ANYTHING = st.recursive(SCALARS, lambda part: st.lists(part, max_size=3) | st.dictionaries(KEYS, part, max_size=3))
EDITS = st.lists(st.tuples(st.sampled_from(PLACES), ANYTHING), min_size=1, max_size=4)


def edited(edits: list[tuple[Place, Any]]) -> list[dict[str, Any]]:
    objects = deepcopy(OBJECTS)
    for place, value in edits:
        part: Any = objects
        for step in place[:-1]:
            fits = isinstance(part, dict) if isinstance(step, str) else isinstance(part, list) and step < len(part)
            part = part[step] if fits and (not isinstance(part, dict) or step in part) else None
        if isinstance(part, dict) or (isinstance(part, list) and isinstance(place[-1], int) and place[-1] < len(part)):
            part[place[-1]] = value
    return objects


@pytest.fixture(scope="module")
def checker(small_chart: Path) -> Checker:
    """Load the small chart once."""
    return Checker(renderer("library", Chart.open(small_chart)))


def test_the_objects_that_are_edited_are_good_ones(checker: Checker) -> None:
    result = checker.check(Case("good", (Values({"objects": OBJECTS}, "values.yaml"),)))

    assert [str(finding) for finding in result.findings if finding.severity.value != "note"] == []


POD = ("spec", "template", "spec")
CONTAINER = (*POD, "containers", 0)
# Kind, place, value: each was a traceback once.
WRONG: list[tuple[str, Place, Any]] = [
    ("StatefulSet", (*CONTAINER, "command"), True),
    ("StatefulSet", (*POD, "serviceAccountName"), {"name": "web"}),
    ("StatefulSet", (*POD, "securityContext", "seLinuxOptions", "type"), ["a"]),
    ("StatefulSet", (*POD, "securityContext", "sysctls", 0, "name"), ["a"]),
    ("StatefulSet", (*CONTAINER, "securityContext", "capabilities", "add"), 5),
    ("StatefulSet", (*CONTAINER, "securityContext", "capabilities", "drop"), 5),
    ("StatefulSet", ("metadata",), ["a"]),
    ("RoleBinding", ("roleRef", "name"), ["x"]),
    ("Role", ("rules", 0, "resources"), 5),
    ("PodDisruptionBudget", ("spec", "selector", "matchExpressions", 0, "values"), 5),
    ("Service", ("spec", "selector", "app"), ["x"]),
    ("Service", ("spec", "ports", 0, "name"), ["x"]),
    ("ServiceMonitor", ("spec", "endpoints", 0, "port"), ["x"]),
    ("ConfigMap", ("metadata",), None),
]


@pytest.mark.parametrize(("kind", "place", "value"), WRONG)
def test_a_value_of_a_wrong_type_is_a_finding(checker: Checker, kind: str, place: Place, value: Any) -> None:
    index = next(index for index, one in enumerate(OBJECTS) if one["kind"] == kind)

    result = checker.check(Case("wrong", (Values({"objects": edited([((index, *place), value)])}, "values.yaml"),)))

    # At the value, where a whole part of the object is written there.
    at = f"objects[{index}]."
    assert any(one.object.startswith(f"{kind}/") or one.path.startswith(at) for one in result.findings)


@settings(
    deadline=None,
    # By hand with many more: PODRUNNER_EXAMPLES=20000.
    max_examples=int(os.environ.get("PODRUNNER_EXAMPLES", "150")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(edits=EDITS)
def test_any_value_anywhere_in_objects_gives_a_report(checker: Checker, edits: list[tuple[Place, Any]]) -> None:
    objects = edited(edits)

    result = checker.check(Case("edited", (Values({"objects": objects}, "values.yaml"),)))

    assert text.write([result]).endswith("\n")
    assert junit.write([result]).endswith("</testsuites>\n")
    assert all(str(difference) for difference in differences(OBJECTS, objects))
    assert isinstance(grants(objects, "podrunner"), set)
    json.dumps([one.toml.text for one in result.rendering.configs] if result.rendering else [])
