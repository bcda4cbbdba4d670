"""Comments of a source, by the key that they belong to."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from podrunner.values.document import Comment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from podrunner.findings.path import Path
    from podrunner.secrets.redact import Redactor

_COMMENT = re.compile(r"\s*#")
# How GitLab's own chart explains its values: what stands there is about keys of that chart.
_OF_THE_CHART = re.compile(r"\s*##")


def toml_comments(text: str, lines: Mapping[Path, int], redactor: Redactor) -> dict[Path, Comment]:
    """Path → comment, of a TOML text; `lines` is what `find_lines` found. Under () are those that open and end the file."""
    return _comments(text.splitlines(), lines, _after_toml, redactor)


def yaml_comments(text: str, lines: Mapping[Path, int], redactor: Redactor) -> dict[Path, Comment]:
    """The same of a YAML text; comments that GitLab's chart brings (`##`) are left out."""
    rows = ["" if _OF_THE_CHART.match(row) else row for row in text.splitlines()]
    return _comments(rows, lines, _after_yaml, redactor)


def _comments(
    rows: list[str], lines: Mapping[Path, int], after: Callable[[str], str], redactor: Redactor
) -> dict[Path, Comment]:
    first: dict[int, Path] = {}
    for path, line in sorted(lines.items(), key=lambda entry: len(entry[0])):
        if path and 0 < line <= len(rows):
            first.setdefault(line, path)
    found = {}
    header = _header(rows)
    for line, path in first.items():
        above = _above(rows, line, len(header))
        comment = Comment(_clean(above, redactor), "".join(_clean([after(rows[line - 1])], redactor)))
        if comment != Comment():
            found[path] = comment
    end = "\n".join(_clean(_end(rows, len(header)), redactor)) if first else ""
    whole = Comment(_clean(header, redactor), end)
    return {(): whole, **found} if whole != Comment() else found


def _above(rows: list[str], line: int, first: int) -> list[str]:
    """The comments between what stands before a line and the line; `first` is the first row of them that may be."""
    start = line - 1
    while start > first and (_COMMENT.match(rows[start - 1]) or not rows[start - 1].strip()):
        start -= 1
    return [row for row in rows[start : line - 1] if row.strip()]


def _end(rows: list[str], first: int) -> list[str]:
    """The comments after the last key."""
    return _above([*rows, ""], len(rows) + 1, first)


def _header(rows: list[str]) -> list[str]:
    """The comment that opens the file and belongs to no key: an empty line follows."""
    end = next((number for number, row in enumerate(rows) if not _COMMENT.match(row)), len(rows))
    alone = end < len(rows) and not rows[end].strip()
    return rows[:end] if alone else []


def _clean(rows: list[str], redactor: Redactor) -> tuple[str, ...]:
    """What a comment says, without secrets: a commented-out token is one, too."""
    texts = [row.strip().lstrip("#").removeprefix(" ").rstrip() for row in rows]
    return tuple(redactor.redact("\n".join(texts)).split("\n")) if texts else ()


def _after_toml(row: str) -> str:
    """The comment behind a value: the first `#` before which the statement is whole."""
    for place in _hashes(row):
        try:
            tomllib.loads(row[:place])
        except tomllib.TOMLDecodeError:
            continue
        return row[place:] if row[:place].strip() else ""
    return ""


def _after_yaml(row: str) -> str:
    """The comment behind a value that is not quoted."""
    match = re.match(r"[^#'\"|>]*?\s(#.*)\Z", row)
    return match[1] if match and row[: match.start(1)].strip() else ""


def _hashes(row: str) -> Iterator[int]:
    return (place for place, character in enumerate(row) if character == "#")
