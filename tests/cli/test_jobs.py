"""`--jobs`: several processes find what one finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from podrunner.cli.main import main


def test_two_processes_find_what_one_finds(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, checkout: Path
) -> None:
    monkeypatch.chdir(checkout)
    arguments = ["check", "--matrix", "tests/matrix.yaml", "--format", "json"]

    codes = [main([*arguments, "--jobs", jobs]) for jobs in ("1", "2")]
    out = capsys.readouterr().out

    half = len(out) // 2
    assert codes == [0, 0]
    assert out[:half] == out[half:]
