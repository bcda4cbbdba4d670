"""Quantities, as tests compare them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from podrunner import quantity
from podrunner.findings.errors import UsageError
from podrunner.manifests.quantity import resource_amount


@pytest.mark.parametrize(("one", "other"), [("1Gi", "1024Mi"), ("500m", 0.5), ("2", 2), ("1e3", "1k"), ("0.1", "100m")])
def test_the_same_amount_is_equal_however_it_is_written(one: object, other: object) -> None:
    assert quantity(one) == quantity(other)


@pytest.mark.parametrize(
    ("text", "rounded"),
    [
        ("10u", "0.001"),
        ("100n", "0.001"),
        ("1.5m", "0.002"),
        ("-10u", "-0.001"),
        ("2500m", "2.5"),
        ("1e-999999", "0.001"),
    ],
)
def test_amounts_of_resources_are_rounded_up_to_thousandths_as_by_the_api_server(text: str, rounded: str) -> None:
    assert resource_amount(text) == Decimal(rounded)


def test_amounts_have_an_order() -> None:
    assert quantity("900Mi") < quantity("1Gi") < quantity("2G")


@pytest.mark.parametrize("text", ["4GB", "", "one", None, True])
def test_what_is_not_a_quantity_is_equal_to_nothing(text: object) -> None:
    with pytest.raises(
        UsageError, match=f"`{text}` is not a quantity. Kubernetes takes 500m, 2, 1.5 and 4Gi, not 4GB."
    ):
        quantity(text)
