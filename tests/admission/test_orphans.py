"""A manager that is killed, with the real runner, API server and rights: what the next one of its name removes."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.formats.placed import Values

from .gitlab import IMAGE
from .manager import running_manager
from .release import installed, render

if TYPE_CHECKING:
    from pathlib import Path

    from .cluster import Cluster
    from .release import Release
    from .trial import Bench

SCRIPT = Chart.open().path / "files/orphans.sh"
VALUES = {"manager": {"stableIdentity": True, "removeOrphans": True}, "jobs": {"namespace": "jobs"}}
JOBS = "jobs"


def name_of(release: Release, number: int) -> str:
    return f"{release.rendering.object('StatefulSet')['metadata']['name']}-{number}"


def killed_with_a_job(release: Release, bench: Bench, folder: Path, number: int) -> str:
    """Let the manager of a number take a job and make its pod, kill it, and give the id of the job."""
    token = bench.cluster.token(release.rendering.namespace, release.account)
    (runner,) = release.runners
    text = release.rendering.configs[0].toml.text
    label = f'"podrunner/manager" = "{name_of(release, number)}"'
    text = text.replace(f'"podrunner/manager" = "{name_of(release, number).rpartition("-")[0]}"', label)
    environment = {f"RUNNER_TOKEN_{runner.name.upper()}": release.tokens[runner.name]}
    (folder / str(number)).mkdir()
    job = bench.gitlab.queue(runner.name, release.tokens[runner.name], IMAGE)
    with running_manager(bench.binary, text, bench.cluster.plane, token, folder / str(number), environment):
        wait_for_pod(bench.cluster, str(job.id))
    return str(job.id)


def pods_of(cluster: Cluster, job: str) -> list[str]:
    return [
        pod["metadata"]["name"]
        for pod in cluster.objects("Pod", JOBS)
        if (pod["metadata"].get("annotations") or {}).get("job.runner.gitlab.com/id") == job
    ]


def secrets_of(cluster: Cluster, pod: str) -> list[str]:
    return [
        one["metadata"]["name"]
        for one in cluster.objects("Secret", JOBS)
        if [(owner["kind"], owner["name"]) for owner in one["metadata"].get("ownerReferences") or []] == [("Pod", pod)]
    ]


def wait_for_pod(cluster: Cluster, job: str) -> None:
    deadline = time.monotonic() + 60
    # The runner gives a Secret to its pod right after it made the pod.
    while not any(secrets_of(cluster, pod) for pod in pods_of(cluster, job)):
        assert time.monotonic() < deadline, "the job has no pod with a Secret"
        time.sleep(0.2)


def remove_orphans(release: Release, bench: Bench, folder: Path, number: int) -> str:
    """Run the script as the next manager of a number does, and give what it says."""
    account = folder / f"account-{number}"
    account.mkdir()
    (account / "token").write_text(bench.cluster.token(release.rendering.namespace, release.account))
    (account / "ca.crt").write_bytes(bench.cluster.plane.certificate.read_bytes())
    server = urlsplit(bench.cluster.plane.url)
    environment = {
        "PATH": os.environ["PATH"],
        "SERVICE_ACCOUNT": str(account),
        "KUBERNETES_SERVICE_HOST": str(server.hostname),
        "KUBERNETES_SERVICE_PORT": str(server.port),
        "POD_NAME": name_of(release, number),
        "POD_NAMESPACE": release.rendering.namespace,
        "JOB_NAMESPACES": JOBS,
    }
    done = subprocess.run(["sh", SCRIPT, "true"], env=environment, check=True, capture_output=True, text=True)
    return done.stderr


def test_the_next_manager_of_a_name_removes_the_pods_of_the_one_before_and_nobody_elses(
    bench: Bench, tmp_path: Path
) -> None:
    release = render(Case("orphans", (Values(VALUES, "the test"),)), bench.gitlab.url, bench.cluster.version)
    user = f"system:serviceaccount:{release.rendering.namespace}:{release.account}"
    with installed(release, bench.cluster):
        first, second = (killed_with_a_job(release, bench, tmp_path, number) for number in (0, 1))
        (pod,) = pods_of(bench.cluster, first)
        past = len(bench.cluster.plane.requests(user))

        said = remove_orphans(release, bench, tmp_path, 0)

        assert pods_of(bench.cluster, first) == []
        assert len(pods_of(bench.cluster, second)) == 1
        assert (
            said
            == f"podrunner: no job pod is left that {name_of(release, 0)} left behind when it was killed, in: jobs\n"
        )
        # What belongs to a pod is removed by the garbage collector, which does not run here.
        assert len(secrets_of(bench.cluster, pod)) == 1
        asked = bench.cluster.plane.requests(user)[past:]
        assert [(one["verb"], one["objectRef"]["resource"], one["responseStatus"]["code"]) for one in asked] == [
            ("deletecollection", "pods", 200)
        ]
