"""The commands of the documentation that need a cluster, run on one."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))

from documentation import Page, execute, pages

from .reader import make_home, reader_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.cluster.cluster import Cluster

# What a block of commands needs → the commands that make it so.
CLUSTERS = {
    "on a cluster": "",
    "on a cluster with the release ci": Page("docs/operate.md").scripts("on a cluster")[0],
}


@pytest.fixture
def home(smoke_cluster: Cluster, tmp_path: Path) -> Path:
    """Return the home of a reader."""
    return make_home(tmp_path / "home", smoke_cluster)


@pytest.fixture
def without_namespace(smoke_cluster: Cluster) -> Iterator[None]:
    """Remove the namespace that the pages use, before a page and after it."""
    smoke_cluster.api.delete("Namespace", "ci")
    wait_until_gone(smoke_cluster)
    yield
    smoke_cluster.api.delete("Namespace", "ci")
    wait_until_gone(smoke_cluster)


@pytest.mark.exhaustive
@pytest.mark.xdist_group("docs")
@pytest.mark.parametrize("page", [page for page in pages() if any(page.scripts(mark) for mark in CLUSTERS)], ids=str)
@pytest.mark.usefixtures("without_namespace")
def test_the_commands_of_a_page_do_what_it_says_on_a_cluster(page: Page, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "checkout"
    page.set_up(folder)
    environment = reader_environment(home, folder)

    scripts = [block for block in page.blocks if block.language == "sh" and block.mark in ("", *CLUSTERS)]
    before = {CLUSTERS[block.mark] for block in scripts if block.mark} - {""}
    ends = []
    for script in (*before, *(block.text for block in scripts)):
        ends.append(execute(script, folder, environment))
        print(ends[-1].stdout)

    assert [end.returncode for end in ends] == [0] * len(ends)


def wait_until_gone(cluster: Cluster) -> None:
    """Wait until the namespace is not there."""
    while cluster.api.find("Namespace", "ci"):
        time.sleep(0.5)
