"""The resources that rules of roles may name are those that the API server has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.manifests.checks.role_rules import known_resources

if TYPE_CHECKING:
    from .trial import Bench


def test_every_resource_that_is_served_is_known(bench: Bench) -> None:
    missing = [
        f"{group}: {resource}"
        for group, resource in bench.cluster.resources()
        if group in known_resources() and resource not in known_resources()[group]
    ]

    assert missing == []
