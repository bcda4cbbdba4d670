"""Rights that cover others, and amounts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from podrunner.manifests.quantity import quantity
from podrunner.manifests.security.grants import EVERYWHERE, Grant, Right, gained

GET_PODS = Right("", "pods", "", "get")


@pytest.mark.parametrize(
    ("had", "is_new"),
    [
        (Grant("a", "jobs", GET_PODS), False),
        (Grant("a", EVERYWHERE, GET_PODS), False),
        (Grant("a", "jobs", Right("*", "*", "", "*")), False),
        (Grant("a", "jobs", Right("", "pods", "one", "get")), True),
        (Grant("a", "jobs", Right("apps", "pods", "", "get")), True),
        (Grant("a", "other", GET_PODS), True),
        (Grant("b", "jobs", GET_PODS), True),
    ],
)
def test_a_right_is_gained_unless_one_of_before_covers_it(had: Grant, is_new: bool) -> None:
    wanted = Grant("a", "jobs", GET_PODS)

    assert gained({had}, {wanted}) == ([wanted] if is_new else [])


def test_one_name_is_less_than_all() -> None:
    assert gained({Grant("a", "jobs", GET_PODS)}, {Grant("a", "jobs", Right("", "pods", "one", "get"))}) == []


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1Gi", 1024**3), ("1G", 1000**3), ("500m", Decimal("0.5")), (2, 2), ("1e3", 1000), ("much", None), (None, None)],
)
def test_amounts_are_numbers(text: object, amount: Decimal | None) -> None:
    assert quantity(text) == amount
