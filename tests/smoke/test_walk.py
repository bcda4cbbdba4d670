"""docs/walk.md: its commands do what it says, from GitLab's chart with Docker in Docker to a job that runs a pushed image."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))

from documentation import Page, execute, missing

from .reader import make_home, reader_environment

if TYPE_CHECKING:
    from podrunner.cluster.cluster import Cluster

PAGE = Page("docs/walk.md")


def test_the_walk_goes_as_it_was_recorded(smoke_cluster: Cluster, tmp_path: Path) -> None:
    folder = tmp_path / "app"
    PAGE.set_up(folder)
    home = make_home(tmp_path / "home", smoke_cluster, "--kubeconfig", smoke_cluster.kubeconfig)
    scripts = [block.text for block in PAGE.blocks if block.language == "sh"]
    records = [block.text for block in PAGE.blocks if block.language == "text"]

    for script, record in zip(scripts, records, strict=True):
        end = execute(script, folder, reader_environment(home, folder))
        print(end.stdout)

        assert (end.returncode, missing(record, end.stdout)) == (0, [])
