"""A git repository with a chart whose templates a test writes."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from podrunner.cli.main import main


@dataclass
class Repository:
    """A repository with a chart called demo in its folder `chart`."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    @property
    def chart(self) -> Path:
        return self.folder / "chart"

    def write(self, **templates: str) -> None:
        """Write templates by name: `role="kind: Role …"`."""
        for name, text in templates.items():
            (self.chart / "templates" / f"{name}.yaml").write_text(text)

    def commit(self, tag: str) -> None:
        """Commit everything, under a tag."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", tag)
        self.git("tag", tag)

    def git(self, *arguments: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", str(self.folder), *identity, *arguments], check=True, capture_output=True)

    def diff(self, *arguments: str) -> tuple[int, list[str]]:
        """Run `podrunner diff --chart` here, and return its exit code and the lines it printed."""
        exit_code = main(["diff", *arguments, "--chart", str(self.chart)])
        out, err = self.capsys.readouterr()
        assert err == ""
        return exit_code, out.splitlines()

    def change(self, before: str, after: str) -> list[str]:
        """Make the lines that a change of one template prints, without blank ones and the summary."""
        self.write(it=before)
        self.commit("before")
        self.write(it=after)
        _, lines = self.diff("before")
        return [line.strip() for line in lines[:-1] if line]


@pytest.fixture
def repository(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Make the repository and work in it."""
    folder = tmp_path / "repository"
    (folder / "chart" / "templates").mkdir(parents=True)
    (folder / "chart" / "Chart.yaml").write_text("apiVersion: v2\nname: demo\nversion: 1.0.0\n")
    (folder / "chart" / "values.yaml").write_text("size: 1\n")
    monkeypatch.chdir(folder)
    made = Repository(folder, capsys)
    made.git("init", "--quiet")
    return made
