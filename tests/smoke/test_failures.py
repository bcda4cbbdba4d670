"""Jobs that must fail do, each saying which thing failed, with evidence."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pykube
    from conftest import Smoke
    from pytest_helm_charts.clusters import Cluster as KubeCluster

    from podrunner.cluster.cluster import Cluster

PIPELINE = "build:\n  image: {image}\n  script:\n    - podman build . -t failing:test\n"
# What is there when the job ran.
EVIDENCE = {
    "cause.txt",
    "config.toml",
    "events.txt",
    "failure.txt",
    "job-pod.yaml",
    "job.log",
    "manager.log",
    "nodes.yaml",
    "pods.yaml",
}


def repository(folder: Path, image: str = "quay.io/podman/stable") -> Path:
    """Make a repository whose Dockerfile fails in its third step."""
    folder.mkdir()
    (folder / ".gitlab-ci.yml").write_text(PIPELINE.format(image=image))
    (folder / "Dockerfile").write_text(
        "FROM docker.io/library/golang:1.23.1\nRUN echo before\nRUN go build no-such-file.go\n"
    )
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    for command in (["init", "--initial-branch=main"], ["add", "."], ["commit", "--message", "First"]):
        subprocess.run(
            ["git", "-C", str(folder), *identity, *command], env=os.environ | quiet, check=True, capture_output=True
        )
    return folder


def kept(smoke: Smoke) -> set[str]:
    return {path.name for path in (smoke.folder / "evidence").iterdir()}


def test_a_failing_run_is_named_with_its_step(smoke: Smoke, smoke_cluster: Cluster) -> None:
    folder = repository(smoke.folder / "failing")

    said = smoke.run("--repository", folder, "--kubeconfig", smoke_cluster.kubeconfig, "--evidence", "evidence")

    assert said.code == 1
    assert (
        " ✗ unprivileged: the build stopped at `RUN go build no-such-file.go` (STEP 3/3): exit status 1\n"
        in said.output
    )
    assert "\nthe build's own step failed, RUN go build no-such-file.go  [build-step-failed]\n" in said.output
    assert re.search(r'\n {10}line \d+  Error: building at STEP "RUN go build no-such-file.go": ', said.output)
    assert " ! Evidence: evidence\n" in said.output
    assert kept(smoke) >= EVIDENCE
    assert "STEP 3/3: RUN go build no-such-file.go" in (smoke.folder / "evidence" / "job.log").read_text()
    assert smoke.processes() == []
    assert list(smoke.temporary.iterdir()) == []


def test_an_image_that_does_not_exist_is_named(smoke: Smoke, smoke_cluster: Cluster) -> None:
    folder = repository(smoke.folder / "failing", image="quay.io/podman/no-such-image:1")

    said = smoke.run("--repository", folder, "--kubeconfig", smoke_cluster.kubeconfig, "--evidence", "evidence")

    assert said.code == 1
    assert " ✗ unprivileged: the image quay.io/podman/no-such-image:1 cannot be pulled: " in said.output
    assert kept(smoke) >= EVIDENCE


def test_a_token_that_the_stand_in_does_not_know_is_named(smoke: Smoke, smoke_cluster: Cluster) -> None:
    values = smoke.folder / "token.yaml"
    values.write_text("runners: {default: {token: {insecureInline: glrt-0123456789abcdefghij}}}\n")

    said = smoke.run("-f", values, "--kubeconfig", smoke_cluster.kubeconfig, "--evidence", "evidence")

    assert said.code == 1
    assert (
        " ✗ token: the stand-in GitLab does not know the token of the runner `default` (403 Forbidden). "
        "The values give it themselves: leave the token out, the smoke brings its own.\n"
    ) in said.output
    assert "403 Forbidden: no runner has this token" in (smoke.folder / "evidence" / "manager.log").read_text()
    assert "glrt-0123456789abcdefghij" not in "".join(
        path.read_text() for path in (smoke.folder / "evidence").iterdir()
    )


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            "image: {tag: no-such-tag}",
            "container manager: ImagePullBackOff: Back-off pulling image "
            '"registry.gitlab.com/gitlab-org/gitlab-runner:no-such-tag"',
        ),
        (
            'manager: {command: [sh, -c, "echo no good >&2; exit 3", "--"]}',
            "container manager ends as soon as it starts:\n    no good\n",
        ),
    ],
    ids=["image", "crash"],
)
def test_a_manager_that_will_never_be_ready_is_not_waited_for(
    smoke: Smoke, smoke_cluster: Cluster, values: str, sentence: str
) -> None:
    (smoke.folder / "values.yaml").write_text(values)

    said = smoke.run("-f", "values.yaml", "--kubeconfig", smoke_cluster.kubeconfig, "--evidence", "evidence")

    assert said.code == 1
    assert sentence in said.output
    assert " ✗ Wait for the manager\n" in said.output


def test_a_job_pod_that_is_refused_is_named_with_the_rule(
    smoke: Smoke, kube_cluster: KubeCluster, namespace_factory: Callable[..., pykube.Namespace]
) -> None:
    labels = {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}
    namespace = namespace_factory("smoke-restricted", extra_metadata=labels).name

    said = smoke.run("--kubeconfig", kube_cluster.kube_config_path, "--namespace", namespace, "--evidence", "evidence")

    assert said.code == 1
    assert (
        ' ✗ unprivileged: the API server refuses the job\'s pod: violates PodSecurity "restricted:latest": '
        in said.output
    )
    assert "\nPod Security restricted refuses the job's pod  [pod-security]\n" in said.output
    assert "\n  Fix     Use a mode that fits the level baseline: " in said.output


def test_a_pipeline_that_is_not_yaml_is_named_with_the_line(smoke: Smoke) -> None:
    (smoke.folder / "ci.yml").write_text("build:\n  script: [make\n")

    said = smoke.run("--pipeline", "ci.yml", "--evidence", "evidence")

    assert said.code == 1
    assert (
        " ✗ ci.yml:3:1: the pipeline is not YAML: while parsing a flow sequence, expected ',' or ']', but got '<stream end>'. Is a bracket not closed?\n"
        in said.output
    )
    assert kept(smoke) == {"failure.txt", "pipeline.yml"}


def test_a_job_that_is_not_there_is_wrong_use(smoke: Smoke) -> None:
    (smoke.folder / "ci.yml").write_text("build:\n  script: [make]\n")

    said = smoke.run("--pipeline", "ci.yml", "--job", "biuld", "--evidence", "evidence")

    assert said.code == 2
    assert " ✗ ci.yml: there is no job `biuld`. Did you mean `build`? Jobs: build.\n" in said.output
    assert not (smoke.folder / "evidence").exists()
