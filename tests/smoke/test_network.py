"""The NetworkPolicies of the chart on a network that enforces them: what a real job reaches, and what reaches it.

The cluster is one of its own. Before the enforcer starts, every connection is made: what is refused afterwards, it refuses.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from kubernetes import client, config, utils
from kubernetes.stream import stream

from podrunner.cluster.rollout import wait_for_deployment

from .conftest import connected
from .installed import METRICS, Installed, installed
from .waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.cluster.api import Api
    from podrunner.cluster.cluster import Cluster
    from podrunner.cluster.images import ImageSet

    from .clusters import Clusters

pytestmark = pytest.mark.xdist_group("enforced")
ENFORCER = "enforcer"
METADATA = "169.254.169.254"
# A port of a job's own, and what listens there: the image has perl, and bash cannot listen.
PORT = 8000
LISTEN = (
    "use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalPort => 8000, Listen => 9, ReuseAddr => 1) or die;"
    " while (my $c = $s->accept) { print $c qq(here\\n); close $c }"
)
# What a job may not reach, and what it has to; what else may reach the manager.
REFUSED = ["job to metadata", "job to job", "job to manager"]
ALLOWED = ["job to GitLab", "job to scraper", "scraper to manager"]


@pytest.fixture(scope="module")
def enforced_cluster(
    clusters: Clusters, images: ImageSet, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """Return a kind cluster of this file's own: rules of a firewall outlive who made them."""
    if not router(images):
        pytest.skip("needs an image of kube-router: PODRUNNER_SMOKE_IMAGES=DIR, made by ci/airgap/build, has one")
    own = replace(images)
    with connected(clusters.kind("enforced", own), tmp_path_factory.mktemp("enforced")) as cluster:
        yield cluster
    clusters.remove(lambda: own, "enforced")


def router(images: ImageSet) -> str:
    """The image of kube-router; empty if there is none."""
    return next((image for image, _ in images.archives if "/kube-router:" in image), "")


@pytest.fixture(scope="module")
def reached(
    enforced_cluster: Cluster, images: ImageSet, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, bool], bool]:
    """Return (connection, whether policies are enforced) → whether it was made."""
    api = enforced_cluster.api
    parts = list(yaml.safe_load_all((Path(__file__).parent / "enforcer.yaml").read_text()))
    enforcer = parts.pop()
    create(enforced_cluster, images, *parts)
    for name in ("metadata", "scraper"):
        wait_for_deployment(api, ENFORCER, name)
    values = {"networkPolicy": {"jobs": {"enabled": True}}, "config": {"concurrent": 2}}
    with ExitStack() as stack:
        it = stack.enter_context(installed(enforced_cluster, images, tmp_path_factory.mktemp("release"), values, {}))
        first, second = it.start_job(), it.start_job()
        ways = connections(it, first, second)
        found = {(name, False): connects(enforced_cluster, *way) for name, way in ways.items()}
        create(enforced_cluster, images, enforcer)
        wait_for_deployment(api, ENFORCER, ENFORCER)
        # It makes its rules a moment after it is there.
        until(lambda: not connects(enforced_cluster, *ways[REFUSED[0]]), f"{REFUSED[0]} is refused", patience=60)
        found |= {(name, True): connects(enforced_cluster, *way) for name, way in ways.items()}
        for job in (first, second):
            it.finish(job)
    return found


def create(cluster: Cluster, images: ImageSet, *parts: dict[str, Any]) -> None:
    """Make objects of enforcer.yaml with the images of this run."""
    connection = config.new_client_from_config(str(cluster.kubeconfig))
    try:
        for part in parts:
            text = yaml.safe_dump(part).replace("(kube-router)", router(images)).replace("(stand-in)", images.stand_in)
            utils.create_from_dict(connection, yaml.safe_load(text))
    finally:
        connection.close()


def connections(it: Installed, first: int, second: int) -> dict[str, tuple[dict[str, str], str, int]]:
    """Name → (from which container, to which address, to which port)."""
    (job,), (other,) = it.pods_of(first), it.pods_of(second)
    (scraper,) = it.api.list("Pod", ENFORCER, "app=scraper")
    run(it.cluster, container(other, "build"), f"setsid perl -e '{LISTEN}' </dev/null >/dev/null 2>&1 &")
    gitlab = service_of(it.api, it.stand_in.url)
    of_job, of_scraper = container(job, "build"), container(scraper, "scraper")
    manager = it.manager()["status"]["podIP"]
    return {
        "job to metadata": (of_job, METADATA, 80),
        "job to job": (of_job, other["status"]["podIP"], PORT),
        "job to manager": (of_job, manager, METRICS),
        "job to GitLab": (of_job, *gitlab),
        "job to scraper": (of_job, scraper["status"]["podIP"], PORT),
        "scraper to manager": (of_scraper, manager, METRICS),
    }


def service_of(api: Api, url: str) -> tuple[str, int]:
    """Host and port of an address such as http://stand-in.ns.svc:8080."""
    host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
    return host, int(port or 80)


def container(pod: dict[str, Any], name: str) -> dict[str, str]:
    """Where to run something."""
    return {"name": pod["metadata"]["name"], "namespace": pod["metadata"]["namespace"], "container": name}


def connects(cluster: Cluster, where: dict[str, str], host: str, port: int) -> bool:
    """Whether a TCP connection is made within seconds."""
    said = run(
        cluster, where, f"timeout 3 bash -c ': </dev/tcp/{host}/{port}' 2>/dev/null && echo made || echo refused"
    )
    assert said in ("made", "refused"), said
    return said == "made"


def run(cluster: Cluster, where: dict[str, str], script: str) -> str:
    """What a script in a container says."""
    connection = config.new_client_from_config(str(cluster.kubeconfig))
    try:
        execute = client.CoreV1Api(connection).connect_get_namespaced_pod_exec
        command = {"command": ["bash", "-c", script], "stdout": True, "stderr": True}
        session = stream(execute, **where, **command, _preload_content=False)
        session.run_forever(timeout=30)
        said = str(session.read_all()).strip()
        # Its own close() leaves the socket of a session that the server has ended.
        session.sock.shutdown()
        return said
    finally:
        connection.close()


@pytest.mark.parametrize("name", [*REFUSED, *ALLOWED])
def test_without_an_enforcer_every_connection_is_made(name: str, reached: dict[tuple[str, bool], bool]) -> None:
    assert reached[name, False]


@pytest.mark.parametrize("name", REFUSED)
def test_a_network_that_enforces_policies_refuses(name: str, reached: dict[tuple[str, bool], bool]) -> None:
    assert not reached[name, True]


@pytest.mark.parametrize("name", ALLOWED)
def test_a_network_that_enforces_policies_lets_through(name: str, reached: dict[tuple[str, bool], bool]) -> None:
    assert reached[name, True]
