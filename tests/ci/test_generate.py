"""The generated files of this repository: each is named when it is not what its source makes, and written anew."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ci.generate.files import GROUPS

READ = (
    *("README.md", "CONTRIBUTING.md", "chart", "ci/generate", "docs", "python/src"),
    *("tests/smoke/modes.yaml", "tests/smoke/faults.yaml"),
)


@pytest.fixture
def copy(tmp_path: Path, checkout: Path) -> Path:
    """Return a folder with what the generators read and write."""
    for name in READ:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        make = shutil.copytree if (checkout / name).is_dir() else shutil.copy
        make(checkout / name, tmp_path / name)
    return tmp_path


def generate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ci.generate", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.process
def test_check_names_each_file_that_is_not_up_to_date_and_leaves_it(copy: Path) -> None:
    (copy / "docs/diagnoses.md").write_text("old\n")
    (copy / "chart/values.schema.json").unlink()

    done = generate(copy, "--check")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "chart/values.schema.json: is not up to date. Run: make generate\n"
        "docs/diagnoses.md: is not up to date. Run: make generate\n"
    )
    assert (copy / "docs/diagnoses.md").read_text() == "old\n"


@pytest.mark.process
def test_what_is_not_up_to_date_is_written_and_nothing_else(copy: Path, checkout: Path) -> None:
    (copy / "docs/diagnoses.md").write_text("old\n")

    done = generate(copy)

    assert (done.returncode, done.stdout, done.stderr) == (0, "docs/diagnoses.md: written\n", "")
    assert (copy / "docs/diagnoses.md").read_text() == (checkout / "docs/diagnoses.md").read_text()


@pytest.mark.process
def test_a_group_is_written_alone(copy: Path) -> None:
    (copy / "docs/diagnoses.md").write_text("old\n")

    done = generate(copy, "schema", "--check")

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.process
def test_an_unknown_group_lists_those_there_are(checkout: Path) -> None:
    done = generate(checkout, "schemas")

    assert done.returncode == 2
    assert done.stderr.endswith("schemas is not a group of generated files; available: schema, docs\n")


def test_every_page_with_a_generated_block_is_generated(checkout: Path) -> None:
    pages = [checkout / "README.md", checkout / "chart/README.md", *(checkout / "docs").glob("*.md")]
    marked = [page for page in pages if "<!-- begin " in page.read_text()]

    assert {str(page.relative_to(checkout)) for page in marked} <= {name for group in GROUPS.values() for name in group}
