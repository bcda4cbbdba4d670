"""Dotted paths, to be pasted after --set."""

from __future__ import annotations

import helm_python
import pytest

from podrunner.findings.path import dotted, parse_dotted

PATHS = [
    (("a",), "a"),
    (("runners", "team-a", "config", "environment", 0), "runners.team-a.config.environment[0]"),
    (("mirrors", "docker.io", 1, "location"), r"mirrors.docker\.io[1].location"),
    (("a", "b[0]", "c,d=e"), r"a.b\[0\].c\,d\=e"),
]


@pytest.mark.parametrize(("parts", "text"), PATHS)
def test_a_path_is_written_and_read_back(parts: tuple[str | int, ...], text: str) -> None:
    assert dotted(parts) == text
    assert parse_dotted(text) == parts


def test_helm_finds_the_same_path() -> None:
    text = dotted(("mirrors", "docker.io", 0, "location"))

    assert helm_python.parse_set_string(f"{text}=x") == {"mirrors": {"docker.io": [{"location": "x"}]}}
