"""Settings of a runner that let jobs choose what they must not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


# Any character, any number of times: the pattern allows what nobody thought of.
_WILDCARD = re.compile(r"\.[*+]")


def open_overwrites(kubernetes: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(key, why it is dangerous) of what lets jobs choose anything."""
    for name, value in kubernetes.items():
        if not name.endswith("_overwrite_allowed"):
            continue
        if name == "bearer_token_overwrite_allowed":
            if value is True:
                yield name, "jobs may use any token to talk to Kubernetes, and the manager passes it on."
        elif isinstance(value, str) and _WILDCARD.search(value):
            what = name.removesuffix("_overwrite_allowed").replace("_", " ")
            yield name, f"the wildcard lets every job choose its {what}. Name those that are allowed: ^(one|another)$."
