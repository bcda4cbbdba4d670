"""A cluster with two workers: jobs run on both, and pods of one reach pods, Services and names from the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .installed import SUCCEEDED, installed
from .waiting import on

if TYPE_CHECKING:
    from pathlib import Path

    from podrunner.cluster.images import ImageSet

    from .workers import Workers


def test_a_job_on_each_worker_reaches_gitlab_by_name_and_its_pod_by_address(
    two_workers: Workers, images: ImageSet, tmp_path: Path
) -> None:
    nodes = {"first": two_workers.first, "second": two_workers.second}
    runners = {name: {"config": {"kubernetes": {"node_selector": on(node)}}} for name, node in nodes.items()}

    with installed(two_workers.cluster, images, tmp_path, {"runners": runners}, {}, two_workers.first) as it:
        (gitlab,) = it.api.list("Pod", it.namespace, "app.kubernetes.io/name=stand-in")
        # Bash opens a connection; without an answer, the job fails.
        reach = f"timeout 10 bash -c '</dev/tcp/{gitlab['status']['podIP']}/8080'"
        jobs = {name: it.start_job(name, behind=(reach,)) for name in nodes}
        where = {name: [pod["spec"]["nodeName"] for pod in it.pods_of(job)] for name, job in jobs.items()}

        assert gitlab["spec"]["nodeName"] == two_workers.first
        assert where == {name: [node] for name, node in nodes.items()}
        assert [it.finish(job) for job in jobs.values()] == [SUCCEEDED, SUCCEEDED]
        assert it.left() == []
