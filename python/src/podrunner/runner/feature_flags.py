"""Feature flags as GitLab Runner resolves them for every job of a runner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import table, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TRUE = frozenset(["1", "t", "true"])


def feature_flag(runner: Mapping[str, Any], name: str, variables: Iterable[tuple[str, str]] = ()) -> bool:
    """Whether a flag that is off by default is on: by [runners.feature_flags], which wins, or by `environment`.

    A job may turn on and off what the former does not name, by its `variables`.
    """
    flags = table(runner.get("feature_flags"))
    if name in flags:
        return flags[name] is True
    environment = [text.partition("=") for text in texts(runner.get("environment"))]
    values = [value for key, _, value in environment if key == name]
    values += [value for key, value in variables if key == name]
    return bool(values) and values[-1].lower() in _TRUE
