"""Hosts of a cache: the runner puts a scheme before each, and the name of an account or a bucket.

Sources: GetEndpoint of cache/cacheconfig/cacheconfig.go, minio.New of the older adapter of S3, getBlobServiceURL of
cache/azure/azure.go.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

from podrunner.findings.severity import Severity
from podrunner.manifests.admission.forms import LAST_PORT
from podrunner.runner.address import without_scheme

if TYPE_CHECKING:
    from collections.abc import Iterator

# Type of a cache → key of its host, an example of one, and what is to be said of the scheme.
_HOSTS = {
    "s3": ("ServerAddress", "s3.example.com", "Insecure chooses http"),
    "gcs": ("UniverseDomain", "googleapis.com", "it is always https"),
    "azure": ("StorageDomain", "blob.core.windows.net", "it is always https"),
}
_LABEL = re.compile(r"[A-Za-z0-9_]([-A-Za-z0-9_]{0,61}[A-Za-z0-9_])?\Z")


def host_reasons(kind: str, said: dict[str, Any]) -> Iterator[tuple[str, str, Severity]]:
    """(key, why it is not a host with or without a port, severity) of a cache of a type; `said` is its table.

    A path is a warning: some servers answer below one.
    """
    key, example, scheme = _HOSTS[kind]
    value = said.get(key)
    if not isinstance(value, str) or not value:
        return
    bare = without_scheme(value)
    host, slash, _ = bare.partition("/")
    reason = _host_reason(host, example)
    if bare != value:
        yield key, f"must have no scheme: write {example if reason else host}; {scheme}", Severity.ERROR
    elif reason:
        yield key, reason, Severity.ERROR
    elif slash:
        yield (
            key,
            f"must be a host, with or without a port: write {host}, as few servers answer below a path",
            Severity.WARNING,
        )


def _host_reason(text: str, example: str) -> str:
    name, colon, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    name = name if colon else text
    if colon and not (port.isdecimal() and port.isascii() and 0 < int(port) <= LAST_PORT):
        return f"must have a port from 1 to {LAST_PORT} behind the colon, or none, such as {example}:9000"
    return "" if _is_host(name) else f"must be a host, with or without a port, such as {example} or {example}:9000"


def _is_host(name: str) -> bool:
    if name.startswith("["):
        try:
            return name.endswith("]") and bool(ipaddress.IPv6Address(name[1:-1]))
        except ValueError:
            return False
    return all(_LABEL.match(label) for label in name.removesuffix(".").split("."))
