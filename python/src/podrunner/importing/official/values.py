"""GitLab's own chart, gitlab-runner: its keys, and what a values file of it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from podrunner.findings.path import Path, parse_dotted
from podrunner.importing.change import Changes, Fate

if TYPE_CHECKING:
    from podrunner.importing.official.template import Templates

Entry = dict[str, Any]


@dataclass(slots=True)
class Official:
    """What a values file says: `values` of this chart, global keys (`top`), and what belongs to its one runner."""

    templates: Templates
    changes: Changes
    values: dict[str, Any] = field(default_factory=dict)
    top: dict[str, Any] = field(default_factory=dict)
    # Where keys went: their comments go there, too.
    moved: dict[Path, Path] = field(default_factory=dict)
    runner: dict[str, Any] = field(default_factory=dict)
    url: str = ""
    config: str | None = None
    config_path: Path = ("runners", "config")
    secret: str = ""
    secret_key: str = "runner-token"
    cache_secret: str = ""
    # Secret keys of the runner, by dotted path: the Secret and the key that hold them.
    credentials: dict[str, dict[str, str]] = field(default_factory=dict)


@lru_cache
def table() -> dict[Path, Entry]:
    """official.yaml: path of a key → what becomes of it."""
    import yaml

    text = resources.files("podrunner.importing.official").joinpath("official.yaml").read_text(encoding="utf-8")
    return {parse_dotted(key): entry for key, entry in yaml.safe_load(text).items()}


def put(official: Official, path: Path, to: str, value: Any) -> None:
    """Set a value of this chart, and note where the key went."""
    *tables, name = to.split(".")
    here = official.top if tables == ["config"] else official.values
    for part in tables if here is official.values else ():
        here = here.setdefault(part, {})
    here[name] = value
    official.moved[path] = (*tables, name)
    official.changes.add(Fate.MAPPED, path, f"is {to}.")
