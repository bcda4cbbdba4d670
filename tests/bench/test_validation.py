"""Figures of checks against API servers, and of other tools beside them, without either."""

import json
import shutil
from pathlib import Path

import pytest

from bench.validation.__main__ import main
from bench.validation.results import Figures, Results, load, save

DOCS = Path(__file__).resolve().parents[2] / "docs"
EMPTY_PAGE = (
    "# Checks\n<!-- begin: written by make bench-validation -->\n<!-- end: written by make bench-validation -->\n"
)
TAKEN = {"object": {"kind": "Pod"}, "refused": False, "said": False, "on_purpose": False}
CHANGES = [
    {**TAKEN, "refused": True, "said": True},
    {**TAKEN, "refused": True},
    TAKEN,
    {**TAKEN, "said": True},
    {**TAKEN, "said": True, "on_purpose": True},
]


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a page and results of 1.34."""
    (tmp_path / "validation.md").write_text(EMPTY_PAGE)
    figures = Figures("1.34", 10_000, "2026-11-30", refused=8, found=6, taken=4, wrong=0, on_purpose=1)
    save(Results((figures,), "1.34", ()), tmp_path / "validation.json")
    return tmp_path


def test_the_page_in_docs_shows_the_saved_results(tmp_path):
    for suffix in ("md", "json"):
        shutil.copy(DOCS / f"validation.{suffix}", tmp_path)

    assert main(["--output", str(tmp_path)]) == 0

    drawn, kept = (tmp_path / "validation.md").read_text(), (DOCS / "validation.md").read_text()
    assert drawn == kept, "docs/validation.md: run `make bench-validation`"


def test_a_record_is_a_row_by_version(folder):
    (folder / "record.json").write_text(json.dumps({"kubernetes": "1.9.14", "seed": 7, "changes": CHANGES}))

    assert main([str(folder / "record.json"), "--output", str(folder)]) == 0

    old, new = load(folder / "validation.json").versions
    assert (old.kubernetes, old.refused, old.found, old.taken, old.wrong, old.on_purpose) == ("1.9", 2, 1, 3, 1, 1)
    assert new.kubernetes == "1.34"
    assert "| 1.9 | 2 | 50.0 % | 3 | 33.33 % | 7, " in (folder / "validation.md").read_text()


def test_what_is_on_purpose_counts_where_tools_are_compared(folder):
    main(["--output", str(folder)])

    page = (folder / "validation.md").read_text()
    assert "| 1.34 | 8 | 75.0 % | 4 | 0.00 % | 10000, 2026-11-30 |" in page
    assert "| **podrunner** | 75.0 % | 25.00 % | an error of `podrunner check`; 1 of these 1 are on purpose" in page


def test_what_is_not_a_record_is_refused(folder, capsys):
    (folder / "record.json").write_text("{}")

    assert main([str(folder / "record.json"), "--output", str(folder)]) == 2
    assert capsys.readouterr().err == (
        f"bench: {folder}/record.json: not a record of tests/admission/test_single_changes.py: 'kubernetes'.\n"
    )


def test_without_results_there_is_nothing_to_write(tmp_path, capsys):
    (tmp_path / "validation.md").write_text(EMPTY_PAGE)

    assert main(["--output", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "bench: there are no figures of Kubernetes (none): give a record of it.\n"
    assert load(tmp_path / "validation.json") == Results((), "", ())
