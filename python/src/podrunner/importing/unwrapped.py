"""A release of GitLab's chart as a manifest has it, and what is read of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import UsageError
from podrunner.importing.nodes import in_place, line_of
from podrunner.values.merge import merge
from podrunner.values.set_expression import parse_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yaml.nodes import Node

_ELSEWHERE = "brings values from elsewhere, which are not read: `helm get values` has all of them."


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What was inside: `text` has each line where the manifest has it. `is_toml`: a config.toml, and no values.

    `release`, `namespace` and `version`, of the chart, are empty where the manifest names none.
    """

    text: str
    is_toml: bool
    release: str = ""
    namespace: str = ""
    version: str = ""
    # Texts of values below this one, lowest first, and values above it.
    under: tuple[str, ...] = ()
    over: dict[str, Any] = field(default_factory=dict)
    # Keys that are not read, with their line and why.
    unread: dict[str, tuple[int, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundRelease:
    """One release that a manifest makes.

    Of `values`, which are merged, the last wins; `more` are keys with their lines that bring values from elsewhere.
    `parameters` are (name, value, whether it is a text in any case), as of --set. `text` is that of the values where it
    is not that of the nodes.
    """

    values: tuple[Node, ...] = ()
    text: str = ""
    is_toml: bool = False
    release: str = ""
    namespace: str = ""
    chart: str = ""
    version: str = ""
    parameters: tuple[tuple[str, str, bool], ...] = ()
    more: dict[str, int] = field(default_factory=dict)

    def unwrapped(self, text: str, name: str, others: Sequence[FoundRelease] = ()) -> Unwrapped:
        """What is read of it; `text` is that of the manifest `name`, `others` are further releases in it.

        Raises UsageError where it has no values.
        """
        texts = [self.text] if self.text else [in_place(text, node) for node in self.values]
        if not texts and not self.parameters:
            files = f" Its values come from elsewhere ({', '.join(self.more)})." if self.more else ""
            way_out = "Give that values file, or what `helm get values RELEASE --output yaml` prints."
            raise UsageError(f"{name}: the release of gitlab-runner has no values in this file.{files} {way_out}")
        unread = {key: (line, _ELSEWHERE) for key, line in self.more.items()}
        for number, other in enumerate(others, 2):
            line = line_of(other.values[0]) if other.values else 0
            message = f"is not read: import {other.release or 'it'} from a file of its own."
            unread[f"release {number}"] = (line, message)
        return Unwrapped(
            texts[-1] if texts else "{}",
            self.is_toml,
            self.release,
            self.namespace,
            self.version,
            tuple(texts[:-1]),
            _settings(self.parameters),
            unread,
        )


def _settings(parameters: Sequence[tuple[str, str, bool]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value, is_text in parameters:
        # A comma would begin another setting, unless it stands in a list.
        whole = (
            value if value.startswith("{") and value.endswith("}") else value.replace("\\,", ",").replace(",", "\\,")
        )
        (layer,) = parse_set([f"{name}={whole}"], "--set-string" if is_text else "--set")
        found = merge(found, layer.data)
    return found
