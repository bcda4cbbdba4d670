"""config.toml, parsed once: several checks read it, and cases of a matrix often share it."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Any

# A parsed file takes some ten kilobytes.
_KEPT = 1024


@lru_cache(maxsize=_KEPT)
def parse_config(text: str) -> dict[str, Any]:
    """The tables of a config.toml, not to be changed by anybody. Raises tomllib.TOMLDecodeError."""
    return tomllib.loads(text)
