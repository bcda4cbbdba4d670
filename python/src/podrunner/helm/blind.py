"""A chart that cannot see the version of Kubernetes: what it renders all the same, it renders for every version.

Where a template would compare the version, a copy of it fails. It gets there as often as the original does, since `and`,
`or` and `if` stop at the same places: a copy that does not fail has not asked, and its output is that of the original.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_MENTION = re.compile(r"\b(?:Capabilities|KubeVersion)\b")
# Not of the version: comments, Helm's list of API versions and its own version, which are the same on every Kubernetes, and
# what is said of a rendering that there is not.
_SILENT = re.compile(
    r"\{\{-?\s*/\*.*?\*/\s*-?\}\}|\.Capabilities\.(?:APIVersions|HelmVersion)\b|\{\{-?\s*fail\s[^{}]*\}\}", re.DOTALL
)
# `$`, `.`, `$root.`, `(index . 2).`: where a template finds Capabilities.
_CONTEXT = r"(?:\(index\s+\S+\s+\d+\)|\$?\w*(?:\.\w+)*?)"
_COMPARISON = re.compile(
    rf'semverCompare\s+(?:"[^"\\]+"|`[^`]+`|\$\w+)\s+{_CONTEXT}\.Capabilities\.KubeVersion\.(?:Git)?Version(?![\w.])'
)


class SeesVersionError(Exception):
    """A chart cannot be made blind."""


def blind(chart: Path) -> None:
    """Make a copy of a chart blind. Raises SeesVersionError where it looks in another way, or a dependency is packed."""
    for file in sorted(chart.rglob("*")):
        if file.suffix == ".tgz":
            raise SeesVersionError
        text = file.read_bytes().decode("utf-8", errors="replace") if file.is_file() else ""
        if not mentions_version(text):
            continue
        changed = _COMPARISON.sub('fail "version"', text)
        # What `tpl` makes of other files is theirs, but they may be printed as well.
        if mentions_version(changed) or "templates" not in file.relative_to(chart).parts:
            raise SeesVersionError
        file.write_text(changed, encoding="utf-8")


def mentions_version(text: str) -> bool:
    """Whether a text would look at the version if it was a template."""
    return "{{" in text and bool(_MENTION.search(text)) and bool(_MENTION.search(_SILENT.sub("", text)))
