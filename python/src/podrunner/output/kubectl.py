"""Commands of kubectl, to be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def kubectl_secret(secret: str, keys: Sequence[str], namespace: str) -> str:
    """The command that makes a Secret of what is typed, pasted or piped in: one value, or a line KEY=VALUE for each."""
    source = f"--from-file={keys[0]}=" if len(keys) == 1 else "--from-env-file="
    return f"kubectl create secret generic {secret} --namespace {namespace} {source}/dev/stdin"
