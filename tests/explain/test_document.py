from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ci.generate import diagnoses
from podrunner.cli.main import main


def test_the_page_of_all_causes_is_up_to_date(checkout: Path) -> None:
    page = (checkout / "docs" / "diagnoses.md").read_text(encoding="utf-8")

    assert page == diagnoses.text(), "run: make generate"


def test_the_example_of_the_page_is_what_the_command_prints(
    checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (checkout / "docs" / "explain.md").read_text(encoding="utf-8")
    # At a terminal that is as wide as the page.
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.setenv("NO_COLOR", "1")

    main(["explain", str(Path(__file__).parent / "logs" / "idmap-no-new-privs.with-proc-status.log")])

    assert f"```text\n{capsys.readouterr().out.strip()}\n```" in page
