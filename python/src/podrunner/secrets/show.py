"""A value for a message: short, in JSON's notation, without secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from podrunner.secrets.find import called_at
from podrunner.secrets.redact import REDACTED, redact_data
from podrunner.secrets.value import is_secret

if TYPE_CHECKING:
    from podrunner.findings.path import Path

_LONGEST = 60


def show(path: Path, value: Any) -> str:
    """The value at a path of a document, of at most 60 characters."""
    if is_hidden(path, value):
        return REDACTED
    # TOML has dates, JSON has none.
    text = json.dumps(redact_data(value, path=path, name=called_at(path)), ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}…"


def is_hidden(path: Path, value: Any) -> bool:
    """Whether a scalar is a secret by the name that it has at its path."""
    is_scalar = isinstance(value, str | int | float) and not isinstance(value, bool)
    return is_scalar and is_secret(called_at(path), str(value))
