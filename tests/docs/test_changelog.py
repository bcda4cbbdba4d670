"""Fragments of the changelog are such that the next section of CHANGELOG.md can be built of them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SENTENCE = r"(?:[^.\n]|\.(?=\S))+\."
ONE_TO_THREE = re.compile(rf"{SENTENCE}(?: {SENTENCE}){{0,2}}\n")


@pytest.fixture
def copy(tmp_path: Path, checkout: Path) -> Path:
    """Return a folder with what the changelog is built from, without the fragments that wait."""
    shutil.copytree(checkout / "changelog.d", tmp_path / "changelog.d", ignore=shutil.ignore_patterns("*.*.md"))
    for name in ("CHANGELOG.md", "towncrier.toml"):
        shutil.copy(checkout / name, tmp_path)
    return tmp_path


def build(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "towncrier", "build", "--version", "9.0.0", "--date", "2030-01-31", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.process
def test_the_fragments_that_wait_can_be_built(checkout: Path) -> None:
    done = build(checkout, "--draft")

    assert done.returncode == 0, done.stderr


def test_a_fragment_is_one_to_three_sentences_on_one_line(checkout: Path) -> None:
    texts = {file.name: file.read_text(encoding="utf-8") for file in (checkout / "changelog.d").glob("*.*.md")}

    assert [name for name, text in texts.items() if not ONE_TO_THREE.fullmatch(text)] == []


@pytest.mark.process
def test_a_build_moves_fragments_into_a_section_above_the_older_ones(copy: Path) -> None:
    (copy / "changelog.d/b.fixed.md").write_text("What was wrong is right.\n")
    (copy / "changelog.d/a.added.md").write_text("The command does more.\n")
    before = (copy / "CHANGELOG.md").read_text()

    done = build(copy, "--yes")

    assert done.returncode == 0, done.stderr
    mark = "<!-- towncrier release notes start -->\n"
    section = (
        "\n## 9.0.0 (2030-01-31)\n\n### Added\n\n- The command does more.\n\n### Fixed\n\n- What was wrong is right.\n"
    )
    assert (copy / "CHANGELOG.md").read_text() == before.replace(mark, mark + section)
    assert sorted(file.name for file in (copy / "changelog.d").iterdir()) == ["README.md", "template.jinja"]


@pytest.mark.process
@pytest.mark.parametrize("name", ["a.new.md", "added.md", "a.txt"])
def test_a_fragment_of_another_name_is_refused(copy: Path, name: str) -> None:
    (copy / "changelog.d" / name).write_text("The command does more.\n")

    done = build(copy, "--draft")

    assert done.returncode == 1
    assert f"Invalid news fragment name: {name}" in done.stdout + done.stderr
