"""Durations as Go reads them."""

from __future__ import annotations

import pytest

from podrunner.runner.formats import is_duration


@pytest.mark.parametrize("text", ["0", "30s", "1h30m", "15m0s", "1.5h", ".5s", "-1m", "+1m", "1h2m3s4ms5us6ns", "2µs"])
def test_a_duration_of_go_is_taken(text: str) -> None:
    assert is_duration(text)


@pytest.mark.parametrize("text", ["", "30", "1 h", "1d", "h", "1h30", "s1"])
def test_anything_else_is_not(text: str) -> None:
    assert not is_duration(text)
