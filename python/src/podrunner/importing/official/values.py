"""GitLab's own chart, gitlab-runner: its keys, and what a values file of it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from podrunner.findings.path import Path, dotted, parse_dotted
from podrunner.importing.change import Changes, Fate

if TYPE_CHECKING:
    from podrunner.findings.finding import Finding
    from podrunner.importing.official.template import Templates

Entry = dict[str, Any]


@dataclass(slots=True)
class Official:
    """What a values file says: `values` of this chart, global keys (`top`), and what belongs to its one runner."""

    templates: Templates
    changes: Changes
    # Of GitLab's chart, as the file says it; empty where it does not.
    version: str = ""
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
    # Keys of before 0.53: path of the key of [[runners]] → (path here, value).
    old: dict[Path, tuple[Path, Any]] = field(default_factory=dict)
    # Of the manager's pods, where podAnnotations does not say otherwise.
    annotations: dict[str, str] = field(default_factory=dict)
    # What nobody but the reader knows, and the values do not pass without.
    findings: list[Finding] = field(default_factory=list)


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
    other = next((one for one, place in official.moved.items() if place == (*tables, name) and one != path), None)
    if other is not None:
        here[name] = _both(official, (other, here[name]), (path, value), to)
    else:
        here[name] = value
        official.changes.add(Fate.MAPPED, path, f"is {to}.")
    official.moved[path] = (*tables, name)


def _both(official: Official, first: tuple[Path, Any], second: tuple[Path, Any], to: str) -> Any:
    """The value of two keys that are one here: lists and maps together, of anything else the one that counts."""
    under = table().get(first[0], {}).get("under")
    (lower, below), (upper, above) = (first, second) if under == dotted(second[0]) else (second, first)
    official.changes.add(Fate.MAPPED, second[0], f"is {to}.")
    if below == above:
        return above
    if isinstance(below, list) and isinstance(above, list):
        message = f"{to} has what is here, and what is in {dotted(upper)}."
        official.changes.add(Fate.CHANGED, lower, message)
        return [*above, *(item for item in below if item not in above)]
    if isinstance(below, dict) and isinstance(above, dict):
        message = f"{to} has what is here, and what is in {dotted(upper)}, which wins where both say something."
        official.changes.add(Fate.CHANGED, lower, message)
        return {**below, **above}
    official.changes.add(Fate.CHANGED, lower, f"is left out: {dotted(upper)} says the same, and counts.")
    return above
