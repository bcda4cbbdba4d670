"""Where secrets stand in a text: a log, a message, a script, a file of any format.

Every pattern takes time that grows with the length of the text alone: what it repeats is bounded, or begins where the
last match ended. Only lines with a hint are looked at closely: of a log these are few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.secrets.assignments import find_assigned
from podrunner.secrets.commands import COMMANDS, HEADERS, URLS, find_places
from podrunner.secrets.names import FORMATS, Format
from podrunner.secrets.patterns import compiled
from podrunner.secrets.value import is_cloud_key

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

Span = tuple[int, int]

# What is in every line, in small letters, of which assignments, headers, options or commands are looked at …
_WORDS = (
    *("pass", "pwd", "pw", "token", "secret", "cred", "key", "auth", "jwt", "bearer", "basic", "cookie", "signature"),
    *("sig=", "sas", "dockerc", "connstr", "conn_str", "connectionstr", "connection_str", "connection-str"),
    *("connection str", "_pat", "-pat", "bpat", "</", "kennwort"),
)
# … and the commands whose secrets have no name.
_COMMANDS = ("login", "curl", "mysql", "mariadb", "redis-cli", "from-literal")
_FORMATS: dict[str, list[Format]] = {}
for _one in FORMATS:
    for _hint in _one.hints:
        _FORMATS.setdefault(_hint, []).append(_one)
_AT = "@"
_HINTS = (*_WORDS, *_COMMANDS, *_FORMATS, _AT)
# The secret key of AWS has no prefix.
_CLOUD_KEY = r"(?<![\w/+.\\-])[A-Za-z0-9/+]{40}(?![\w/+=-]|\.\w)"
# Longer than any key.
_LONGEST = 24000
_MOST_LINES = 8


def find_spans(text: str) -> list[Span]:
    """(start, end) of each secret in a text, in order; none lies in another."""
    found: list[Span] = [span for line in _hinted_lines(text) for span in _in_line(text, *line)]
    found += [match.span() for match in compiled(_CLOUD_KEY).finditer(text) if _is_cloud_key(text, match)]
    return _joined(found)


def _hinted_lines(text: str) -> Iterator[tuple[int, int, set[str]]]:
    """(start, end, hints) of each line that has any."""
    # With a line end before it: a hint may begin with that of the line before.
    lowered = f"\n{_lower(text)}"
    lines: dict[int, tuple[int, set[str]]] = {}
    for hint in _HINTS:
        end = 0
        while (at := lowered.find(hint, end)) >= 0:
            at += len(hint) - 1
            start = lowered.rfind("\n", end, at) + 1 or end
            end = lowered.find("\n", at)
            end = len(lowered) if end < 0 else end
            lines.setdefault(start - 1, (end - 1, set()))[1].add(hint)
    return ((start, *line) for start, line in sorted(lines.items()))


def _lower(text: str) -> str:
    """A text in small letters, of the same length: some letters become two."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(one.lower() if one.isascii() else one for one in text)


def _in_line(text: str, start: int, end: int, hints: set[str]) -> Iterator[Span]:
    for one in {one for hint in hints & _FORMATS.keys() for one in _FORMATS[hint]}:
        yield from _of_format(one, text, start, end)
    if _AT in hints:
        yield from find_places(URLS, text, start, end)
    if not hints.isdisjoint(_WORDS):
        yield from find_assigned(text, start, end)
        yield from find_places(HEADERS, text, start, end)
    if not hints.isdisjoint((*_WORDS, *_COMMANDS)):
        yield from find_places(COMMANDS, text, start, _continued(text, end))


def _continued(text: str, end: int) -> int:
    """The end of a command that goes on below, for at most as many lines as people write one on."""
    for _ in range(_MOST_LINES):
        if text[end - 1 : end + 1] != "\\\n":
            break
        found = text.find("\n", end + 1, end + 1000)
        end = found if found >= 0 else min(end + 1000, len(text))
    return end


def _of_format(one: Format, text: str, start: int, end: int) -> Iterator[Span]:
    """What begins in the line; a private key ends in a later one."""
    while found := compiled(one.pattern).search(text, start, min(end + _LONGEST, len(text)) if one.is_block else end):
        if found.start() >= end:
            return
        yield found.span()
        start = found.end()


def _is_cloud_key(text: str, found: re.Match[str]) -> bool:
    """Not the last line of a certificate, or of another file in base64."""
    before = text[max(found.start() - 120, 0) : found.start()].rstrip(" \t")
    is_last_line = compiled(r"[\w+/]{44,}\n\Z").search(before) is not None
    return not is_last_line and is_cloud_key(found[0])


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > start:
            joined.append((start, end))
    return joined
