"""`helm test` of an installed release builds an image with the build container's own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from podrunner.chart.chart import Chart
from podrunner.cluster.objects import Place, secret
from podrunner.cluster.release import Release
from podrunner.values.merge import merge

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podrunner.cluster.cluster import Cluster
    from podrunner.cluster.images import ImageSet


@pytest.mark.parametrize("preset", ["privileged", "unprivileged", "unprivileged-root", "user-namespace"])
def test_the_test_pod_of_a_preset_builds(
    preset: str, smoke_cluster: Cluster, images: ImageSet, namespace_factory: Callable[..., Any], tmp_path: Path
) -> None:
    chart = Chart.open()
    namespace = namespace_factory(f"helm-test-{preset}").name
    release = Release(chart.path, "podrunner", namespace, smoke_cluster.kubeconfig, tmp_path)
    token = secret(Place(namespace, "x"), "podrunner-default", {"token": "glrt-0123456789"}, exact_name=True)
    smoke_cluster.api.create(token)
    values = merge(chart.preset(preset).data, images.values, {"gitlab": {"url": "http://gitlab.invalid"}})
    release.install(values)

    log = release.test()

    assert ("uid=0(root)" if preset == "unprivileged-root" else "uid=1000(podman)") in log
    assert "it builds" in log
    assert "COMMIT test" in log
