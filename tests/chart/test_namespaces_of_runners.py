"""What one namespace of jobs has instead of what is said for all: jobs.namespaces."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import check_case
from podrunner.findings.errors import RenderError
from podrunner.formats.placed import Values

CHART = Chart.open()

RUNNERS = {"a": {"config": {"kubernetes": {"namespace": "team-a"}}}, "b": None}


def of_teams(own: dict[str, Any], **jobs: Any) -> dict[str, Any]:
    """Values of two runners, of which the first has a namespace of its own."""
    return {"jobs": {"namespace": "common", **jobs, "namespaces": {"team-a": own}}, "runners": RUNNERS}


def specs(rendering: Any, kind: str) -> dict[str, Any]:
    """Namespace → the spec of its object of this kind."""
    return {one["metadata"]["namespace"]: one["spec"] for one in rendering.objects(kind)}


def test_a_quota_of_its_own_takes_the_place_of_that_of_all(render: Any) -> None:
    rendering = render(of_teams({"quota": {"secrets": 9}}, quota={"pods": "50"}))

    assert specs(rendering, "ResourceQuota") == {
        "common": {"hard": {"pods": "50"}},
        "team-a": {"hard": {"secrets": "9"}},
    }


def test_an_empty_quota_takes_that_of_all_away(render: Any) -> None:
    assert list(specs(render(of_teams({"quota": {}}, quota={"pods": "50"})), "ResourceQuota")) == ["common"]


def test_limits_of_its_own_take_the_place_of_those_of_all(render: Any) -> None:
    shared = {"Container": {"default": {"cpu": "2"}}}
    rendering = render(of_teams({"limits": {"Container": {"max": {"memory": "4Gi"}}}}, limits=shared))

    assert specs(rendering, "LimitRange") == {
        "common": {"limits": [{"type": "Container", "default": {"cpu": "2"}}]},
        "team-a": {"limits": [{"type": "Container", "max": {"memory": "4Gi"}}]},
    }


def test_each_runner_pulls_with_the_secrets_of_its_namespace(render: Any) -> None:
    rendering = render(of_teams({"imagePullSecrets": ["team-a-registry"]}, imagePullSecrets=["company-registry"]))

    assert {one["name"]: one["kubernetes"]["image_pull_secrets"] for one in rendering.config_toml["runners"]} == {
        "a": ["team-a-registry"],
        "b": ["company-registry"],
    }


def test_no_secret_of_all_is_left_where_the_namespace_has_none(render: Any) -> None:
    runner = render(of_teams({"imagePullSecrets": []}, imagePullSecrets=["company-registry"])).config_toml["runners"][0]

    assert (runner["name"], runner["kubernetes"].get("image_pull_secrets")) == ("a", None)


def test_a_namespace_that_is_made_has_labels_annotations_and_levels_of_its_own(render: Any) -> None:
    own = {"labels": {"team": "a"}, "annotations": {"example.com/owner": "a"}, "podSecurity": {"enforce": "privileged"}}
    values = of_teams(own, createNamespace=True, podSecurity={"warn": "restricted"})
    found = {one["metadata"]["name"]: one["metadata"] for one in render(values).objects("Namespace")}
    levels = {
        name: {key.partition("/")[2]: level for key, level in one["labels"].items() if key.startswith("pod-security")}
        for name, one in found.items()
    }

    assert found["team-a"]["labels"]["team"] == "a"
    assert found["team-a"]["annotations"] == {"helm.sh/resource-policy": "keep", "example.com/owner": "a"}
    assert "team" not in found["common"]["labels"]
    assert levels == {
        "common": {"enforce": "baseline", "warn": "restricted"},
        "team-a": {"enforce": "privileged", "warn": "restricted"},
    }


def test_a_policy_of_the_network_may_be_of_one_namespace_alone(render: Any) -> None:
    rules = [{"to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]}]
    rendering = render(of_teams({"networkPolicy": {"enabled": True, "egress": rules}}), release="ci")
    policies = [one for one in rendering.objects("NetworkPolicy") if "-jobs" in one["metadata"]["name"]]

    assert [(one["metadata"]["namespace"], one["metadata"]["name"]) for one in policies] == [
        ("team-a", "ci-podrunner-jobs-egress"),
        ("team-a", "ci-podrunner-jobs"),
    ]
    assert policies[0]["spec"]["egress"][-1] == rules[0]


def test_a_policy_of_all_may_be_off_in_one_namespace(render: Any) -> None:
    values = of_teams({"networkPolicy": {"enabled": False}})
    rendering = render({**values, "networkPolicy": {"jobs": {"enabled": True}}}, namespace="ci")
    found = {one["metadata"]["namespace"] for one in rendering.objects("NetworkPolicy")}

    assert found == {"ci", "common"}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"jobs": {"namespaces": {"team-x": {"quota": {"pods": "5"}}}}, "runners": RUNNERS},
            "jobs.namespaces has team-x, where no jobs run: they run in ci, team-a.*Correct the name",
        ),
        (of_teams({"labels": {"team": "a"}}), "jobs.namespaces.team-a.labels is set, but the chart does not create"),
        (of_teams({"podSecurity": {"warn": "baseline"}}), "jobs.namespaces.team-a.podSecurity is set, but"),
        (
            of_teams({"labels": {"pod-security.kubernetes.io/warn": "baseline"}}, createNamespace=True),
            "labels has pod-security.kubernetes.io/warn, which the chart sets.*jobs.namespaces.team-a.podSecurity",
        ),
        (
            of_teams({"podSecurity": {"enforce": "restricted"}}, createNamespace=True),
            "jobs.namespaces.team-a.podSecurity.enforce is restricted, but the jobs in namespace team-a need baseline",
        ),
        (
            of_teams({"quota": {"requests.cpu": "4"}}),
            "jobs.namespaces.team-a.quota counts requests.cpu, but runners.a.config.kubernetes has no cpu_request",
        ),
        (
            of_teams({"limits": {"Pod": {"max": {"cpu": "8"}}}}),
            "jobs.namespaces.team-a.limits.Pod.max counts limits.cpu.*Set jobs.namespaces.team-a.limits.Container.default.cpu",
        ),
        (
            of_teams({"networkPolicy": {"enabled": True, "blocked": ["0.0.0.0/0"]}}),
            "jobs.namespaces.team-a.networkPolicy.blocked has 0.0.0.0/0, which is every address",
        ),
    ],
    ids=["no jobs", "not made", "no label", "level", "too low", "quota", "limits", "every address"],
)
def test_what_a_namespace_cannot_have_is_refused_at_its_own_value(
    render: Any, values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RenderError, match=f"(?s){sentence}"):
        render(values, namespace="ci")


def test_a_quota_of_one_namespace_asks_nothing_of_runners_elsewhere(render: Any) -> None:
    stated = {"cpu_request": "1", "helper_cpu_request": "1", "service_cpu_request": "1"}
    values = of_teams({"quota": {"requests.cpu": "4"}})
    values["runners"] = {"a": {"config": {"kubernetes": {"namespace": "team-a", **stated}}}, "b": None}

    assert list(specs(render(values), "ResourceQuota")) == ["team-a"]


@pytest.mark.parametrize(
    "key", ["quota", "limits", "imagePullSecrets", "podSecurity", "networkPolicy", "labels", "annotations"]
)
def test_an_empty_section_of_a_namespace_means_what_is_said_for_all(render: Any, key: str) -> None:
    shared = {"quota": {"pods": "50"}, "limits": {"Pod": {"max": {"memory": "4Gi"}}}, "createNamespace": True}
    stated = {f"{part}memory_limit": "1Gi" for part in ("", "helper_", "service_")}
    shared |= {"imagePullSecrets": ["a"], "config": {"kubernetes": stated}}

    assert render(of_teams({key: None}, **shared)).text == render(of_teams({}, **shared)).text


def test_a_quota_of_one_namespace_counts_only_what_there_is() -> None:
    findings = check_case(Case("a", (Values(of_teams({"quota": {"pod": "5"}}), "a"),)), CHART).findings

    assert ["unknown key" in one.message for one in findings if one.path == "jobs.namespaces.team-a.quota.pod"] == [
        True
    ]


def test_namespaces_of_kubernetes_are_never_made(render: Any) -> None:
    runners = {"a": {"config": {"kubernetes": {"namespace": "kube-system"}}}, "b": None}
    rendering = render({"jobs": {"namespace": "common", "createNamespace": True}, "runners": runners})

    assert [one["metadata"]["name"] for one in rendering.objects("Namespace")] == ["common"]


def test_where_each_job_has_a_namespace_of_its_own_none_is_known(render: Any) -> None:
    values = of_teams({"quota": {"pods": "5"}}) | {
        "runners": {"a": {"config": {"kubernetes": {"namespace_per_job": True}}}}
    }
    with pytest.raises(RenderError, match="they run in a namespace of each job's own"):
        render(values)
