"""After Ctrl-C nothing of ours is left, whenever it comes."""

from __future__ import annotations

import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from conftest import Smoke

    from podrunner.cluster.cluster import Cluster

    LeftBy = Callable[[str], list[str]]
    ReadUntil = Callable[[subprocess.Popen[str], str], str]


def interrupt(smoke: Smoke, read_until: ReadUntil, line: str, *arguments: object, times: int = 1) -> tuple[int, str]:
    """Start a smoke, press Ctrl-C once it says a line (again when it says what it removes), and wait for its end."""
    with smoke.start(*arguments) as process:
        said = read_until(process, line)
        process.send_signal(signal.SIGINT)
        for _ in range(times - 1):
            said += read_until(process, "Remove")
            process.send_signal(signal.SIGINT)
        said += read_until(process, "\0")
        return process.wait(), said


@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
def test_during_cluster_creation(smoke: Smoke, left: LeftBy, read_until: ReadUntil, times: int) -> None:
    code, said = interrupt(smoke, read_until, "Make the kind cluster", times=times)

    assert code == 130
    assert " ✗ Interrupted\n" in said
    assert left(said) == []


def test_during_cluster_creation_when_the_node_is_there(smoke: Smoke, left: LeftBy, read_until: ReadUntil) -> None:
    with smoke.start() as process:
        said = read_until(process, "Make the kind cluster")
        while process.poll() is None and not any("-control-plane" in line for line in left(said)):
            pass
        process.send_signal(signal.SIGINT)
        said += read_until(process, "\0")

    assert process.returncode == 130
    assert " ✗ Interrupted\n" in said
    assert left(said) == []


def test_during_the_install(smoke: Smoke, smoke_cluster: Cluster, left: LeftBy, read_until: ReadUntil) -> None:
    code, said = interrupt(smoke, read_until, "Install the chart", "--kubeconfig", smoke_cluster.kubeconfig)

    assert code == 130
    assert " ✓ Remove the release" in said
    assert namespaces(smoke_cluster, said) == []
    assert not caches(smoke_cluster).exists()
    assert left(said) == []


def test_during_the_job_in_a_cluster_that_stays(
    smoke: Smoke, smoke_cluster: Cluster, left: LeftBy, read_until: ReadUntil
) -> None:
    code, said = interrupt(smoke, read_until, "STEP 1/6", "--kubeconfig", smoke_cluster.kubeconfig, times=2)

    assert code == 130
    assert "Removing what was made, a moment please." in said
    assert namespaces(smoke_cluster, said) == []
    assert not caches(smoke_cluster).exists()
    assert left(said) == []


def test_during_the_job_in_a_cluster_of_our_own(smoke: Smoke, left: LeftBy, read_until: ReadUntil) -> None:
    code, said = interrupt(smoke, read_until, "STEP 1/6")

    assert code == 130
    assert " ✓ Remove the kind cluster" in said
    assert left(said) == []


def caches(cluster: Cluster) -> Path:
    """Where Helm keeps what it knows of a cluster, unless it is told otherwise."""
    address = cluster.api.server.removeprefix("https://").replace(":", "_")
    return Path("~/.kube/cache/discovery").expanduser() / address


def namespaces(cluster: Cluster, said: str) -> list[str]:
    """Those of this smoke: other tests use the cluster, too, and a namespace takes a while to go."""
    made = re.findall(r"Make the namespace (\S+) ", said)
    assert made
    return [item["metadata"]["name"] for item in cluster.api.list("Namespace") if item["metadata"]["name"] in made]
