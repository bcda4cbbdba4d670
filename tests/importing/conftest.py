"""An import as people run it: values, the list as JSON, exit code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.chart.chart import Chart
from podrunner.cli.main import main
from podrunner.formats.placed import read_values
from podrunner.helm.renderer import renderer
from tests.renders import render_values

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Run:
    """What one `podrunner import --format json=FILE` gave."""

    exit_code: int
    text: str
    report: dict[str, Any]

    @property
    def values(self) -> dict[str, Any]:
        return read_values(self.text, "values.yaml").data

    def paths(self, *kinds: str) -> list[str]:
        return [change["path"] for change in self.report["changes"] if change["kind"] in kinds]

    def messages(self, kind: str) -> dict[str, str]:
        return {change["path"]: change["message"] for change in self.report["changes"] if change["kind"] == kind}

    def config_toml(self) -> dict[str, Any]:
        return render_values(renderer("library", Chart.open()), self.values, namespace="ci").config_toml


@pytest.fixture
def imports(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Run]:
    def run(file: Path, *options: str) -> Run:
        report = tmp_path / "changes.json"
        exit_code = main(["import", str(file), "--format", f"json={report}", *options])
        return Run(exit_code, capsys.readouterr().out, json.loads(report.read_text(encoding="utf-8")))

    return run


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a file to import."""

    def write(text: str, name: str = "config.toml") -> Path:
        file = tmp_path / name
        file.write_text(text)
        return file

    return write
