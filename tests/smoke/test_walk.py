"""docs/walk.md: its commands do what it says, from GitLab's chart with Docker in Docker to a job that runs a pushed image."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))

from documentation import Page, execute

from .reader import make_home, reader_environment

if TYPE_CHECKING:
    from podrunner.cluster.cluster import Cluster

PAGE = Page("docs/walk.md")
# A reader's smoke makes a cluster of its own.
OF_THE_CLUSTER = re.compile(r" ✓ (Make the kind cluster|Load \d+ images|Remove the kind cluster)")
# What is another each time: times, sizes, names made up on the way, versions of what is there.
VARYING = re.compile(
    r"\(\d+ s\)|\(\d+ commits?, \d+ kB\)|\b[0-9a-f]{6,}\b|(?<=on Kubernetes )[\d.]+|(?<=gitlab-runner )[\d.]+"
)


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
    assert [block.text for block in PAGE.blocks if "imported from official.yaml" in block.text] == [
        (folder / "team-a.yaml").read_text(encoding="utf-8")
    ]


def missing(record: str, said: str) -> list[str]:
    """The lines of a record that an output does not have, in that order."""
    lines = iter(said.splitlines())
    wanted = [line for line in record.splitlines() if line.strip(" │") not in ("", "…")]
    wanted = [line for line in wanted if not OF_THE_CLUSTER.match(line)]
    return [line for line in wanted if not any(_same(line, other) for other in lines)]


def _same(one: str, other: str) -> bool:
    return VARYING.sub("…", one) == VARYING.sub("…", other)
