"""A page of the documentation as something that can be run.

Blocks of `sh` are run in their order, in one folder with this repository's files in it. Blocks of any language whose first
line is a comment with a path (`# values/team-a.yaml`) are written there first. An HTML comment above a block of `sh` says
what it needs: `<!-- on a cluster -->`, or `<!-- run by … -->` for commands that something else runs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.short_matrix import shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>[^>]+) -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
FILE = re.compile(r"# (?P<path>[\w.-]+(?:/[\w.-]+)*\.\w+|Dockerfile)\n")
# In what commands print: a reader's smoke makes a cluster of its own, a test's does not.
OF_THE_CLUSTER = re.compile(r" ✓ (Make the kind cluster|Load \d+ images|Remove the kind cluster)")
# What is another each time: times, sizes, names made up on the way, versions of what is there.
VARYING = re.compile(
    r"\(\d+ s\)|\(\d+ commits?, \d+ kB\)|\b[0-9a-f]{6,}\b|(?<=on Kubernetes )[\d.]+|(?<=gitlab-runner )[\d.]+"
)
# What a reader has: the repository, but for what is made in it.
PARTS = ("chart", "ci", "docs", "python", "tests/matrix.yaml", "tests/values", "Chart.yaml")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, and what the comment above it says."""

    language: str
    text: str
    mark: str

    @property
    def path(self) -> str:
        """The file it shows; empty for none."""
        found = FILE.match(self.text)
        return found["path"] if found else ""


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown file below the top folder."""

    name: str

    def __str__(self) -> str:
        """Return the test's name."""
        return self.name

    @property
    def blocks(self) -> list[Block]:
        """All fenced blocks, in order."""
        text = (ROOT / self.name).read_text(encoding="utf-8")
        return [Block(found["language"], found["text"], found["mark"] or "") for found in BLOCK.finditer(text)]

    def scripts(self, mark: str = "") -> list[str]:
        """The commands that bear a mark."""
        return [block.text for block in self.blocks if block.language == "sh" and block.mark == mark]

    def pipelines(self) -> list[str]:
        """The pipelines for GitLab that it shows."""
        return [block.text for block in self.blocks if block.path.endswith(".gitlab-ci.yml")]

    def set_up(self, folder: Path) -> None:
        """Give a folder what a reader of the page has: the repository's files and those that the page shows."""
        for part in PARTS:
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, folder / part)
        # A page is about commands: the whole matrix is for other tests.
        matrix = folder / "tests/matrix.yaml"
        matrix.write_text(shortened(matrix.read_text(encoding="utf-8")), encoding="utf-8")
        for block in self.blocks:
            if block.path:
                (folder / block.path).parent.mkdir(parents=True, exist_ok=True)
                (folder / block.path).write_text(block.text, encoding="utf-8")
        _make_history(folder)


def _make_history(folder: Path) -> None:
    """Make the folder a clone with the branch main and two versions of the chart, packaged too."""
    for version in ("1.0.0", "1.1.0"):
        with tarfile.open(folder / f"podrunner-{version}.tgz", "w:gz") as package:
            package.add(folder / "chart", "podrunner")
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["remote", "add", "origin", str(folder)],
        ["add", "."],
        ["commit", "--quiet", "-m", "First"],
        ["tag", "v1.0"],
        ["tag", "v1.1"],
    ):
        subprocess.run(["git", "-C", str(folder), *identity, *command], check=True)


def pages() -> list[Page]:
    """Every page, README.md first."""
    names = sorted(str(file.relative_to(ROOT)) for file in (ROOT / "docs").rglob("*.md"))
    return [Page("README.md"), Page("CONTRIBUTING.md"), *(Page(name) for name in names)]


def execute(script: str, folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run commands as a reader would, ending with the first that fails."""
    path = os.pathsep.join([environment.get("PATH", os.environ["PATH"]), str(Path(sys.executable).parent)])
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", **environment, "PATH": path},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        # Ends what hangs: three smokes, each with a cluster of its own, take minutes.
        timeout=1200,
    )


def missing(record: str, said: str) -> list[str]:
    """The lines of a record that an output does not have, in that order; `…` stands for any lines."""
    lines = iter(said.splitlines())
    wanted = [line for line in record.splitlines() if line.strip(" │") not in ("", "…")]
    wanted = [line for line in wanted if not OF_THE_CLUSTER.match(line)]
    return [line for line in wanted if not any(_same(line, other) for other in lines)]


def _same(one: str, other: str) -> bool:
    return VARYING.sub("…", one) == VARYING.sub("…", other)
