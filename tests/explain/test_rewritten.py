"""A log has the same cause however it was kept, copied or shown: each form is tried on logs of the labelled set."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from podrunner.explain.diagnosis import examine
from podrunner.explain.trace import clean, read_lines

if TYPE_CHECKING:
    from collections.abc import Callable

SEEN = Path(__file__).parent / "labelled/seen"
# A log that has another form already is left out.
LOGS = [file for file in sorted(SEEN.glob("*.log")) if file.read_bytes()[:1] not in b"1\xff\xfe"]
# Each form looks at every fourth log, and begins with another.
STEP = 4
FORMS: dict[str, Callable[[list[str]], str]] = {
    "copied without colours": "\n".join,
    "CRLF": "\r\n".join,
    "numbers glued on": lambda lines: "\n".join(f"{number}{line}" for number, line in enumerate(lines, 1)),
    "numbers and a space": lambda lines: "\n".join(f"{number} {line}" for number, line in enumerate(lines, 1)),
    "numbers and a tab": lambda lines: "\n".join(f"{number}\t{line}" for number, line in enumerate(lines, 1)),
    "numbers set right": lambda lines: "\n".join(f"{number:5d}  {line}" for number, line in enumerate(lines, 1)),
    "wrapped at 80": lambda lines: "\n".join(piece for line in lines for piece in wrapped(line, 80)),
    "wrapped at 120": lambda lines: "\n".join(piece for line in lines for piece in wrapped(line, 120)),
    "indented": lambda lines: "\n".join(f"    {line}" for line in lines),
    "quoted": lambda lines: "\n".join(f"> {line}" for line in lines),
    "fenced": lambda lines: "\n".join(["```", *lines, "```"]),
    "GitLab's time": lambda lines: "\n".join(
        f"2026-01-02T03:04:05.{at:06d}Z 01O {line}" for at, line in enumerate(lines)
    ),
    "a clock": lambda lines: "\n".join(f"[03:04:{at % 60:02d}] {line}" for at, line in enumerate(lines)),
    "a file of a CRI runtime": lambda lines: "\n".join(
        f"2026-01-02T03:04:05.{at:09d}Z {('stdout', 'stderr')[at % 5 == 4]} F {line}" for at, line in enumerate(lines)
    ),
    "a file of Docker": lambda lines: "\n".join(json.dumps({"log": f"{line}\n", "stream": "stdout"}) for line in lines),
    "empty lines between": "\n\n".join,
    "its beginning cut off": lambda lines: "\n".join(lines[5:]),
    "its end alone": lambda lines: "\n".join(lines[-25:]),
}


def wrapped(line: str, width: int) -> list[str]:
    return [line[at : at + width] for at in range(0, len(line), width)] or [""]


def cause(text: str) -> str:
    found = examine(read_lines(io.BytesIO(text.encode()))).cause
    return found.id if found else ""


@pytest.mark.parametrize("form", FORMS)
def test_a_log_in_another_form_has_the_same_cause(form: str) -> None:
    logs = LOGS[[*FORMS].index(form) % STEP :: STEP]
    texts = {log.stem: log.read_text(encoding="utf-8", errors="replace") for log in logs}

    changed = {
        name: FORMS[form]([line for raw in text.splitlines() for line in clean(f"{raw}\n")])
        for name, text in texts.items()
    }

    assert {name: cause(text) for name, text in changed.items()} == {name: cause(text) for name, text in texts.items()}
