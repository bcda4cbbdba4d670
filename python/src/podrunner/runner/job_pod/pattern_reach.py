"""Whether a pattern can match any text that is made of certain characters, such as the name of a namespace."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPTIONAL = re.compile(r"[*?]|\{0(,\d*)?\}")
_REPEATED = re.compile(r"[*+?]\??|\{\d+(,\d*)?\}\??")
_CLASS = re.compile(r"\[\^?\]?(\[:\^?\w+:\]|\\.|[^\]])*\]")
# A group with flags may ignore case.
_GROUP = re.compile(r"\((\?(:|P?<\w+>))?")


def cannot_match(pattern: str, characters: str) -> bool:
    """Whether every way through a pattern that Go reads needs a character that is not one of these.

    False where that is not known, as with flags.
    """
    if re.search(r"\(\?[a-zA-Z-]*[):]", pattern.replace("(?:", "(")) or "\\Q" in pattern:
        return False
    return not _PatternReader(pattern, characters).way()


@dataclass(slots=True)
class _PatternReader:
    """A pattern that is read from `place` on."""

    pattern: str
    characters: str
    place: int = 0

    def way(self) -> bool:
        """Whether there is a way through the alternatives up to the end of the group."""
        found, here = False, True
        while self.place < len(self.pattern) and self.pattern[self.place] != ")":
            if self.pattern[self.place] == "|":
                self.place += 1
                found, here = found or here, True
            else:
                here = self._part() and here
        self.place += 1
        return found or here

    def _part(self) -> bool:
        """Whether one part of a sequence can be passed."""
        group, listed = (form.match(self.pattern, self.place) for form in (_GROUP, _CLASS))
        if group:
            self.place = group.end()
            fits = self.way()
        elif listed:
            self.place = listed.end()
            # What Python reads in another way than Go is not known.
            fits = "[:" in listed[0] or any(re.match(listed[0], one) for one in self.characters)
        else:
            length = 2 if self.pattern[self.place] == "\\" else 1
            text = self.pattern[self.place : self.place + length]
            self.place += length
            fits = self._is_passed(text)
        if repeated := _REPEATED.match(self.pattern, self.place):
            self.place = repeated.end()
            return fits or bool(_OPTIONAL.match(repeated[0]))
        return fits

    def _is_passed(self, text: str) -> bool:
        if text.startswith("\\") and text[1:].isalnum():
            return True
        return text in (".", "^", "$") or text[-1:] in self.characters
