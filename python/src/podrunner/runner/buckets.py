"""Names of buckets, containers and accounts of a cache, by the documented rules of those who keep it, and its host.

Sources: docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, cloud.google.com/storage/docs/buckets#naming,
learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.config_toml import CONFIG_FORMAT
from podrunner.findings.severity import Severity
from podrunner.manifests.admission.forms import leftover
from podrunner.manifests.objects import table
from podrunner.runner.cache_hosts import host_reasons
from podrunner.runner.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.path import Path

_S3 = re.compile(r"(?=.{3,63}\Z)[a-z0-9]([-.a-z0-9]*[a-z0-9])\Z")
# An access point is named by its ARN.
_ARN = re.compile(r"arn:aws[a-z-]*:(s3|s3-outposts|s3-object-lambda):")
_OF_S3_ITSELF = ("xn--", "sthree-", "amzn-s3-demo-")
# Before March 2018, buckets in us-east-1 could have such names.
_OLD_S3 = re.compile(r"[-._A-Za-z0-9]{3,255}\Z")
_OLD_REGION = "us-east-1"
_AMAZON = re.compile(r"(.*\.)?amazonaws\.com(\.cn)?(:\d+)?\Z")
_GOOGLE = re.compile(r"(?=.{3,222}\Z)[a-z0-9]([-_.a-z0-9]*[a-z0-9])\Z")
_GOOGLE_PART = 63
_CONTAINER = re.compile(r"(?=.{3,63}\Z)[a-z0-9]+(-[a-z0-9]+)*\Z|\$(root|web|logs)\Z")
_ACCOUNT = re.compile(r"[a-z0-9]{3,24}\Z")
_S3_RULE = "must be 3 to 63 lower-case letters, digits, dashes and dots, the first and last a letter or digit"


def bucket_faults(runner: dict[str, Any], path: Path) -> Iterator[Fault]:
    """A fault for a name or host that the service of the cache's type does not have: a cache that no job ever finds or stores."""
    cache = table(runner.get("cache"))
    kind = str(cache.get("Type"))
    said, at = table(cache.get(kind)), (*path, "cache", kind)
    if kind not in _REASONS:
        return
    for key, reason, severity in (*_REASONS[kind](said), *host_reasons(kind, said)):
        name = str(said[key])
        # Of leftovers of templates it is said already.
        if not leftover(name):
            yield Fault(CONFIG_FORMAT, (*at, key), f'{reason}, is "{name}".', severity, about=name)


def _s3(said: dict[str, Any]) -> Iterator[tuple[str, str, Severity]]:
    name, server = said.get("BucketName"), str(said.get("ServerAddress") or "")
    if not isinstance(name, str) or not name or _ARN.match(name):
        return
    if server and not _AMAZON.match(server):
        if reason := _s3_reason(name):
            why = "a server of one's own may take others, Amazon S3 and most others do not"
            yield "BucketName", f"{reason}: {why}", Severity.WARNING
    elif reason := _s3_reason(name) or _reserved(name):
        is_old = said.get("BucketLocation") in (None, "", _OLD_REGION) and _OLD_S3.match(name) and not _reserved(name)
        more = f": only buckets in {_OLD_REGION} from before March 2018 may have others" if is_old else ""
        yield "BucketName", f"{reason}{more}", Severity.WARNING if is_old else Severity.ERROR


def _s3_reason(name: str) -> str:
    if not _S3.match(name) or ".." in name:
        return _S3_RULE
    return "must not look like an IP address" if _is_address(name) else ""


def _reserved(name: str) -> str:
    begin = next((one for one in _OF_S3_ITSELF if name.startswith(one)), "")
    return f"must not begin with {begin}, which Amazon S3 keeps for itself" if begin else ""


def _gcs(said: dict[str, Any]) -> Iterator[tuple[str, str, Severity]]:
    name = said.get("BucketName")
    if isinstance(name, str) and name and (reason := _google_reason(name)):
        yield "BucketName", reason, Severity.ERROR


def _google_reason(name: str) -> str:
    parts = name.split(".")
    if not _GOOGLE.match(name) or not all(0 < len(part) <= _GOOGLE_PART for part in parts):
        return "must be 3 to 63 lower-case letters, digits, dashes, underscores and dots, the first and last a letter or digit"
    if name.startswith("goog") or "google" in name:
        return "must not begin with goog or contain google"
    return "must not look like an IP address" if _is_address(name) else ""


def _azure(said: dict[str, Any]) -> Iterator[tuple[str, str, Severity]]:
    container, account = said.get("ContainerName"), said.get("AccountName")
    if isinstance(container, str) and container and not _CONTAINER.match(container):
        reason = "must be 3 to 63 lower-case letters, digits and single dashes, the first and last a letter or digit"
        yield "ContainerName", reason, Severity.ERROR
    if isinstance(account, str) and account and not _ACCOUNT.match(account):
        yield "AccountName", "must be 3 to 24 lower-case letters and digits", Severity.ERROR


def _is_address(name: str) -> bool:
    try:
        return bool(ipaddress.IPv4Address(name))
    except ValueError:
        return False


_REASONS = {"s3": _s3, "gcs": _gcs, "azure": _azure}
