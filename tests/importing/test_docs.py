"""The page about moving in: its example is what happens, its list of keys is complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from podrunner.chart.chart import Chart
from podrunner.cli.main import main
from podrunner.output.paths import shown_path

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_example_becomes_the_values_and_the_list_that_the_page_shows(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = dict(BLOCK.findall((checkout / "docs" / "import.md").read_text()))
    monkeypatch.chdir(tmp_path)
    Path("config.toml").write_text(blocks["toml"].replace("glrt-…", "glrt-made-up-token"))

    assert main(["import", "config.toml"]) == 0
    out, err = capsys.readouterr()
    assert out == blocks["yaml"]
    assert err.replace(shown_path(Chart.open().path), "./chart") == blocks["text"]


def test_each_option_on_the_page_is_one_of_the_command(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (checkout / "docs" / "import.md").read_text()
    with pytest.raises(SystemExit):
        main(["import", "--help"])
    options = set(re.findall(r"--[a-z]+", capsys.readouterr().out))

    assert set(re.findall(r"podrunner import [^\n|`]*?(--[a-z]+)", page)) <= options
