"""The cache of GitLab's chart: its credentials are in a Secret, which this chart reads, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.finding import Finding
from podrunner.findings.rules.importing import IMPORT
from podrunner.importing.change import Fate

if TYPE_CHECKING:
    from podrunner.importing.official.values import Official

_AT = ("runners", "cache", "secretName")
# Keys of [runners.cache] → those of `cache`.
_SHARED = {"Type": "type", "Path": "path", "Shared": "shared"}
# How the chart brings credentials in is the chart's own matter.
_CREDENTIALS = ("AuthenticationType", "CredentialsFile")
# The keys that GitLab's chart knows in the Secret of a gcs bucket, and the names that its documentation gives Secrets of either.
_FILE, _ID, _KEY = "gcs-application-credentials-file", "gcs-access-id", "gcs-private-key"
_OF_FILE, _OF_KEYS = "google-application-credentials", "gcsaccess"


def move_cache(official: Official, runner: dict[str, Any], text: str) -> None:
    """Make `cache` of the values out of [runners.cache], where runners.cache.secretName says what it needs.

    `text` is the whole file: objects and comments beside it may tell which keys the Secret has.
    """
    if not official.cache_secret:
        return
    cache = runner.get("cache", {})
    kind = str(cache.get("Type", ""))
    if kind not in ("s3", "gcs", "azure") or not isinstance(cache.get(kind), dict):
        message = "nothing says what it opens: there is no [runners.cache] with a Type and a table of that name."
        official.changes.add(Fate.UNSUPPORTED, _AT, message)
        return
    if kind == "gcs" and _has_keys(official.cache_secret, text):
        _use_keys(official, cache["gcs"])
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
    if kind == "gcs" and not _has_file(official.cache_secret, text):
        official.changes.add(Fate.BY_HAND, _AT, _ask(official.cache_secret))


def _has_keys(secret: str, text: str) -> bool:
    return _KEY in text or _ID in text or (secret == _OF_KEYS and _FILE not in text)


def _has_file(secret: str, text: str) -> bool:
    return _FILE in text or secret == _OF_FILE


def _ask(secret: str) -> str:
    return (
        f"the manager starts only if {secret} has the key {_FILE} (see `kubectl describe secret {secret}`). If it has "
        f"{_ID} and {_KEY}, leave cache.existingSecret out, write what is in {_ID} into cache.gcs.AccessID, and "
        f"runners.<name>.credentials: {{cache.gcs.PrivateKey: {{name: {secret}, key: {_KEY}}}}}."
    )


def _use_keys(official: Official, bucket: dict[str, Any]) -> None:
    """A Secret with an id and a key: config.toml has the id, and the key comes from the Secret."""
    secret = official.cache_secret
    for key in _CREDENTIALS:
        bucket.pop(key, None)
    official.credentials["cache.gcs.PrivateKey"] = {"name": secret, "key": _KEY}
    message = f"its {_KEY} is cache.gcs.PrivateKey of runners.<name>.credentials."
    official.changes.add(Fate.CHANGED, _AT, message)
    if not bucket.get("AccessID"):
        path = "runners.<name>.config.cache.gcs.AccessID"
        message = f"{path}: write what {secret} has as {_ID}, which is no secret: without it, the key opens nothing."
        official.findings.append(Finding(IMPORT, message, path=path))
