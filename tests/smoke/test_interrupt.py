"""After Ctrl-C nothing of ours is left, whenever it comes."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from conftest import Left, Smoke

    from podrunner.smoke.cluster import Cluster

    Look = Callable[[], Left]
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


def nothing_is_left(smoke: Smoke, before: Left, look: Look) -> None:
    assert look() == before
    assert smoke.processes() == []
    assert list(smoke.temporary.iterdir()) == []
    assert list(smoke.home.iterdir()) == []


@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
def test_during_cluster_creation(smoke: Smoke, look: Look, read_until: ReadUntil, times: int) -> None:
    before = look()

    code, said = interrupt(smoke, read_until, "Make the kind cluster", times=times)

    assert code == 130
    assert " ✗ Interrupted\n" in said
    nothing_is_left(smoke, before, look)


def test_during_cluster_creation_when_the_node_is_there(smoke: Smoke, look: Look, read_until: ReadUntil) -> None:
    before = look()

    with smoke.start() as process:
        said = read_until(process, "Make the kind cluster")
        while process.poll() is None and look().containers == before.containers:
            pass
        process.send_signal(signal.SIGINT)
        said += read_until(process, "\0")

    assert process.returncode == 130
    assert " ✗ Interrupted\n" in said
    nothing_is_left(smoke, before, look)


def test_during_the_install(smoke: Smoke, smoke_cluster: Cluster, look: Look, read_until: ReadUntil) -> None:
    before = look()

    code, said = interrupt(smoke, read_until, "Install the chart", "--kubeconfig", smoke_cluster.kubeconfig)

    assert code == 130
    assert " ✓ Remove the release" in said
    assert our_namespaces(smoke_cluster) == []
    nothing_is_left(smoke, before, look)


def test_during_the_job_in_a_cluster_that_stays(
    smoke: Smoke, smoke_cluster: Cluster, look: Look, read_until: ReadUntil
) -> None:
    before = look()

    code, said = interrupt(smoke, read_until, "STEP 1/6", "--kubeconfig", smoke_cluster.kubeconfig, times=2)

    assert code == 130
    assert "Removing what was made, a moment please." in said
    assert our_namespaces(smoke_cluster) == []
    nothing_is_left(smoke, before, look)


def test_during_the_job_in_a_cluster_of_our_own(smoke: Smoke, look: Look, read_until: ReadUntil) -> None:
    before = look()

    code, said = interrupt(smoke, read_until, "STEP 1/6")

    assert code == 130
    assert " ✓ Remove the kind cluster" in said
    nothing_is_left(smoke, before, look)


def our_namespaces(cluster: Cluster) -> list[str]:
    names = [item["metadata"]["name"] for item in cluster.api.list("Namespace")]
    return [name for name in names if name.startswith("podrunner-smoke")]
