"""Names of releases and namespaces, as Helm and Kubernetes take them, numbers of revisions, versions of charts."""

from __future__ import annotations

import re

from podrunner.findings.errors import UsageError

LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_RELEASE = re.compile(rf"{LABEL}(?:\.{LABEL})*\Z")
# As Helm reads versions of charts: parts may be left out.
CHART_VERSION = r"v?[0-9]+(?:\.[0-9]+){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?"
_CHART_VERSION = re.compile(rf"{CHART_VERSION}\Z")
_NAMESPACE = re.compile(rf"{LABEL}\Z")
RELEASE_LIMIT, NAMESPACE_LIMIT = 53, 63


def release_name(text: str) -> str:
    """The name, when Helm takes it: the library does not look. Raises UsageError."""
    if not _RELEASE.match(text) or len(text) > RELEASE_LIMIT:
        raise UsageError(
            f"`{text}` is not a valid release name: {_rule('letters, digits, dashes and dots', RELEASE_LIMIT)}"
        )
    return text


def namespace_name(text: str) -> str:
    """The name, when Kubernetes takes it. Raises UsageError."""
    if not _NAMESPACE.match(text) or len(text) > NAMESPACE_LIMIT:
        raise UsageError(f"`{text}` is not a valid namespace: {_rule('letters, digits and dashes', NAMESPACE_LIMIT)}")
    return text


def read_revision(text: str) -> int:
    """The number of a revision, 1 or more. Raises UsageError."""
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise UsageError(f"`{text}` is not a revision. Write 1 for an install, 2 or more for an upgrade.")
    return int(text)


def chart_version(text: str) -> str:
    """The version, when Helm takes it for a chart. Raises UsageError."""
    if not _CHART_VERSION.match(text):
        raise UsageError(f"`{text}` is not a version of a chart. Write a semantic version, such as 1.2.3.")
    return text


def _rule(characters: str, limit: int) -> str:
    return f"at most {limit} lower-case {characters}, the first and last a letter or digit."
