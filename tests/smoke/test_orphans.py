"""Two managers, each with a job, and one of them is killed: what the next manager of its name finds, and leaves alone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from kubernetes import client, config
from kubernetes.stream import stream

from .installed import SUCCEEDED, Install, Installed, is_ready, restarts
from .waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from podrunner.manifests.objects import Object

VALUES = {
    "config": {"concurrent": 1},
    "manager": {"stableIdentity": True, "removeOrphans": True, "replicas": 2, "terminationGracePeriodSeconds": 600},
}
# The runner itself, not the init process before it: that one the kernel keeps from the signals of its own containers.
KILL = "for one in /proc/[0-9]*; do case $(cat $one/comm) in gitlab-runner) kill -KILL ${one#/proc/};; esac; done"


def manager_of(it: Installed, job: int) -> str:
    """The name of the manager that a job's pod says it is of."""
    (pod,) = it.pods_of(job)
    return str(pod["metadata"]["labels"]["podrunner/manager"])


def named(it: Installed, name: str) -> Object:
    return next((pod for pod in it.managers() if pod["metadata"]["name"] == name), {"metadata": {}, "status": {}})


def kill_container(it: Installed, name: str) -> None:
    """SIGKILL for the manager: the kubelet starts its container again."""
    connection = config.new_client_from_config(str(it.cluster.kubeconfig))
    try:
        execute = client.CoreV1Api(connection).connect_get_namespaced_pod_exec
        where = {"name": name, "namespace": it.namespace, "container": "manager"}
        session = stream(execute, **where, command=["sh", "-c", KILL], stdout=True, stderr=True, _preload_content=False)
        session.run_forever(timeout=30)
        session.sock.shutdown()
    finally:
        connection.close()
    until(lambda: restarts(named(it, name)) == 1, "the container is started again", it.states)


def remove_pod(it: Installed, name: str) -> None:
    """Remove the pod without a word to the manager, as is done after its node was lost."""
    before = named(it, name)["metadata"]["uid"]
    it.api.delete("Pod", name, it.namespace, grace=0)
    until(
        lambda: named(it, name)["metadata"].get("uid", before) != before and is_ready(named(it, name)),
        "another pod of the name is ready",
        it.states,
    )


@pytest.mark.parametrize("kill", [kill_container, remove_pod], ids=["container", "pod"])
def test_the_next_manager_of_a_name_removes_its_orphans_and_leaves_the_siblings_job_alone(
    install: Install, kill: Callable[[Installed, str], None]
) -> None:
    it = install(VALUES)
    until(lambda: sum(map(is_ready, it.managers())) == 2, "two managers are ready", it.states)
    jobs = {manager_of(it, job): job for job in (it.start_job(), it.start_job())}
    (killed, orphan), (_, siblings) = sorted(jobs.items())
    (sibling,) = it.pods_of(siblings)

    kill(it, killed)
    started = time.monotonic()
    until(lambda: it.pods_of(orphan) == [], "no orphan is left", it.states, patience=120)

    print(f"no orphan {time.monotonic() - started:.0f} s after the next manager started")
    (still,) = it.pods_of(siblings)
    assert (still["metadata"]["uid"], still["metadata"].get("deletionTimestamp")) == (sibling["metadata"]["uid"], None)
    assert restarts(still) == 0
    assert it.finish(siblings) == SUCCEEDED
    assert "no job pod is left that" in it.log(named(it, killed))
