"""What the smoke says."""

from __future__ import annotations

import io
import os
import pty
import re
from typing import Any

import pytest

from podrunner.output.steps import Progress, count


def test_in_a_log_steps_are_plain_lines() -> None:
    stream = io.StringIO()
    progress = Progress(stream)

    with progress.step("Start the stand-in GitLab"):
        progress.log("\x1b[32;1mRunning\x1b[0;m [a]")

    assert stream.getvalue() == (
        " • Start the stand-in GitLab …\n   │ Running [a]\n ✓ Start the stand-in GitLab (0 s)\n"
    )


def test_a_step_that_fails_is_crossed_out() -> None:
    stream = io.StringIO()

    with pytest.raises(ValueError, match="no"), Progress(stream).step("Install"):
        raise ValueError("no")

    assert stream.getvalue() == " • Install …\n ✗ Install\n"


def test_on_a_terminal_there_are_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")

    said = on_a_terminal(lambda progress: progress.log("\x1b[32mRunning\x1b[0m [a]"))

    assert re.search(r"\x1b\[[0-9;]*32m", said)
    assert "Running" in said
    assert "[a]" in said


def on_a_terminal(say: Any) -> str:
    leader, follower = pty.openpty()
    with os.fdopen(follower, "w") as stream:
        say(Progress(stream))
        stream.flush()
        said = os.read(leader, 4096).decode()
    os.close(leader)
    return said


def test_one_is_not_many() -> None:
    assert (count(1, "commit"), count(2, "commit")) == ("1 commit", "2 commits")
