"""Names of buckets that their services have, and those that they never take."""

from __future__ import annotations

import pytest

from podrunner.findings.severity import Severity
from podrunner.runner.buckets import bucket_faults

S3 = "must be 3 to 63 lower-case letters, digits, dashes and dots, the first and last a letter or digit"
OLD = ": only buckets in us-east-1 from before March 2018 may have others"
GOOGLE = (
    "must be 3 to 63 lower-case letters, digits, dashes, underscores and dots, the first and last a letter or digit"
)
ABROAD = {"BucketLocation": "eu-central-1"}
REFUSED = [
    ("s3", {"BucketName": "ci"} | ABROAD, f'{S3}, is "ci".', Severity.ERROR),
    ("s3", {"BucketName": "My_Bucket"} | ABROAD, f'{S3}, is "My_Bucket".', Severity.ERROR),
    ("s3", {"BucketName": "My_Bucket"}, f'{S3}{OLD}, is "My_Bucket".', Severity.WARNING),
    ("s3", {"BucketName": "s3://cache"}, f'{S3}, is "s3://cache".', Severity.ERROR),
    ("s3", {"BucketName": "a..b"} | ABROAD, f'{S3}, is "a..b".', Severity.ERROR),
    ("s3", {"BucketName": "192.0.2.1"} | ABROAD, 'must not look like an IP address, is "192.0.2.1".', Severity.ERROR),
    (
        "s3",
        {"BucketName": "xn--cache"},
        'must not begin with xn--, which Amazon S3 keeps for itself, is "xn--cache".',
        Severity.ERROR,
    ),
    (
        "s3",
        {"BucketName": "ci_cache", "ServerAddress": "minio.example.com:9000"},
        f'{S3}: a server of one\'s own may take others, Amazon S3 and most others do not, is "ci_cache".',
        Severity.WARNING,
    ),
    ("gcs", {"BucketName": "ci"}, f'{GOOGLE}, is "ci".', Severity.ERROR),
    ("gcs", {"BucketName": f"{'a' * 64}.b"}, f'{GOOGLE}, is "{"a" * 64}.b".', Severity.ERROR),
    ("gcs", {"BucketName": "goog-ci"}, 'must not begin with goog or contain google, is "goog-ci".', Severity.ERROR),
    (
        "azure",
        {"ContainerName": "ci--cache"},
        'must be 3 to 63 lower-case letters, digits and single dashes, the first and last a letter or digit, is "ci--cache".',
        Severity.ERROR,
    ),
    (
        "azure",
        {"AccountName": "ci-cache"},
        'must be 3 to 24 lower-case letters and digits, is "ci-cache".',
        Severity.ERROR,
    ),
]
TAKEN = [
    ("s3", {"BucketName": "ci-cache.example.com"} | ABROAD),
    ("s3", {"BucketName": "ci-cache", "ServerAddress": "minio.example.com"}),
    ("s3", {"BucketName": "arn:aws:s3:eu-central-1:123456789012:accesspoint/ci"} | ABROAD),
    ("s3", {"BucketName": "ci-cache--usw2-az1--x-s3"} | ABROAD),
    ("s3", {"BucketName": ""}),
    ("s3", {"BucketName": "${BUCKET}"}),
    ("gcs", {"BucketName": "ci_cache.example.com"}),
    ("azure", {"ContainerName": "ci-cache", "AccountName": "cicache1"}),
    ("azure", {"ContainerName": "$root"}),
]


@pytest.mark.parametrize(("kind", "said", "reason", "severity"), REFUSED)
def test_a_name_that_no_bucket_can_have_is_told(
    kind: str, said: dict[str, str], reason: str, severity: Severity
) -> None:
    (fault,) = bucket_faults({"cache": {"Type": kind, kind: said}}, ("runners", 0))

    assert (fault.path, fault.reason) == (("runners", 0, "cache", kind, next(iter(said))), reason)
    assert fault.severity is severity


@pytest.mark.parametrize(("kind", "said"), TAKEN)
def test_a_name_that_a_bucket_may_have_is_taken(kind: str, said: dict[str, str]) -> None:
    assert list(bucket_faults({"cache": {"Type": kind, kind: said}}, ("runners", 0))) == []


def test_tables_of_other_types_are_not_read() -> None:
    assert list(bucket_faults({"cache": {"Type": "gcs", "s3": {"BucketName": "A"}}}, ("runners", 0))) == []
