"""The keys of config.toml that belong to all runners, as values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.importing.change import Changes, Fate

if TYPE_CHECKING:
    from collections.abc import Mapping

# Addresses that nothing outside the manager's container reaches.
_LOCAL = re.compile(r"(localhost|127\.[0-9.]+|\[::1\]):(?P<port>[0-9]+)\Z")
_CONCURRENT, _ONE = "concurrent", 1


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
    if _CONCURRENT not in own:
        own[_CONCURRENT] = _ONE
        message = f"is {_ONE}, which GitLab Runner takes where nothing is written. The chart's default would be "
        changes.add(Fate.CHANGED, (_CONCURRENT,), f"{message}{defaults.get(_CONCURRENT)}.")
    for key, value in defaults.items():
        if not own.get(key) and key != _CONCURRENT:
            changes.add(Fate.ADDED, (key,), f'"{value}": the chart\'s default.')
            own.pop(key, None)
    return {key: value for key, value in own.items() if defaults.get(key) != value and value != {}}
