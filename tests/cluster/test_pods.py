"""No pod of a job stays in a namespace of somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.smoke.install import remove_pods

if TYPE_CHECKING:
    from pods import Server

    from podrunner.cluster.api import Api


def test_the_manager_and_the_pods_of_the_job_go_and_others_stay(pods: tuple[Server, Api]) -> None:
    server, api = pods
    server.add("ci", "manager", instance="podrunner-abc")
    server.add("ci", "theirs", instance="production")
    server.add("jobs", "runner-a", job=7)
    server.add("jobs", "runner-b", job=8)

    remove_pods(api, "ci", "podrunner-abc", ["jobs"], 7)

    assert {name: list(there) for name, there in server.pods.items()} == {"ci": ["theirs"], "jobs": ["runner-b"]}


def test_a_pod_that_the_manager_makes_as_its_last_act_goes_too(pods: tuple[Server, Api]) -> None:
    server, api = pods
    server.add("ci", "manager", instance="podrunner-abc")
    server.heirs["manager"] = "runner-a"

    remove_pods(api, "ci", "podrunner-abc", ["ci"], 7)

    assert server.pods["ci"] == {}
