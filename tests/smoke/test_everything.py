"""A release with every feature on, and one with nothing but a URL: both get ready, and their runners ask for jobs.

The cluster knows the kinds of the Prometheus operator and of OpenShift, as these define them themselves.
"""

from __future__ import annotations

import json
import secrets
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.cluster import objects
from podrunner.cluster.release import Release
from podrunner.formats.placed import load_values
from podrunner.gitlab.client import StandIn
from podrunner.helm.renderer import renderer
from podrunner.modes.runners import read_runners
from podrunner.smoke.overlay import new_token
from podrunner.values.merge import merge

from .installed import MANAGERS, is_ready
from .waiting import start_gitlab, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.cluster.api import Api
    from podrunner.cluster.cluster import Cluster
    from podrunner.cluster.images import ImageSet
    from podrunner.manifests.objects import Object

# Preflight asks which kinds the cluster knows.
pytestmark = pytest.mark.xdist_group("whole-cluster")
CHART = Chart.open()
VALUES = Path(__file__).parents[1] / "values"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
MONITORS = "/apis/monitoring.coreos.com/v1/namespaces/monitoring"
# What there is here, in place of what everything.yaml names.
HERE: dict[str, dict[str, Any]] = {
    "minimal": {},
    "everything": {
        "global": {"imageRegistry": ""},
        "image": CHART.defaults.data["image"],
        "manager": {"extraInitContainers": []},
        "trust": {"caBundle": {"name": "kube-root-ca.crt"}},
    },
}
GIVEN = {
    "team-a-cache": {"id": "key", "secret": "key-of-team-a"},
    "ci-cache": {"accesskey": "key", "secretkey": "key-of-all"},
    "proxy-login": {"username": "ann", "password": "secret"},
}


@pytest.fixture(scope="module")
def defined(
    smoke_cluster: Cluster, monitoring_definitions: list[Object], openshift_definitions: list[Object]
) -> Iterator[None]:
    """Let the cluster know the kinds of custom resources, and have a namespace for monitors, during this module."""
    smoke_cluster.api.create(objects.namespace("monitoring", "restricted"))
    definitions = [*monitoring_definitions, *openshift_definitions]
    for definition in definitions:
        define(smoke_cluster.api, definition)
    yield
    smoke_cluster.api.delete("Namespace", "monitoring")
    for definition in definitions:
        smoke_cluster.api.request("DELETE", f"{DEFINITIONS}/{definition['metadata']['name']}")


def define(api: Api, definition: Object) -> None:
    api.request("POST", DEFINITIONS, body=json.dumps(definition).encode())

    def is_established() -> bool:
        found = json.loads(api.request("GET", f"{DEFINITIONS}/{definition['metadata']['name']}"))
        conditions = found.get("status", {}).get("conditions") or []
        return any((one["type"], one["status"]) == ("Established", "True") for one in conditions)

    until(is_established, f"{definition['metadata']['name']} is established")


@pytest.fixture
def namespaces(smoke_cluster: Cluster) -> Iterator[list[str]]:
    """Return a list with a new namespace; what a test adds is removed with it."""
    names = [f"podrunner-all-{secrets.token_hex(3)}"]
    smoke_cluster.api.create(objects.namespace(names[0], "restricted"))
    yield names
    for name in names:
        smoke_cluster.api.delete("Namespace", name)


def is_on_every_node(api: Api, metadata: Object) -> bool:
    """Whether the pods of a DaemonSet are ready, which they are once the container that writes the file has ended well."""
    path = f"/apis/apps/v1/namespaces/{metadata['namespace']}/daemonsets/{metadata['name']}"
    status = json.loads(api.request("GET", path))["status"]
    return 0 < status["desiredNumberScheduled"] == status.get("numberReady", 0)


@pytest.mark.usefixtures("defined")
@pytest.mark.parametrize(("name", "monitors"), [("minimal", 0), ("everything", 1)])
def test_both_ends_get_ready_and_every_runner_asks_for_jobs(
    name: str, monitors: int, smoke_cluster: Cluster, images: ImageSet, namespaces: list[str], tmp_path: Path
) -> None:
    api, namespace = smoke_cluster.api, namespaces[0]
    place = objects.Place(namespace, "all")
    url = StandIn(api, place, control="").url
    values = merge(load_values(VALUES / f"{name}.yaml").data, HERE[name], images.values, {"gitlab": {"url": url}})
    case = Case(name, release="all", namespace=namespace, kube_version=smoke_cluster.version).with_values(values, name)
    rendering = renderer("library", CHART).render(case)
    # At uninstall, they are kept.
    namespaces += [one["metadata"]["name"] for one in rendering.objects("Namespace")]
    # Whoever lets profiles be delivered names a namespace that allows host paths.
    for nodes in {one["metadata"]["namespace"] for one in rendering.objects("DaemonSet")}:
        api.create(objects.namespace(nodes, "privileged"))
        namespaces.append(nodes)
    runners = read_runners(CHART.effective(case.layers), rendering)
    tokens = {runner.name: new_token() for runner in runners}
    given = {runner.secret: {runner.key: tokens[runner.name]} for runner in runners}
    for secret, data in {**GIVEN, **given}.items():
        api.create(objects.secret(place, secret, data, exact_name=True))
    stand_in = start_gitlab(api, place, images.stand_in, {token: runner for runner, token in tokens.items()})
    release = Release(CHART.path, "all", namespace, smoke_cluster.kubeconfig, tmp_path)

    release.install(values)
    managers = partial(api.list, "Pod", namespace, MANAGERS)
    until(lambda: any(map(is_ready, managers())), "a manager is ready", lambda: json.dumps(managers(), indent=1))
    until(lambda: set(stand_in.state()["asked"]) == set(tokens), "all runners ask", lambda: str(stand_in.state()))
    for one in rendering.objects("DaemonSet"):
        until(partial(is_on_every_node, api, one["metadata"]), "the profile is delivered")

    assert len(json.loads(api.request("GET", f"{MONITORS}/podmonitors"))["items"]) == monitors
    release.uninstall()
