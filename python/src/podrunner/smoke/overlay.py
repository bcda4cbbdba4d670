"""What the smoke lays over the values under test."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from podrunner.modes.promise import INSIDE_SCRIPT
from podrunner.modes.runners import runner_keys

if TYPE_CHECKING:
    from collections.abc import Mapping


def overlay(under_test: Mapping[str, Any], url: str, mirrors: Mapping[str, str], *, builtin: bool) -> dict[str, Any]:
    """What the smoke lays over the values under test, of which it is given all, the chart's defaults included.

    `url` is the stand-in's, `mirrors` registry → mirror. `builtin` adds what the verdict reads from inside.
    """
    given = runner_keys(under_test)
    values: dict[str, Any] = {
        "gitlab": {"url": url},
        "config": {"check_interval": 1},
        "runners": {name: {"config": _runner_overlay(keys, url, builtin=builtin)} for name, keys in given.items()},
    }
    if "keepOnUninstall" in (under_test.get("manager") or {}):
        # The smoke leaves nothing behind.
        values["manager"] = {"keepOnUninstall": False}
    if mirrors:
        wanted = {registry: [{"location": mirror, "insecure": True}] for registry, mirror in mirrors.items()}
        values["podman"] = {"registries": {"mirrors": wanted}}
    return values


def _runner_overlay(given: Mapping[str, Any], url: str, *, builtin: bool) -> dict[str, Any]:
    # Images may be in the node under their public names, where nothing could be pulled.
    config: dict[str, Any] = {"kubernetes": {"pull_policy": ["if-not-present"]}}
    config |= {key: url for key in ("url", "clone_url") if given.get(key)}
    if builtin:
        scripts = (given.get("post_build_script"), INSIDE_SCRIPT)
        config["post_build_script"] = "\n".join(script for script in scripts if script)
    return config


def new_token() -> str:
    """A runner token as GitLab makes them."""
    return f"glrt-{secrets.token_urlsafe(15)}"
