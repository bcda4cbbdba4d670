"""Changed objects with the API server's verdict and podrunner's, as tests/admission/test_single_changes.py records them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Judged:
    """An object with one change. `refused` is the API server's word, `said` podrunner's, `on_purpose` beyond the server's."""

    object: dict[str, Any]
    refused: bool
    said: bool
    on_purpose: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """All changes of one run: of which Kubernetes, such as 1.34.4, and drawn from which seed."""

    kubernetes: str
    seed: int
    changes: tuple[Judged, ...]


def read_sample(file: Path) -> Sample:
    """Reads a record. Raises UsageError when there is none in the file."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        return Sample(data["kubernetes"], data["seed"], tuple(Judged(**one) for one in data["changes"]))
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file}: not a record of tests/admission/test_single_changes.py: {error}.") from None
