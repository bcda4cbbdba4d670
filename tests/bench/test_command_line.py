import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.build.measurement import save

pytestmark = pytest.mark.process

ROOT = Path(__file__).resolve().parents[2]


def bench(*arguments):
    command = [sys.executable, "-m", "bench.build", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_redraw_writes_page_and_plot_from_saved_results(results, tmp_path):
    save(results, tmp_path / "bench-build.json")
    shutil.copy(ROOT / "docs/bench-build.md", tmp_path)

    done = bench("--redraw", "--output", tmp_path)

    assert done.returncode == 0, done.stderr
    assert "The fastest safe one is the chart's default: `unprivileged` with overlay." in done.stdout
    assert "| unprivileged | vfs | 12.0 s | 6.00 |" in (tmp_path / "bench-build.md").read_text()
    assert (tmp_path / "bench-build.svg").read_text().startswith("<svg")


def test_redraw_without_results_says_how_to_get_them(tmp_path):
    done = bench("--redraw", "--output", tmp_path)

    assert done.returncode == 2
    assert done.stderr == (
        f"bench-build: {tmp_path}/bench-build.json: no such file. A run without --redraw makes it.\n"
    )


def test_a_folder_without_the_page_is_refused_before_anything_is_made(tmp_path):
    done = bench("--output", tmp_path)

    assert done.returncode == 2
    assert done.stderr == f"bench-build: {tmp_path}/bench-build.md: cannot be read: No such file or directory.\n"


def test_a_preset_that_cannot_have_the_driver_is_wrong_use():
    done = bench("--preset", "unprivileged", "--driver", "fuse-overlayfs")

    assert done.returncode == 2
    assert done.stderr == (
        "bench-build: these presets have none of these drivers on kind: there is nothing to measure.\n"
    )


def test_the_page_in_docs_shows_the_saved_results(tmp_path):
    for suffix in ("md", "json"):
        shutil.copy(ROOT / f"docs/bench-build.{suffix}", tmp_path)

    bench("--redraw", "--output", tmp_path)

    for suffix in ("md", "svg"):
        drawn, kept = (folder / f"bench-build.{suffix}" for folder in (tmp_path, ROOT / "docs"))
        assert drawn.read_text() == kept.read_text(), (
            f"docs/bench-build.{suffix}: run `make bench-build BENCH=--redraw`"
        )
