"""What people see at a terminal, and what Ctrl-C does: in a real process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.terminals import shown_by

pytestmark = pytest.mark.process

WRONG = ["check", "tests/fixtures/values/wrong-type.yaml"]


def at_a_terminal(checkout: Path, **environment: str) -> str:
    """Run a check that finds something with a terminal for its output."""
    clean = {key: value for key, value in os.environ.items() if key not in ("CI", "NO_COLOR")}
    command = [sys.executable, "-m", "podrunner", *WRONG]
    return shown_by(command, checkout, {**clean, "TERM": "xterm", **environment}, streams=["stdout"])


def test_a_terminal_gets_colours(checkout: Path) -> None:
    assert "\x1b[1;31merror:\x1b[0m" in at_a_terminal(checkout)


@pytest.mark.parametrize("variable", [{"NO_COLOR": "1"}, {"CI": "true"}, {"TERM": "dumb"}], ids=str)
def test_a_terminal_can_ask_for_plain_text(checkout: Path, variable: dict[str, str]) -> None:
    text = at_a_terminal(checkout, **variable)

    assert "error:" in text
    assert "\x1b" not in text


def test_ctrl_c_ends_the_check_and_what_it_started(checkout: Path, tmp_path: Path) -> None:
    started = tmp_path / "started"
    helm = tmp_path / "helm"
    helm.write_text(
        f'#!/bin/sh\n[ "$1" = version ] && exit 0\necho $$ > {started}.new; mv {started}.new {started}\nexec sleep 60\n'
    )
    helm.chmod(0o755)
    check = subprocess.Popen(
        [sys.executable, "-m", "podrunner", "check", "--helm", "command"],
        cwd=checkout,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stderr=subprocess.PIPE,
        text=True,
    )
    while not started.exists():
        assert check.poll() is None
        time.sleep(0.01)

    check.send_signal(signal.SIGINT)
    _, err = check.communicate(timeout=120)

    assert (check.returncode, err) == (130, "podrunner: interrupted\n")
    wait_for_the_end_of(int(started.read_text()))


def wait_for_the_end_of(pid: int) -> None:
    """Return when a process is gone, or dead and only waits for its parent to notice."""
    status = Path(f"/proc/{pid}/stat")
    while status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)
