"""What the smoke lays over the values under test."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from podrunner.modes.promise import INSIDE_SCRIPT
from podrunner.modes.runners import runner_keys

if TYPE_CHECKING:
    from collections.abc import Mapping


def overlay(
    under_test: Mapping[str, Any], url: str, mirrors: Mapping[str, str], registry: str = "", *, builtin: bool
) -> dict[str, Any]:
    """What the smoke lays over the values under test, of which it is given all, the chart's defaults included.

    `url` is the stand-in's, `mirrors` registry → mirror, `registry` the host that jobs push to. `builtin` adds what the verdict reads from inside.
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
    # The smoke's own registries speak plain HTTP; what is said of others stays.
    registries: dict[str, Any] = {}
    if mirrors:
        registries["mirrors"] = {name: [{"location": mirror, "insecure": True}] for name, mirror in mirrors.items()}
    if registry:
        registries["insecure"] = [*(_insecure(under_test) or ()), registry]
        for name, runner in (under_test.get("runners") or {}).items():
            # A list is replaced as a whole.
            if (own := _insecure(runner)) is not None:
                values["runners"][name]["podman"] = {"registries": {"insecure": [*own, registry]}}
    if registries:
        values["podman"] = {"registries": registries}
    return values


def _insecure(values: Mapping[str, Any] | None) -> list[str] | None:
    """The registries that values, of all runners or of one, let podman reach by plain HTTP; None if they say nothing."""
    given: list[str] | None = (((values or {}).get("podman") or {}).get("registries") or {}).get("insecure")
    return given


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
