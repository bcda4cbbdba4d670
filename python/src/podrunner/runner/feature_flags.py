"""Feature flags as GitLab Runner resolves them for every job of a runner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import table, texts
from podrunner.runner.keys import load_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# As Go's strconv.ParseBool reads them.
_WORDS = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False),
}


def feature_flag(runner: Mapping[str, Any], name: str, variables: Iterable[tuple[str, str]] = ()) -> bool:
    """Whether a flag is on: by [runners.feature_flags], which wins, by `environment`, or by default.

    A job may turn on and off what the former does not name, by its `variables`.
    """
    flags = table(runner.get("feature_flags"))
    if name in flags:
        return flags[name] is True
    environment = [text.partition("=") for text in texts(runner.get("environment"))]
    values = [value for key, _, value in environment if key == name]
    values += [value for key, value in variables if key == name]
    default = load_keys().flags.get(name, {}).get("default") is True
    # What is not a word for true or false leaves the default.
    return _WORDS.get(values[-1], default) if values else default
