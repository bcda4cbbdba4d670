"""From a key of config.toml back to the value of the chart that it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from podrunner.dotted import Path


def values_paths(path: Path, config: dict[str, Any]) -> tuple[Path, ...]:
    """Where a key of config.toml may come from: the first that is there wins.

    `runners[0].kubernetes.image` → `runners.NAME.config.kubernetes.image`, `jobs.config.kubernetes.image`; all else →
    `config.…`. `config` is the parsed config.toml, which says the names of the runners.
    """
    if len(path) > 1 and path[0] == "runners" and isinstance(path[1], int):
        runners = config.get("runners")
        name = runners[path[1]].get("name") if isinstance(runners, list) and path[1] < len(runners) else None
        if isinstance(name, str):
            return ("runners", name, "config", *path[2:]), ("jobs", "config", *path[2:])
    return (("config", *path),)
