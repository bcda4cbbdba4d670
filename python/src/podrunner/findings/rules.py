"""What each code of a finding means and what to do about it: the tables of docs/findings.md, read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
# In an installed package, and in a checkout.
_PAGES = (_PACKAGE / "_findings.md", _PACKAGE.parents[2] / "docs" / "findings.md")
_ROW = re.compile(r"\| `(?P<code>[\w-]+)` \| (?P<wrong>.+?) \| (?P<remedy>.+?) \|\Z")


@dataclass(frozen=True, slots=True)
class Rule:
    """One code: what is wrong and what to do, in Markdown."""

    code: str
    wrong: str
    remedy: str


@lru_cache
def load_rules() -> dict[str, Rule]:
    """Code → rule, in the order of the page; empty where the page is not there."""
    page = next((file for file in _PAGES if file.is_file()), None)
    lines = page.read_text(encoding="utf-8").splitlines() if page else []
    found = (_ROW.match(line) for line in lines)
    return {match["code"]: Rule(match["code"], match["wrong"], match["remedy"]) for match in found if match}
