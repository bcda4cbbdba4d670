"""The runners of a rendering's config.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import maps

if TYPE_CHECKING:
    from podrunner.manifests.rendering import Rendering


def runner_tables(rendering: Rendering) -> dict[str, dict[str, Any]]:
    """`jobs of runner NAME` → its [[runners]] table."""
    found: dict[str, dict[str, Any]] = {}
    for config in rendering.configs:
        runners = maps(config.toml.data.get("runners"))
        found |= {f"jobs of runner {runner.get('name')}": runner for runner in runners}
    return found
