"""A job pushes the image that it builds to the smoke's registry, and the next job pulls and runs it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from conftest import Smoke

    from podrunner.cluster.cluster import Cluster

PIPELINE = """\
stages: [build, test]
default:
  before_script:
    - echo "$CI_REGISTRY_PASSWORD" | podman login --username "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
build:
  stage: build
  script:
    - podman build --tag "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
    - podman push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
    - echo "pipeline $CI_PIPELINE_ID, password $CI_REGISTRY_PASSWORD"
test:
  stage: test
  script:
    - podman run --rm "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
    - podman pull "$CI_REGISTRY/podrunner/another:latest" || echo "refused another"
    - podman push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" "$CI_REGISTRY/podrunner/another:latest" || echo "refused to push"
"""
DOCKERFILE = """\
FROM docker.io/library/golang:1.23.1
RUN echo "made by build" >/greeting
CMD ["cat", "/greeting"]
"""
REFUSED = "the token of a job of podrunner/repository opens that project's images"


def test_the_next_job_runs_what_a_job_has_pushed(
    smoke: Smoke, smoke_cluster: Cluster, make_repository: Callable[[Mapping[str, str]], Path]
) -> None:
    repository = make_repository({".gitlab-ci.yml": PIPELINE, "Dockerfile": DOCKERFILE})

    said = smoke.run(
        *("--preset", "user-namespace", "--repository", repository, "--job", "build", "--job", "test"),
        *("--kubeconfig", smoke_cluster.kubeconfig, "--evidence", "evidence"),
    )

    lines = [line.removeprefix("   │ ") for line in said.output.splitlines()]
    assert said.code == 0
    assert lines.count("Login Succeeded!") == 2
    assert lines.count("Job succeeded") == 2
    assert "made by build" in lines
    assert [line for line in lines if line.startswith("pipeline ") and line.endswith(", password [MASKED]")] != []
    assert [line for line in lines if line.startswith("refused ")] == ["refused another", "refused to push"]
    assert REFUSED in said.output
    assert " ✓ user-namespace: the jobs did what the values promise" in lines
    # The registry was in it.
    (namespace,) = set(re.findall(r"podrunner-smoke-[0-9a-f]{6}(?= \(Pod Security)", said.output))
    until(lambda: smoke_cluster.api.find("Namespace", namespace) is None, f"{namespace} is gone")
