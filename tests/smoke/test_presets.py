"""Each preset runs the built-in pipeline on a real cluster, by a real GitLab Runner, to the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pykube
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Smoke
    from pytest_helm_charts.clusters import Cluster

LINES = [
    "uid=1000(podman)",
    "rootless: true",
    "Trying to pull docker.io/library/golang:1.23.1...",
    "STEP 1/6: FROM docker.io/library/golang:1.23.1 AS builder",
    'STEP 2/6: WORKDIR "/workspace"',
    "STEP 3/6: COPY . .",
    "STEP 4/6: RUN go build -v main.go",
    "STEP 5/6: RUN ls -halF",
    'STEP 6/6: CMD ["exec", "main"]',
    "Successfully tagged localhost/playground-bis:testing",
    "Job succeeded",
]
VERDICTS = {
    "privileged": [
        "3 containers (init-permissions, build, helper): only `build` is privileged",
        "build container: runAsUser 1000, privileged true, capabilities all",
    ],
    "unprivileged": [
        "3 containers (init-permissions, build, helper): none is privileged",
        "build container: runAsUser 1000, privileged false, capabilities SETGID, SETUID",
        "inside: uid 1000, CapBnd 00000000000000c0 (SETGID SETUID), NoNewPrivs 0",
    ],
}
POD_SECURITY = {"privileged": "privileged", "unprivileged": "baseline"}


@pytest.mark.parametrize("preset", ["privileged", "unprivileged"])
def test_a_preset_builds_an_image_in_a_real_job(
    preset: str, smoke: Smoke, kube_cluster: Cluster, namespace_factory: Callable[..., pykube.Namespace]
) -> None:
    labels = {"labels": {"pod-security.kubernetes.io/enforce": POD_SECURITY[preset]}}
    namespace = namespace_factory(f"smoke-{preset}", extra_metadata=labels)

    said = smoke.run("--preset", preset, "--kubeconfig", kube_cluster.kube_config_path, "--namespace", namespace.name)

    assert said.code == 0
    assert [line for line in LINES if line not in said.output] == []
    assert [line for line in VERDICTS[preset] if f" ✓ {line}\n" not in said.output] == []
    assert f" ✓ {preset}: the job did what the values promise\n" in said.output
    assert "could not lock config file //.gitconfig" not in said.output
    assert objects_in(namespace.name, kube_cluster) == []


def objects_in(namespace: str, cluster: Cluster) -> list[str]:
    """Name what is in a namespace beside what every namespace has."""
    kinds = (pykube.Deployment, pykube.Service, pykube.ConfigMap, pykube.Secret, pykube.Role, pykube.ServiceAccount)
    found = [item for kind in kinds for item in kind.objects(cluster.kube_client).filter(namespace=namespace)]
    usual = {"ConfigMap/kube-root-ca.crt", "ServiceAccount/default"}
    return sorted({f"{item.kind}/{item.name}" for item in found} - usual)
