"""Every command of the documentation is run: here what needs no cluster, the others by tests/smoke/test_docs.py."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from documentation import ROOT, Page, execute, pages

from podrunner.pipeline.document import load_pipeline
from podrunner.pipeline.job import read_job

if TYPE_CHECKING:
    from collections.abc import Iterator

LINK = re.compile(r"\]\((?!https?:|mailto:)(?P<target>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
ELSEWHERE = {
    "on a cluster",
    "on a cluster with the release ci",
    "run by .ci/run",
    "run by tests/smoke/test_walk.py",
    "run by hand: it measures",
    "on OpenShift: nobody ran it",
    "beside GitLab's own chart",
}


FULL = pytest.mark.full(reason="the commands of all pages take twenty seconds")
SCRIPTED = [
    pytest.param(page, marks=() if page.name == "README.md" else FULL, id=str(page))
    for page in pages()
    if page.scripts()
]


@pytest.mark.process
@pytest.mark.parametrize("page", SCRIPTED)
def test_the_commands_of_a_page_do_what_it_says(page: Page, tmp_path: Path) -> None:
    page.set_up(tmp_path)

    ends = [
        execute(script, tmp_path, {"HOME": str(tmp_path), "PYTHONPATH": str(tmp_path / "python/src")})
        for script in page.scripts()
    ]

    for end in ends:
        print(end.stdout)
    assert [end.returncode for end in ends] == [0] * len(ends)


@pytest.mark.parametrize("page", pages(), ids=str)
def test_commands_that_are_not_run_here_say_who_runs_them(page: Page) -> None:
    marks = {block.mark for block in page.blocks if block.language == "sh"} - {""}

    assert marks <= ELSEWHERE


@pytest.mark.parametrize("page", pages(), ids=str)
def test_links_lead_to_files_and_headings_that_are_there(page: Page) -> None:
    broken = [
        found[0] for found in LINK.finditer((ROOT / page.name).read_text(encoding="utf-8")) if not leads(page, found)
    ]

    assert broken == []


@pytest.mark.parametrize("page", [page for page in pages() if page.pipelines()], ids=str)
def test_a_pipeline_that_is_shown_has_a_job(page: Page, tmp_path: Path) -> None:
    for text in page.pipelines():
        file = tmp_path / ".gitlab-ci.yml"
        file.write_text(text, encoding="utf-8")
        pipeline = load_pipeline(file)

        assert [read_job(pipeline, name).script for name in pipeline.jobs] != []


def leads(page: Page, found: re.Match[str]) -> bool:
    """Whether a link's file is there, and in a Markdown file its heading."""
    target = (ROOT / page.name).parent / found["target"] if found["target"] else ROOT / page.name
    if not found["anchor"] or target.suffix != ".md":
        return target.exists()
    return target.exists() and found["anchor"] in set(anchors(target))


def anchors(file: Path) -> Iterator[str]:
    """The anchors of a page's headings, as code hosts make them."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            title = line.lstrip("#").strip().lower()
            yield re.sub(r"[^\w\- ]", "", title).replace(" ", "-")
