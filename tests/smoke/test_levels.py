"""Job pods of every preset run where the Pod Security level it promises is enforced, and are refused one level stricter.

One release has two runners for each preset; its manager is where the level restricted is enforced.
"""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.chart.chart import Chart
from podrunner.cluster import objects
from podrunner.manifests.security.pod_security import LEVELS

from .installed import installed
from .waiting import Door, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.cluster.cluster import Cluster
    from podrunner.cluster.images import ImageSet

pytestmark = pytest.mark.xdist_group("levels")
# A preset, and the level that a namespace enforces.
Asked = tuple[str, str]
CHART = Chart.open()
PODMAN: dict[str, dict[str, Any]] = {name: CHART.preset(name).data["podman"] for name in CHART.presets}
PROMISED = {name: CHART.modes[podman["mode"]]["podSecurity"] for name, podman in PODMAN.items()}
STRICTER = {name: LEVELS[LEVELS.index(level) - 1] for name, level in PROMISED.items()}
# No OpenShift is here, whose admission would set the user.
ASSIGNED = {"run_as_user": 1000650000, "fs_group": 1000650000}


def runner(preset: str, namespace: str) -> dict[str, Any]:
    kubernetes = {"namespace": namespace, **({"pod_security_context": ASSIGNED} if preset == "openshift" else {})}
    return {"podman": PODMAN[preset], "config": {"kubernetes": kubernetes}}


@pytest.fixture(scope="module")
def logs(
    smoke_cluster: Cluster, images: ImageSet, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[Asked, str]]:
    """Return the log of each job by its preset and the level that its namespace enforces."""
    asked = [(name, levels[name]) for levels in (PROMISED, STRICTER) for name in PODMAN]
    word = secrets.token_hex(3)
    # Short, for they are part of namespaces' names.
    runners = {one: f"runner-{number}" for number, one in enumerate(asked)}
    homes = {one: f"podrunner-{word}-{name}" for one, name in runners.items()}
    values = {
        "podman": {"openshift": {"scc": {"create": False, "name": "container-build"}}},
        "runners": {name: runner(one[0], homes[one]) for one, name in runners.items()},
    }
    for one in asked:
        smoke_cluster.api.create(objects.namespace(homes[one], one[1]))
    with installed(smoke_cluster, images, tmp_path_factory.mktemp("levels"), values, {}) as it:
        door = Door(it.stand_in, it.bundle)
        door.open()
        for number, (one, name) in enumerate(runners.items(), start=1):
            door.queue(number, name, variables={})
            until(partial(door.is_over, number), f"the job of {one} is over", partial(it.tell, door, number))
        yield {one: door.log(number) for number, one in enumerate(asked, start=1)}
    for name in homes.values():
        smoke_cluster.api.delete("Namespace", name)


@pytest.mark.parametrize("preset", PODMAN)
def test_jobs_run_at_the_level_that_their_preset_promises(preset: str, logs: Mapping[Asked, str]) -> None:
    log = logs[preset, PROMISED[preset]]

    assert log.rstrip().endswith("Job succeeded"), log


@pytest.mark.parametrize("preset", PODMAN)
def test_jobs_are_refused_one_level_stricter_than_their_preset_promises(preset: str, logs: Mapping[Asked, str]) -> None:
    log = logs[preset, STRICTER[preset]]

    assert f'violates PodSecurity "{STRICTER[preset]}:latest"' in log
    assert "in front of the door" not in log


def test_no_preset_promises_the_strictest_level() -> None:
    assert "restricted" not in PROMISED.values()
