"""docs/walk.md, as far as it needs no cluster; tests/smoke/test_walk.py goes the whole way."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from documentation import Page, execute, missing

PAGE = Page("docs/walk.md")
IMPORTED = next(block.text for block in PAGE.blocks if "imported from official.yaml" in block.text)


@pytest.mark.process
def test_import_and_check_print_what_was_recorded(tmp_path: Path) -> None:
    PAGE.set_up(tmp_path)
    records = [block.text for block in PAGE.blocks if block.language == "text"]
    environment = {"HOME": str(tmp_path), "PYTHONPATH": str(tmp_path / "python/src")}

    ends = [execute(script, tmp_path, environment) for script in PAGE.scripts()]

    assert [end.returncode for end in ends] == [0, 0]
    # The third record is the smoke's.
    assert [missing(record, end.stdout) for record, end in zip(records, ends, strict=False)] == [[], []]
    assert (tmp_path / "team-a.yaml").read_text(encoding="utf-8") == IMPORTED


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("one (3 s)\nmore\ntwo\n", []),
        ("one (3 s)\n", ["two"]),
        ("two\none (3 s)\n", ["two"]),
        ("other (3 s)\ntwo\n", ["one (1 s)", "two"]),
    ],
)
def test_a_line_of_a_record_that_is_not_printed_in_its_order_is_missing(said: str, lines: list[str]) -> None:
    assert missing("one (1 s)\n…\ntwo\n", said) == lines
