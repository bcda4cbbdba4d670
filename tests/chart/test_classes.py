"""Sizes of jobs, and GPUs: the values and the pipeline of docs/classes.md make the pods that the page says."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from podrunner.runner.job_pod.objects import job_objects
from podrunner.runner.job_pod.request import JobRequest, JobVariable
from tests.matrix_cases import ROOT

PAGE = (ROOT / "docs/classes.md").read_text(encoding="utf-8")
VALUES: dict[str, dict[str, Any]] = {
    name: yaml.safe_load(text)
    for name, text in re.findall(r"```yaml\n# values/([\w-]+)\.yaml\n(.*?)```", PAGE, re.DOTALL)
}
PIPELINE: dict[str, Any] = yaml.safe_load(
    PAGE.partition("```yaml\n.medium")[2].partition("```")[0].join([".medium", ""])
)


def build_of(rendering: Any, runner: str, **variables: str) -> dict[str, Any]:
    """The build container of a job with these variables."""
    (table,) = [one for one in rendering.config_toml["runners"] if one["name"] == runner]
    asked = tuple(JobVariable(name, value) for name, value in variables.items())
    spec = job_objects(table, JobRequest(variables=asked)).pod["spec"]
    (build,) = [one for one in spec["containers"] if one["name"] == "build"]
    return dict(build)


@pytest.mark.parametrize(
    ("size", "cpu", "memory"), [("", "1", "2Gi"), (".medium", "2", "4Gi"), (".large", "8", "16Gi")], ids=str
)
def test_a_job_gets_the_size_that_it_chooses(render: Any, size: str, cpu: str, memory: str) -> None:
    variables = PIPELINE[size]["variables"] if size else {}
    build = build_of(render(VALUES["classes"]), "default", **variables)

    amounts = {"cpu": cpu, "memory": memory}
    assert build["resources"] == {"limits": amounts, "requests": amounts}


def test_a_job_that_asks_for_more_than_the_largest_size_has_no_pod(render: Any) -> None:
    (table,) = render(VALUES["classes"]).config_toml["runners"]
    objects = job_objects(table, JobRequest(variables=(JobVariable("KUBERNETES_CPU_LIMIT", "9"),)))

    assert objects.refusal == "cpu_limit: 9 is more than the 8 that are allowed"


def test_an_amount_without_a_maximum_cannot_be_chosen(render: Any) -> None:
    build = build_of(render(VALUES["classes"]), "default", KUBERNETES_EPHEMERAL_STORAGE_LIMIT="100Gi")

    assert set(build["resources"]["limits"]) == {"cpu", "memory"}


def test_a_runner_for_each_size_has_nodes_of_its_own(render: Any) -> None:
    runners = render(VALUES["runner-per-class"]).config_toml["runners"]

    assert {one["name"]: one["kubernetes"]["node_selector"] for one in runners} == {
        "small": {"pool": "small"},
        "large": {"pool": "large"},
    }


@pytest.mark.parametrize("mode", ["unprivileged", "unprivilegedRoot", "userNamespace", "privileged"])
def test_the_build_container_alone_gets_the_gpu_in_every_mode(render: Any, mode: str) -> None:
    rendering = render({**VALUES["gpu"], "podman": {"mode": mode}})
    (table,) = rendering.config_toml["runners"]
    spec = job_objects(table, JobRequest()).pod["spec"]
    found = {one["name"]: one.get("resources", {}).get("limits", {}) for one in spec["containers"]}

    assert found == {"build": {"nvidia.com/gpu": 1}, "helper": {}}
    assert spec["runtimeClassName"] == "nvidia"
    assert spec["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
