"""The keys of config.toml that belong to all runners, as values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.importing.change import Changes, Fate

if TYPE_CHECKING:
    from collections.abc import Mapping

# Addresses that nothing outside the manager's container reaches.
_LOCAL = re.compile(r"(localhost|127\.[0-9.]+|\[::1\]):(?P<port>[0-9]+)\Z")
# Without it GitLab Runner does not start.
_CONCURRENT = "concurrent"


def global_values(top: dict[str, Any], defaults: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """`config` of the values: what differs from the chart's `defaults`, and what these add is noted in `changes`."""
    own = dict(top)
    if own.pop("sentry_dsn", None):
        message = "left out: it holds a key, and config.toml is a ConfigMap here. Nothing takes its place."
        changes.add(Fate.SECRET, ("sentry_dsn",), message)
    local = _LOCAL.match(str(own.get("listen_address", "")))
    if local:
        own["listen_address"] = f":{local['port']}"
        message = f'is "{own["listen_address"]}" now: the manager\'s probes ask this port from outside the container.'
        changes.add(Fate.CHANGED, ("listen_address",), message)
    for key, value in defaults.items():
        if not own.get(key) and key != _CONCURRENT:
            changes.add(Fate.ADDED, (key,), f'"{value}": the chart\'s default.')
            own.pop(key, None)
        elif key not in own:
            changes.add(Fate.ADDED, (key,), f"{value}: the chart's default. GitLab Runner wants one.")
    return {key: value for key, value in own.items() if defaults.get(key) != value and value != {}}
