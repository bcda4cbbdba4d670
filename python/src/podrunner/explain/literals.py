"""The text that a pattern cannot match without: a search for it is far cheaper than the pattern."""

from __future__ import annotations

import re

# A quantifier that allows zero times makes what stands before it optional.
_OPTIONAL = ("?", "*", "{")
_SHORTEST = 4
WORD = r"[a-z]{3,}"


def literal(pattern: str) -> str:
    """The longest text, in lower case, that every match of a pattern holds.

    Only text outside groups and classes counts. Raises ValueError for a pattern that has none of four characters, or
    that has alternatives at the top: it would slow down every line of a log.
    """
    runs = [""]
    depth, at = 0, 0
    while at < len(pattern):
        token, at = _token(pattern, at)
        if token == "(":
            depth += 1
        elif token == ")":
            depth -= 1
        elif depth == 0 and token == "|":
            raise ValueError(f"{pattern!r}: alternatives at the top; write one pattern for each.")
        _extend(runs, token if depth == 0 else "", optional=pattern[at : at + 1] in _OPTIONAL)
    longest = max(runs, key=len).lower()
    if len(longest) < _SHORTEST:
        raise ValueError(f"{pattern!r}: no text of {_SHORTEST} characters that every match holds.")
    return longest


def whole_word(text: str) -> str:
    """The longest word inside a literal, empty where there is none: at its ends a word may be part of a longer one."""
    inside = [found.group() for found in re.finditer(WORD, text) if found.start() > 0 and found.end() < len(text)]
    return max(inside, key=len, default="")


def longest_word(text: str) -> str:
    """The longest word of a literal, or part of one, empty where there is none."""
    return max(re.findall(WORD, text), key=len, default="")


def _token(pattern: str, at: int) -> tuple[str, int]:
    """The next piece of a pattern, and where it ends: a group is entered, a class is one piece."""
    if pattern[at] == "\\":
        return pattern[at : at + 2], at + 2
    if pattern[at] == "[":
        return "[]", _class_end(pattern, at)
    if pattern[at] == "{":
        return "{}", pattern.index("}", at) + 1
    if pattern.startswith("(?", at):
        # (?:  (?P<name>  (?i)
        ends = [end for end in (pattern.find(mark, at) for mark in ":>)") if end > 0]
        end = min(ends)
        return ("(?i)" if pattern[end] == ")" else "("), end + 1
    return pattern[at], at + 1


def _class_end(pattern: str, at: int) -> int:
    at += 2 if pattern.startswith("[^", at) else 1
    # A bracket that comes first is a character of the class.
    at += pattern.startswith("]", at)
    while pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


def _extend(runs: list[str], token: str, *, optional: bool) -> None:
    """Adds a token to the run at the end, or begins a new one where it is not a plain character."""
    plain = token[1:] if len(token) == 2 and token[0] == "\\" and not token[1].isalnum() else token
    if len(plain) == 1 and (plain != token or plain not in ".^$*+?{}()|") and not optional:
        runs[-1] += plain
    elif runs[-1]:
        runs.append("")
