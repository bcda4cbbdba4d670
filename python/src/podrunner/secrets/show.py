"""A value for a message."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from podrunner.findings.path import Path

    # The text of a scalar where YAML reads something else, None where it says what it is.
    Written = Callable[[Path], str | None]


# Values under such names are not printed: a report ends up in logs.
_SECRET = re.compile(r"(token|password|secret|insecureInline|(Access|Secret|Private|Account)Key)$", re.IGNORECASE)


def show(path: Path, value: Any) -> str:
    """A value for a message: short, in JSON's notation, and never one that looks like a secret by its name or itself."""
    # Compiling its patterns takes longer than a file without mistakes.
    from podrunner.secrets.redact import censor

    if _is_secret(path, value):
        return "(a secret, not shown)"
    # TOML has dates, JSON has none.
    text = censor(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= 60 else f"{text[:57]}…"


def _is_secret(path: Path, value: Any) -> bool:
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    return bool(_SECRET.search(name)) and value not in (None, "", True, False)
