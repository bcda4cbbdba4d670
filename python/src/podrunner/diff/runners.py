"""The runners of a rendering's config.toml."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import maps
from podrunner.runner.parsed import parse_config

if TYPE_CHECKING:
    from podrunner.manifests.rendering import Rendering


def runner_tables(rendering: Rendering) -> dict[str, dict[str, Any]]:
    """`jobs of runner NAME` → its [[runners]] table."""
    found: dict[str, dict[str, Any]] = {}
    for text in rendering.config_texts.values():
        try:
            runners = maps(parse_config(text).get("runners"))
        except tomllib.TOMLDecodeError:
            continue
        found |= {f"jobs of runner {runner.get('name')}": runner for runner in runners}
    return found
