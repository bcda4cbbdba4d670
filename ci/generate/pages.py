"""The generated blocks of README.md, CONTRIBUTING.md, chart/README.md and docs/, such as the reference of values.

They come from chart/files/modes.yaml, chart/files/alerts.yaml, ci/generate/choose.yaml, tests/smoke/modes.yaml, the
comments of chart/values.yaml, the docstrings of the package, and its keys and advisories of GitLab Runner. A block stands between `<!-- begin NAME -->` and
`<!-- end NAME -->`.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

import yaml

from ci.generate import reference
from ci.generate.sources import ROOT, load, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MODES: dict[str, dict[str, Any]] = load("chart/files/modes.yaml")
QUESTIONS: list[dict[str, str]] = load("ci/generate/choose.yaml")
ROWS: dict[str, dict[str, Any]] = load("tests/smoke/modes.yaml")
OFFICIAL: dict[str, dict[str, Any]] = load("python/src/podrunner/importing/official/official.yaml")
ALERTS: dict[str, dict[str, str]] = load("chart/files/alerts.yaml")
PACKAGE = "python/src/podrunner"
KEYS: dict[str, Any] = load("python/src/podrunner/runner/keys.json")
ADVISORIES: list[dict[str, Any]] = load("python/src/podrunner/runner/advisories.json")
FILES = (
    *("README.md", "CONTRIBUTING.md", "chart/README.md"),
    *("docs/modes.md", "docs/import.md", "docs/monitoring.md", "docs/runner-versions.md", "docs/security.md"),
)
BLOCK = re.compile(r"(<!-- begin ([\w-]+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = [list(head)]
    lines += [["---"] * len(lines[0]), *map(list, rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def versions(mode: dict[str, Any]) -> str:
    """The lowest versions that a mode needs of the nodes, in words."""
    runtimes = [
        f"{label} {mode[key]}" for key, label in (("containerd", "containerd"), ("crio", "CRI-O")) if key in mode
    ]
    parts = [
        f"{label} {mode[key]}" for key, label in (("kubernetes", "Kubernetes"), ("kernel", "Linux")) if key in mode
    ]
    return ", ".join([*parts, *([" or ".join(runtimes)] if runtimes else [])])


def presets() -> str:
    """Each preset with what its job pods look like."""
    rows = [
        (f"`{mode['preset']}`", f"`{name}`", mode["summary"], mode["podSecurity"])
        for name, mode in MODES.items()
        if "preset" in mode
    ]
    return table(("preset", "`podman.mode`", "job pods", "Pod Security level"), rows)


def choose() -> str:
    """The questions, in the order to ask them."""
    lowest = {name: versions(mode) for name, mode in MODES.items()}
    rows = [(question["ask"].format(**lowest), question["then"]) for question in QUESTIONS]
    return table(("ask in this order", "the first yes"), rows)


def needs() -> str:
    """Versions and settings by mode."""
    rows = [
        (
            *(f"`{mode['preset']}`", f"`{name}`", mode["podSecurity"], mode["runner"]),
            *(versions(mode), "<br>".join(mode["needs"])),
        )
        for name, mode in MODES.items()
        if "preset" in mode
    ]
    return table(
        ("preset", "`podman.mode`", "Pod Security level", "GitLab Runner", "at least", "and on the nodes"), rows
    )


def reach() -> str:
    """What a job can become on the node, by mode."""
    return table(
        ("preset", "what a job can become on the node"),
        ((f"`{mode['preset']}`", mode["reach"]) for mode in MODES.values() if "preset" in mode),
    )


def held() -> str:
    """What the policy for job pods holds each mode to."""
    rows = []
    for name, mode in MODES.items():
        promise = mode.get("promise")
        if promise and not promise["privileged"]:
            user = "any but 0" if promise["uid"] is None else str(promise["uid"])
            gain = "by no container" if promise["noNewPrivileges"] else "allowed"
            namespace = "its own (`hostUsers: false`)" if promise.get("hostUsers") is False else "any"
            rows.append((f"`{name}`", user, ", ".join(promise["capabilities"]), gain, namespace))
    heads = (
        "user of the build container",
        "its capabilities at most",
        "gaining privileges",
        "user namespace of the pod",
    )
    return table(("`podman.mode`", *heads), rows)


def runtimes() -> str:
    """What the smoke tests run on which container runtime."""
    rows = []
    for row in ROWS.values():
        values = yaml.safe_dump(row.get("values", {}), default_flow_style=True, width=1000).strip()
        extra = f" with `{values[1:-1]}`" if "values" in row else ""
        cells = ["runs" if row[name] == "runs" else f"no: {row[name]['impossible']}" for name in ("containerd", "crio")]
        rows.append((f"`{row['preset']}`{extra}", *cells, row.get("note", "")))
    return table(("preset", "containerd", "CRI-O", ""), rows)


def official() -> str:
    """Where each value of GitLab's chart goes."""
    rows = []
    for key, entry in OFFICIAL.items():
        if "was" in entry:
            continue
        place = f"`{entry['to']}`" if "to" in entry else entry.get("into") or entry["why"].rstrip(".")
        rows.append((f"`{key}`", place))
    old = "the key of `[[runners]]` that does it today, unless the chart is newer than 0.52, which does not read them"
    rows.append(("`runners.image`, `runners.privileged` and the like", old))
    return table(("in GitLab's chart", "here"), rows)


def alerts() -> str:
    """Each alert with what raises it."""
    values = {value.path.rpartition(".")[2]: value for value in reference.below("metrics.prometheusRule.alerts")}
    rows = []
    for name, alert in ALERTS.items():
        told: dict[str, Any] = values[name].default
        numbers = (str(told.get("above", "")), told["for"], told["severity"])
        rows.append((f"`{alert['alert']}`", f"`{name}`", values[name].text, *numbers))
    return table(("alert", "key", "what it is about", "above", "for", "severity"), rows)


def runners() -> str:
    """The lowest release of GitLab Runner for each mode."""
    rows = [(f"`{name}`", mode["runner"]) for name, mode in MODES.items()]
    return table(("`podman.mode`", "GitLab Runner"), rows)


def advisories() -> str:
    """Releases of GitLab Runner that must not be used."""
    rows = [(", ".join(one["versions"]), f"{one['why']} ({one['source']})", one["use"]) for one in ADVISORIES]
    return table(("GitLab Runner", "why", "use"), rows)


def keys() -> str:
    """Keys of config.toml and feature flags by their first release, the newest first."""
    found: dict[str, list[str]] = {}
    for path, entry in (*_dated(KEYS["keys"], ()), *((flag["name"], flag) for flag in KEYS["feature_flags"])):
        if "since" in entry:
            announced = f" (announced: {entry['documented']})" if "documented" in entry else ""
            found.setdefault(entry["since"], []).append(f"`{path}`{announced}")
    newest = sorted(found, key=lambda version: tuple(map(int, version.split("."))), reverse=True)
    return table(("first release", "keys and flags"), ((version, "<br>".join(found[version])) for version in newest))


def _dated(keys: list[dict[str, Any]], path: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    for key in keys:
        below = (*path, key["key"])
        yield ".".join(below), key
        yield from _dated(key.get("children", []), below)


def rooms() -> str:
    """Each folder of the package with the first sentences of its docstring."""
    rows = []
    for file in sorted((ROOT / PACKAGE).glob("*/__init__.py")):
        described = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").partition("\n\n")[0]
        rows.append((f"`{file.parent.name}/`", " ".join(described.split())))
    return table((f"in `{PACKAGE}/`", "what"), rows)


BLOCKS: dict[str, Callable[[], str]] = {
    "rooms": rooms,
    "presets": presets,
    "choose": choose,
    "needs": needs,
    "reach": reach,
    "held": held,
    "runtimes": runtimes,
    "values": reference.text,
    "official": official,
    "alerts": alerts,
    "runners": runners,
    "advisories": advisories,
    "keys": keys,
}


def text(name: str) -> str:
    """A page's text with its blocks written anew. Raises KeyError for a block that nobody makes."""
    return BLOCK.sub(lambda found: f"{found[1]}{BLOCKS[found[2]]()}{found[3]}", read(name))
