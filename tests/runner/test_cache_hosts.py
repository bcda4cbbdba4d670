"""Hosts of a cache, before which GitLab Runner puts a scheme."""

from __future__ import annotations

import pytest

from podrunner.findings.severity import Severity
from podrunner.runner.buckets import bucket_faults

PATH = "as few servers answer below a path"
PORT = "must have a port from 1 to 65535 behind the colon, or none, such as s3.example.com:9000"
HOST = "must be a host, with or without a port, such as s3.example.com or s3.example.com:9000"


def faults(kind: str, key: str, value: str) -> list[tuple[str, Severity | None]]:
    found = bucket_faults({"cache": {"Type": kind, kind: {key: value}}}, ("runners", 0))
    return [(f"{fault.path[-1]} {fault.reason}", fault.severity) for fault in found]


@pytest.mark.parametrize(
    ("value", "reason", "severity"),
    [
        ("https://s3.example.com", "must have no scheme: write s3.example.com; Insecure chooses http", Severity.ERROR),
        (
            "http://s3.example.com:9000/minio",
            "must have no scheme: write s3.example.com:9000; Insecure chooses http",
            Severity.ERROR,
        ),
        (
            "s3.example.com/minio",
            f"must be a host, with or without a port: write s3.example.com, {PATH}",
            Severity.WARNING,
        ),
        ("s3.example.com:port", PORT, Severity.ERROR),
        ("s3.example.com:", PORT, Severity.ERROR),
        ("s3.example.com:65536", PORT, Severity.ERROR),
        ("s3 example.com", HOST, Severity.ERROR),
        ("[2001:db8::1", HOST, Severity.ERROR),
        ("[2001:db8::x]:9000", HOST, Severity.ERROR),
    ],
)
def test_what_is_not_a_host_of_s3_is_told(value: str, reason: str, severity: Severity) -> None:
    assert faults("s3", "ServerAddress", value) == [(f'ServerAddress {reason}, is "{value}".', severity)]


@pytest.mark.parametrize(
    "value",
    ["", "s3.example.com", "s3.example.com:9000", "minio_1", "192.0.2.1:9000", "[2001:db8::1]", "[2001:db8::1]:9000"],
)
def test_a_host_with_or_without_a_port_is_taken(value: str) -> None:
    assert faults("s3", "ServerAddress", value) == []


def test_the_domain_of_azure_has_no_scheme() -> None:
    assert faults("azure", "StorageDomain", "https://blob.core.windows.net") == [
        (
            "StorageDomain must have no scheme: write blob.core.windows.net; it is always https, "
            'is "https://blob.core.windows.net".',
            Severity.ERROR,
        )
    ]
    assert faults("azure", "StorageDomain", "blob.core.windows.net") == []
