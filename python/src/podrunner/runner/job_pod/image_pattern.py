"""Whether a pattern of `allowed_images` or `allowed_services` can be read: github.com/bmatcuk/doublestar/v4, validate.go."""

from __future__ import annotations

import re

# One step of reading: a character that is escaped, a whole class, or any other character.
_STEP = re.compile(r"\\.|\[(?:[!^](?!\])|(?![!^\]]))(?:\\.|[^\]\\])*\]|.", re.DOTALL)


def unread_end(pattern: str) -> str:
    r"""What to write so that a pattern can be read: `Close its [`; empty for one that can be."""
    depth = 0
    for step in _STEP.findall(pattern):
        if step == "\\":
            return "Remove the \\ at its end"
        if step == "[":
            return "Close its [, with a character in it, or write \\["
        depth += (step == "{") - (step == "}")
        if depth < 0:
            return "Remove its }, or write \\}"
    return "Close its {, or write \\{" if depth else ""
