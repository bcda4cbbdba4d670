"""Names of releases and namespaces, as Helm and Kubernetes take them."""

from __future__ import annotations

import re

from podrunner.findings.errors import UsageError

_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_RELEASE = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\Z")
_NAMESPACE = re.compile(rf"{_LABEL}\Z")
_RELEASE_LIMIT, _NAMESPACE_LIMIT = 53, 63


def release_name(text: str) -> str:
    """The name, when Helm takes it: the library does not look. Raises UsageError."""
    if not _RELEASE.match(text) or len(text) > _RELEASE_LIMIT:
        raise UsageError(
            f"`{text}` is not a valid release name: {_rule('letters, digits, dashes and dots', _RELEASE_LIMIT)}"
        )
    return text


def namespace_name(text: str) -> str:
    """The name, when Kubernetes takes it. Raises UsageError."""
    if not _NAMESPACE.match(text) or len(text) > _NAMESPACE_LIMIT:
        raise UsageError(f"`{text}` is not a valid namespace: {_rule('letters, digits and dashes', _NAMESPACE_LIMIT)}")
    return text


def _rule(characters: str, limit: int) -> str:
    return f"at most {limit} lower-case {characters}, the first and last a letter or digit."
