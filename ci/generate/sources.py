"""Files of this repository that generators read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]


def read(name: str) -> str:
    """The text of a file; `name` is its path below the root of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def load(name: str) -> Any:
    """The data of a YAML or JSON file."""
    return json.loads(read(name)) if name.endswith(".json") else yaml.safe_load(read(name))
