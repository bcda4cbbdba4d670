"""CONTRIBUTING.md and the Makefile name what is there: folders, files and commands."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PLACES, ROOMS = (
    TEXT.partition("## Where things are")[2].partition("<!-- end rooms -->")[0].split("<!-- begin rooms -->")
)
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


def first_cells(table: str) -> list[str]:
    """What the first column of a table names."""
    return re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)


def test_every_room_of_the_package_has_a_row_and_no_other() -> None:
    rooms = [f"{file.parent.name}/" for file in sorted(ROOT.glob("python/src/podrunner/*/__init__.py"))]

    assert len(rooms) > 20
    assert first_cells(ROOMS) == rooms


def test_every_place_is_there() -> None:
    places = first_cells(PLACES)

    assert {"chart/", "python/src/podrunner/", "ci/generate/", "bench/check/", "tests/", "docs/"} <= set(places)
    assert [name for name in places if not (ROOT / name).exists()] == []
    assert [name for name in places if (ROOT / name).is_dir() != name.endswith("/")] == []


def test_every_file_that_it_names_is_there() -> None:
    named = re.findall(r"`((?:chart|ci|bench|docs|python|tests|changelog\.d|\.ci)/[\w./-]*)`", TEXT)

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_make_command_is_a_target() -> None:
    assert set(re.findall(r"`make ([a-z-]+)", TEXT)) - TARGETS == set()


@pytest.mark.process
def test_make_help_lists_every_target_and_says_what_it_does() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert set(re.findall(r"^make ([a-z-]+) +\S", done.stdout, re.MULTILINE)) == TARGETS
    assert set(re.findall(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE)[0].split()) == TARGETS
