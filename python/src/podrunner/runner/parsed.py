"""config.toml, parsed once: several checks read it, and cases of a matrix often share it."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from typing import Any

# Also in a text that is not TOML.
_OF_A_RUNNER = re.compile(r"^\s*(?:concurrent\s*=|\[+\s*runners\b)", re.MULTILINE)
# A parsed file takes some ten kilobytes.
_KEPT = 1024


@lru_cache(maxsize=_KEPT)
def parse_config(text: str) -> dict[str, Any]:
    """The tables of a config.toml, not to be changed by anybody. Raises tomllib.TOMLDecodeError."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise tomllib.TOMLDecodeError("nested too deeply") from None


def is_of_a_runner(text: str) -> bool:
    """Whether a file called config.toml is GitLab Runner's: other programs have one, too."""
    return bool(_OF_A_RUNNER.search(text))
