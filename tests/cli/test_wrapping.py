"""Sentences end at the width of a terminal, and nowhere else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from podrunner.findings.suggest import listed
from podrunner.output.wrap import wrap
from tests.terminals import shown_by

LOG = "tests/explain/logs/git-config-lock.home-is-root.log"
WORDS = {
    "check tests/fixtures/values/misspelt-key.yaml": "misspelt-key.yaml:4:3: error: podman.moode: unknown key.",
    "diff chart/presets/unprivileged.yaml chart/presets/privileged.yaml": "Widens permissions, Pod Security or reach",
    f"explain {LOG}": "[git-config-lock]",
    "import tests/fixtures/import/root.toml": "amounts to podman.mode unprivilegedRoot",
    "rule values-type": "values-type (error)",
}


def test_lines_break_between_words_and_go_on_behind_their_label() -> None:
    text = "a word and another, /a/path/that/is/much/longer/than/any/terminal/ever/was end"

    assert wrap(text, 40, first="  Fix  ", rest="       ") == (
        "  Fix  a word and another,\n       /a/path/that/is/much/longer/than/any/terminal/ever/was\n       end"
    )
    assert wrap(text, None, first="  Fix  ", rest="       ") == f"  Fix  {text}"


def test_colours_have_no_width() -> None:
    assert wrap("\x1b[1;31merror:\x1b[0m " + "x" * 30 + " y", 40) == f"\x1b[1;31merror:\x1b[0m {'x' * 30} y"


def test_a_long_list_is_cut() -> None:
    assert listed(f"a-key-of-the-chart-{number}" for number in range(9)) == (
        "a-key-of-the-chart-0, a-key-of-the-chart-1, a-key-of-the-chart-2, a-key-of-the-chart-3, "
        "a-key-of-the-chart-4, and 4 more"
    )
    assert listed(f"a-key-of-the-chart-{number}" for number in range(7)).endswith("a-key-of-the-chart-6")
    assert listed("abcdef", 3) == "a, b, c, and 3 more"


@pytest.mark.process
@pytest.mark.parametrize("words", WORDS)
def test_reports_fit_the_terminal_and_are_whole_lines_in_a_pipe(words: str, checkout: Path) -> None:
    command = [sys.executable, "-m", "podrunner", *words.split()]
    piped = subprocess.run(command, capture_output=True, text=True, check=False, cwd=checkout)

    shown = at_a_terminal(command, checkout, 70)

    whole = (piped.stdout if "import" not in words else "") + piped.stderr
    assert WORDS[words] in " ".join(shown.split())
    assert flat(shown) == flat(whole)
    assert [line for line in shown.splitlines() if len(line) > 70 and not may_be_long(line)] == []
    assert max(map(len, whole.splitlines())) > 70


def at_a_terminal(command: list[str], checkout: Path, width: int) -> str:
    """What a terminal shows that is so many columns wide; the values of an import are not shown."""
    streams = ["stderr"] if "import" in command else ["stdout", "stderr"]
    environment = {**os.environ, "COLUMNS": str(width), "NO_COLOR": "1"}
    return shown_by(command, checkout, environment, streams=streams).replace("\r\n", "\n")


def flat(text: str) -> str:
    """The text without the places where lines begin."""
    return re.sub(r"\s+", " ", text)


def may_be_long(line: str) -> bool:
    """Whether a line is something to copy, a value, or a line of a log: they stay as they are."""
    commands = ("kubectl ", "podrunner ", "helm ", "#", "- ", "+ ", "Seen ", "Change ")
    return line.strip().startswith(commands) or " " not in line.strip()
