"""`podman run` in a job, of the image that the job has just built.

With podman.run a container has a /proc of its own, whose process 1 is the container's. Without, it works all the same,
but the container sees the job's /proc: podman mounts it there, because the kernel allows no new one. The exception is
unprivileged-root: podman asks for mounts there that it leaves out when it is rootless.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from conftest import Said, Smoke

    from podrunner.cluster.cluster import Cluster

PIPELINE = """\
run:
  image: quay.io/podman/stable
  script:
    - podman build --tag greeter:test .
    - podman run --rm greeter:test
"""
DOCKERFILE = """\
FROM docker.io/library/golang:1.23.1
RUN echo 'echo "greeter: $(id -u), process 1: $(tr "\\\\0" " " </proc/1/cmdline)"' >/greet
CMD ["sh", "/greet"]
"""
OWN = "greeter: 0, process 1: sh /greet \n"


@pytest.fixture
def repository(make_repository: Callable[[Mapping[str, str]], Path]) -> Path:
    """Return a repository whose job runs what it builds."""
    return make_repository({".gitlab-ci.yml": PIPELINE, "Dockerfile": DOCKERFILE})


def run(smoke: Smoke, cluster: Cluster, repository: Path, preset: str, values: str) -> Said:
    """Run the job with a preset and further values."""
    (smoke.folder / "values.yaml").write_text(values)
    return smoke.run(
        *("--preset", preset, "-f", "values.yaml", "--repository", repository, "--evidence", "evidence"),
        *("--kubeconfig", cluster.kubeconfig),
    )


@pytest.mark.parametrize("preset", ["user-namespace", "privileged"])
def test_a_container_has_a_proc_of_its_own_with_podman_run(
    preset: str, smoke: Smoke, smoke_cluster: Cluster, repository: Path
) -> None:
    said = run(smoke, smoke_cluster, repository, preset, "podman: {run: true}\n")

    assert said.code == 0
    assert OWN in said.output


@pytest.mark.parametrize("preset", ["unprivileged", "user-namespace"])
def test_a_container_sees_the_jobs_proc_without(
    preset: str, smoke: Smoke, smoke_cluster: Cluster, repository: Path
) -> None:
    said = run(smoke, smoke_cluster, repository, preset, "{}\n")

    assert said.code == 0
    assert "greeter: 0, process 1: " in said.output
    assert OWN not in said.output


def test_root_without_capabilities_runs_no_container_and_is_told_what_does(
    smoke: Smoke, smoke_cluster: Cluster, repository: Path
) -> None:
    said = run(smoke, smoke_cluster, repository, "unprivileged-root", "{}\n")

    assert said.code == 1
    assert "Error: crun: mount `mqueue` to `dev/mqueue`: Operation not permitted" in said.output
    assert "a container in the job may not mount mqueue  [oci-mount]\n" in said.output
    assert "  Change  values.yaml: add podman.mode: userNamespace\n" in said.output
