"""Each preset runs the built-in pipeline on a real cluster, by a real GitLab Runner, to the end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pykube
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Smoke
    from pytest_helm_charts.clusters import Cluster

LINES = [
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
ROOTLESS = ["uid=1000(podman)", "rootless: true"]
INSIDE = " ✓ inside: uid {}, CapBnd {}, NoNewPrivs {}, root is uid {} of the node, storage driver overlay\n"
# By preset: the Pod Security level that the namespace enforces, and what is said of user, containers and process.
UNPRIVILEGED = "3 containers (init-permissions, build, helper): none is privileged"
PRESETS = {
    "privileged": (
        "privileged",
        [*ROOTLESS, "3 containers (init-permissions, build, helper): only `build` is privileged"],
        INSIDE.format(1000, r"\w+ \(\d+ capabilities\)", 0, 0),
    ),
    "unprivileged": (
        "baseline",
        [*ROOTLESS, UNPRIVILEGED],
        INSIDE.format(1000, r"00000000000000c0 \(SETGID SETUID\)", 0, 0),
    ),
    "unprivileged-root": (
        "baseline",
        ["uid=0(root)", UNPRIVILEGED],
        INSIDE.format(0, r"00000000800000c0 \(SETFCAP SETGID SETUID\)", 1, 0),
    ),
    "user-namespace": (
        "baseline",
        [*ROOTLESS, UNPRIVILEGED],
        INSIDE.format(1000, r"00000000000000c0 \(SETGID SETUID\)", 0, r"[1-9]\d+"),
    ),
}


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_builds_an_image_in_a_real_job(
    preset: str, smoke: Smoke, kube_cluster: Cluster, namespace_factory: Callable[..., pykube.Namespace]
) -> None:
    level, lines, inside = PRESETS[preset]
    labels = {"labels": {"pod-security.kubernetes.io/enforce": level}}
    namespace = namespace_factory(f"smoke-{preset}", extra_metadata=labels)

    said = smoke.run("--preset", preset, "--kubeconfig", kube_cluster.kube_config_path, "--namespace", namespace.name)

    assert said.code == 0
    assert [line for line in [*LINES, *lines] if line not in said.output] == []
    assert re.search(inside, said.output)
    assert f" ✓ {preset}: the job did what the values promise\n" in said.output
    assert "could not lock config file //.gitconfig" not in said.output
    assert objects_in(namespace.name, kube_cluster) == []


def objects_in(namespace: str, cluster: Cluster) -> list[str]:
    """Name what is in a namespace beside what every namespace has."""
    kinds = (pykube.Deployment, pykube.Service, pykube.ConfigMap, pykube.Secret, pykube.Role, pykube.ServiceAccount)
    found = [item for kind in kinds for item in kind.objects(cluster.kube_client).filter(namespace=namespace)]
    usual = {"ConfigMap/kube-root-ca.crt", "ServiceAccount/default"}
    return sorted({f"{item.kind}/{item.name}" for item in found} - usual)
