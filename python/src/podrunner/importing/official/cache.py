"""The cache of GitLab's chart: its credentials are in a Secret, which this chart reads, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.importing.change import Fate

if TYPE_CHECKING:
    from podrunner.importing.official.values import Official

_AT = ("runners", "cache", "secretName")
# Keys of [runners.cache] → those of `cache`.
_SHARED = {"Type": "type", "Path": "path", "Shared": "shared"}
# How the chart brings credentials in is the chart's own matter.
_CREDENTIALS = ("AuthenticationType", "CredentialsFile")


def move_cache(official: Official, runner: dict[str, Any]) -> None:
    """Make `cache` of the values out of [runners.cache], where runners.cache.secretName says what it needs."""
    if not official.cache_secret:
        return
    cache = runner.get("cache", {})
    kind = str(cache.get("Type", ""))
    if kind not in ("s3", "gcs", "azure") or not isinstance(cache.get(kind), dict):
        message = "nothing says what it opens: there is no [runners.cache] with a Type and a table of that name."
        official.changes.add(Fate.UNSUPPORTED, _AT, message)
        return
    bucket = {key: value for key, value in cache.pop(kind).items() if key not in _CREDENTIALS}
    shared = {ours: cache.pop(theirs) for theirs, ours in _SHARED.items() if theirs in cache}
    official.values["cache"] = {**shared, kind: bucket, "existingSecret": {"name": official.cache_secret}}
    if not cache:
        del runner["cache"]
    message = "is cache.existingSecret.name, and [runners.cache] is cache: jobs never see what is in the Secret."
    official.changes.add(Fate.CHANGED, _AT, message)
    if kind == "azure" and "AccountName" not in bucket:
        message = "write its azure-account-name into cache.azure.AccountName: that is not a secret."
        official.changes.add(Fate.CHANGED, _AT, message)
