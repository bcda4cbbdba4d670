"""What the chart's schema says of a text that does not fit: words, not a pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from podrunner.chart.chart import Chart
from podrunner.formats.placed import read_values

if TYPE_CHECKING:
    from collections.abc import Iterator

CHART = Chart.open()


def _patterns(part: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part that has a pattern; what is under `not` is told by what is around it."""
    if isinstance(part, dict):
        if isinstance(part.get("pattern"), str):
            yield ".".join(path), part
        for name, below in part.items():
            if name != "not":
                yield from _patterns(below, (*path, name))
    elif isinstance(part, list):
        for index, below in enumerate(part):
            yield from _patterns(below, (*path, str(index)))


def test_each_pattern_of_the_schema_has_words() -> None:
    assert CHART.schema is not None
    bare = [
        path
        for path, part in _patterns(CHART.schema.data)
        # Keys are told by the description, `wrongPort` stands under `not` alone.
        if not part.get("description" if path.endswith("propertyNames") else "x-reason")
        and not path.endswith("wrongPort")
    ]

    assert bare == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "networkPolicy: {jobs: {blocked: [10.0.0.0/33]}}",
            'networkPolicy.jobs.blocked[0]: "10.0.0.0/33" is not a network. A network is an address with the length '
            "of its prefix, such as 192.0.2.0/24 or 2001:db8::/32.",
        ),
        (
            "podman: {storage: {size: 10GB}}",
            'podman.storage.size: "10GB" is not an amount. An amount such as 500m, 4Gi or 20Gi.',
        ),
        (
            "podman: {storage: {additionalImageStores: {A_b: {path: /a}}}}",
            'podman.storage.additionalImageStores: a key does not fit: "A_b": a store\'s name has up to 40 lower-case '
            "letters, digits and dashes, a letter or digit first and last.",
        ),
        (
            "manager: {env: {A: {value: a, valueFrom: {}}}}",
            "manager.env.A.value: not allowed here. A value is written without this key, `A: …`. "
            "Keep it or valueFrom, not both.",
        ),
        (
            "manager: {env: {A: {value: a}}}",
            "manager.env.A.value: not allowed here. A value is written without this key, `A: …`. "
            "Keep it or valueFrom, not both.",
        ),
        (
            "jobs: {imagePullSecrets: [My_Secret]}",
            'jobs.imagePullSecrets[0]: "My_Secret" is not the name of an object: lower-case letters, digits, dashes '
            "and dots, a letter or digit first and last.",
        ),
    ],
)
def test_a_text_that_does_not_fit_is_told_in_words(text: str, message: str) -> None:
    layers = (read_values(f"gitlab: {{url: https://gitlab.example.com}}\n{text}\n", "values.yaml"),)

    assert [one.message for one in CHART.check(layers)] == [message]
