"""A cluster with workers is used once each of them is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cluster.rollout import RolloutError, wait_for_nodes

if TYPE_CHECKING:
    from pods import Server

    from podrunner.cluster.api import Api


def node(name: str, *conditions: tuple[str, str]) -> dict[str, Any]:
    status = {"conditions": [{"type": kind, "status": is_so} for kind, is_so in conditions]}
    return {"metadata": {"name": name}, "status": status if conditions else {}}


def test_nodes_that_are_ready_are_not_waited_for(pods: tuple[Server, Api]) -> None:
    server, api = pods
    server.nodes = [node("worker", ("MemoryPressure", "False"), ("Ready", "True"))]

    wait_for_nodes(api, timeout=0)


def test_nodes_that_do_not_get_ready_are_named(pods: tuple[Server, Api]) -> None:
    server, api = pods
    server.nodes = [node("worker", ("Ready", "True")), node("worker2", ("Ready", "False")), node("worker3")]

    with pytest.raises(RolloutError, match=r"^not ready after 0 s: worker2, worker3\.$"):
        wait_for_nodes(api, timeout=0)
