"""Kubernetes versions as people write them."""

from __future__ import annotations

import pytest

from podrunner.findings.errors import UsageError
from podrunner.formats.kube_version import full_version, minor_version


@pytest.mark.parametrize(
    ("text", "full"),
    [("1.34", "1.34.0"), ("v1.34", "1.34.0"), ("1.34.4", "1.34.4"), ("v1.30.2-eks-1", "1.30.2-eks-1")],
)
def test_a_version_is_completed(text: str, full: str) -> None:
    assert full_version(text) == full
    assert minor_version(text) == (1, int(full.split(".")[1]))


@pytest.mark.parametrize("text", ["", "latest", "1", "1.x", "34"])
def test_what_is_no_version_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a Kubernetes version\. Write it like 1\.34 or 1\.34\.2\."):
        full_version(text)
