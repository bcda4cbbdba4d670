"""What is said of the machine that measured."""

from __future__ import annotations

import platform

import pytest

from bench import machine


@pytest.mark.parametrize("release", ["6.18.44-vendor-v657", "6.18.44"])
def test_the_kernel_is_its_number_without_what_a_vendor_adds(monkeypatch: pytest.MonkeyPatch, release: str) -> None:
    monkeypatch.setattr(platform, "release", lambda: release)

    assert machine.describe_machine()["kernel"] == "6.18.44"
