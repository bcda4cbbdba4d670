"""A job's log as GitLab Runner sends it, made readable."""

from __future__ import annotations

import re

# 2024-05-22T12:43:46.962646Z 00O+text: when, which stream, and + when it goes on the line before.
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-f]{2}[OE]([ +]?)")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class TraceReader:
    """Turns the log, as it comes in pieces, into lines to show."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, piece: bytes) -> list[str]:
        """The lines that are complete now, without time stamps and section marks, with colours."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        shown = (_show(line.decode(errors="replace"))[0] for line in lines)
        return [line for line in shown if _ESCAPES.sub("", line).strip()]

    def end(self) -> list[str]:
        """What is left when the log is over."""
        return self.feed(b"\n") if self._rest else []


def plain(trace: bytes) -> str:
    """The whole log as plain text: no time stamps, no section marks, no colours, broken lines joined."""
    lines: list[str] = []
    for raw in trace.decode(errors="replace").split("\n"):
        line, goes_on = _show(raw)
        text = _ESCAPES.sub("", line)
        if goes_on and lines:
            lines[-1] += text
        else:
            lines.append(text)
    return "\n".join(lines)


def _show(line: str) -> tuple[str, bool]:
    stamp = _STAMP.match(line)
    text = line[stamp.end() :] if stamp else line
    # What is before a carriage return gets overwritten: section marks, states of a progress bar.
    return text.rstrip("\r").rpartition("\r")[2], bool(stamp and stamp[1] == "+")
