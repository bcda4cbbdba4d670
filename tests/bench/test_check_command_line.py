"""`python -m bench.check` as people call it, without measuring."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

ROOT = Path(__file__).resolve().parents[2]


def bench(*arguments):
    command = [sys.executable, "-m", "bench.check", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_page_in_docs_shows_the_saved_results(tmp_path):
    for suffix in ("md", "json"):
        shutil.copy(ROOT / f"docs/bench.{suffix}", tmp_path)

    bench("--redraw", "--output", tmp_path)

    drawn, kept = (tmp_path / "bench.md").read_text(), (ROOT / "docs/bench.md").read_text()
    assert drawn == kept, "docs/bench.md: run `make bench BENCH=--redraw`"


def test_redraw_without_results_says_how_to_get_them(tmp_path):
    shutil.copy(ROOT / "docs/bench.md", tmp_path)

    done = bench("--redraw", "--output", tmp_path)

    assert done.returncode == 2
    assert done.stderr == f"bench: {tmp_path}/bench.json: no such file. A run without --redraw makes it.\n"


def test_a_folder_without_the_page_is_refused_before_anything_is_measured(tmp_path):
    done = bench("--output", tmp_path)

    assert done.returncode == 2
    assert done.stderr == f"bench: {tmp_path}/bench.md: cannot be read: No such file or directory.\n"


def test_the_cases_can_be_written_to_look_at_them(tmp_path):
    done = bench("--write-cases", tmp_path)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "matrix.yaml").is_file()
    assert len(list((tmp_path / "values").iterdir())) == 100
