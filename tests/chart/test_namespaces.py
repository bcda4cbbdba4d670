"""Namespaces of jobs that the chart makes, and what bounds the jobs in them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from podrunner.findings.errors import RenderError
from podrunner.runner.job_pod.pod import check_job_pods

ENFORCE = "pod-security.kubernetes.io/enforce"


def levels(rendering: Any) -> dict[str, str | None]:
    """Namespace → the Pod Security level that it enforces."""
    made = rendering.objects("Namespace")
    return {one["metadata"]["name"]: one["metadata"]["labels"].get(ENFORCE) for one in made}


def test_no_namespace_is_made_unless_asked_for(render: Any) -> None:
    assert render({"jobs": {"namespace": "builds"}}).objects("Namespace") == []


@pytest.mark.parametrize(
    ("podman", "level"),
    [
        ({"mode": "unprivileged"}, "baseline"),
        ({"mode": "unprivileged", "seccomp": {"type": "Unconfined"}}, "privileged"),
        ({"mode": "unprivilegedRoot"}, "baseline"),
        ({"mode": "userNamespace"}, "baseline"),
        ({"mode": "openshift"}, "baseline"),
        ({"mode": "privileged"}, "privileged"),
        ({"mode": "none"}, None),
    ],
    ids=str,
)
def test_a_namespace_enforces_the_level_that_its_mode_needs(render: Any, podman: Any, level: str | None) -> None:
    where = {"kubernetes": {"namespace": "builds"}}
    rendering = render({"podman": podman, "jobs": {"config": where, "createNamespace": True}})

    assert levels(rendering) == {"builds": level}


@pytest.mark.parametrize("mode", ["none", "unprivileged"])
@pytest.mark.parametrize(
    ("own", "shared", "where"),
    [("own", "builds", "own"), (None, "builds", "builds"), (None, "", "ci")],
    ids=["the runner's", "jobs.namespace", "the release's"],
)
def test_jobs_run_where_the_runner_or_else_jobs_or_else_the_release_says(
    render: Any, mode: str, own: str | None, shared: str, where: str
) -> None:
    runner = {"config": {"kubernetes": {"namespace": own}}} if own else {}
    values = {"podman": {"mode": mode}, "jobs": {"namespace": shared}, "runners": {"a": runner}}
    rendering = render(values, release="ci", namespace="ci")

    assert rendering.config_toml["runners"][0]["kubernetes"]["namespace"] == where
    assert rendering.object("Role")["metadata"]["namespace"] == where
    jobs = [one for one in rendering.objects("ServiceAccount") if one["metadata"]["name"] == "ci-podrunner-jobs"]
    assert [one["metadata"]["namespace"] for one in jobs] == [where]
    assert f"Job pods run in namespace {where}" in rendering.notes


def test_a_namespace_of_several_runners_enforces_what_all_of_them_can_run_at(render: Any) -> None:
    apart = {"podman": {"mode": "none"}, "config": {"kubernetes": {"namespace": "apart"}}}
    runners = {"a": None, "b": {"podman": {"mode": "privileged"}}, "c": apart}
    rendering = render({"jobs": {"namespace": "shared", "createNamespace": True}, "runners": runners})

    assert levels(rendering) == {"apart": None, "shared": "privileged"}


def test_a_managed_cluster_of_1_35_allows_an_unmasked_proc_in_a_user_namespace(render: Any) -> None:
    # What helm learns of it from the API server: the minor version is no number there.
    version = 'dict "Version" "v1.35.2-eks-1234567" "Minor" "35+"'
    cluster = f'dict "Capabilities" (dict "KubeVersion" ({version}))'
    kubernetes = 'dict "build_container_security_context" (dict "proc_mount" "unmasked")'
    level = f'{{{{ include "podrunner.pod.level" (list "baseline" ({kubernetes}) ({cluster})) }}}}'
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: level}}\ndata: {{level: '{level}'}}\n"

    assert render({"extraObjects": {"level": text}}).object("ConfigMap", "level")["data"] == {"level": "baseline"}


def test_a_volume_of_the_node_raises_the_level(render: Any) -> None:
    volumes = {"host_path": [{"name": "images", "mount_path": "/images", "host_path": "/var/lib/images"}]}
    jobs = {"namespace": "builds", "createNamespace": True, "config": {"kubernetes": {"volumes": volumes}}}

    assert levels(render({"jobs": jobs})) == {"builds": "privileged"}


def test_the_releases_own_namespace_is_not_made(render: Any) -> None:
    own = {"config": {"kubernetes": {"namespace": "ci"}}}
    values = {"jobs": {"namespace": "builds", "createNamespace": True}, "runners": {"a": None, "b": own}}

    assert levels(render(values, namespace="ci")) == {"builds": "baseline"}


def test_uninstall_leaves_a_namespace_and_so_the_jobs_in_it(render: Any) -> None:
    namespace = render({"jobs": {"namespace": "builds", "createNamespace": True}}).object("Namespace")

    assert namespace["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}


def test_levels_that_are_given_are_the_labels(render: Any) -> None:
    wanted = {"enforce": "privileged", "audit": "restricted", "warn": "baseline"}
    jobs = {"namespace": "builds", "createNamespace": True, "podSecurity": wanted}
    labels = render({"jobs": jobs}).object("Namespace")["metadata"]["labels"]

    assert {key.partition("/")[2]: level for key, level in labels.items() if key.startswith("pod-security")} == wanted


def test_quota_and_limits_are_in_every_namespace_of_jobs(render: Any) -> None:
    values = {
        "jobs": {
            "quota": {"pods": 50, "requests.cpu": "40"},
            "limits": {"Container": {"default": {"cpu": 2, "memory": "4Gi"}}, "Pod": {"max": {"cpu": "16"}}},
        },
        "runners": {"a": None, "b": {"config": {"kubernetes": {"namespace": "apart"}}}},
    }
    rendering = render(values, release="ci", namespace="ci")

    for kind in ("ResourceQuota", "LimitRange"):
        found = [(one["metadata"]["name"], one["metadata"]["namespace"]) for one in rendering.objects(kind)]
        assert found == [("ci-podrunner-jobs", "apart"), ("ci-podrunner-jobs", "ci")]
    assert rendering.objects("ResourceQuota")[0]["spec"] == {"hard": {"pods": "50", "requests.cpu": "40"}}
    assert rendering.objects("LimitRange")[0]["spec"]["limits"] == [
        {"type": "Container", "default": {"cpu": "2", "memory": "4Gi"}},
        {"type": "Pod", "max": {"cpu": "16"}},
    ]


@pytest.mark.parametrize(
    "stated",
    [
        {"limits": {"Container": {"default": {"cpu": "1"}}}},
        {"limits": {"Container": {"defaultRequest": {"cpu": "1"}}}},
        {"limits": {"Container": {"max": {"cpu": "4"}}}},
        {"config": {"kubernetes": {"cpu_request": "1", "helper_cpu_limit": "1", "service_cpu_request": "1"}}},
    ],
    ids=["default", "defaultRequest", "max", "every container"],
)
def test_a_quota_holds_where_every_container_states_what_it_counts(render: Any, stated: dict[str, Any]) -> None:
    rendering = render({"jobs": {"namespace": "builds", "quota": {"requests.cpu": 4, "pods": 10}, **stated}})

    assert rendering.object("ResourceQuota")["spec"]["hard"] == {"pods": "10", "requests.cpu": "4"}


KUBERNETES = {"memory_limit": "4Gi", "helper_memory_limit": "1Gi", "service_memory_limit": "1Gi"}


@pytest.mark.parametrize(
    ("jobs", "sentence"),
    [
        ({"createNamespace": True}, "there is no namespace to create.*Set jobs.namespace"),
        ({"podSecurity": {"enforce": "baseline"}}, "jobs.createNamespace is false: the chart labels only namespaces"),
        (
            {"podSecurity": {"audit": "baseline"}},
            "jobs.podSecurity.audit is baseline, but jobs.createNamespace is false",
        ),
        (
            {"namespace": "builds", "createNamespace": True, "podSecurity": {"enforce": "restricted"}},
            "jobs.podSecurity.enforce is restricted, but the jobs in namespace builds need baseline",
        ),
        (
            {"quota": {"requests.cpu": 4}, "config": {"kubernetes": {"cpu_request": "1"}}},
            "jobs.quota counts requests.cpu, but runners.default.config.kubernetes has no helper_cpu_request",
        ),
        (
            {"quota": {"requests.cpu": 4, "limits.memory": "64Gi"}, "config": {"kubernetes": {"cpu_request": "1"}}},
            "jobs.quota counts limits.memory, requests.cpu, but runners.default.config.kubernetes has no memory_limit, "
            "helper_memory_limit, service_memory_limit, helper_cpu_request, service_cpu_request: Kubernetes would refuse "
            "every job's pod.\nSet jobs.limits.Container.default.memory, jobs.limits.Container.default.cpu for all "
            "containers that set none, or all of these keys in jobs.config.kubernetes.\n"
            "jobs.quota counts limits.memory in the release's own namespace, but manager.resources.limits has no memory: ",
        ),
        (
            {"limits": {"Pod": {"max": {"ephemeral-storage": "40Gi"}}}},
            "jobs.limits.Pod.max counts limits.ephemeral-storage, but .* has no ephemeral_storage_limit",
        ),
        (
            {"quota": {"limits.memory": "64Gi"}, "config": {"kubernetes": KUBERNETES}},
            "the release's own namespace, but manager.resources.limits has no memory",
        ),
    ],
    ids=["nothing to make", "not made", "not noted", "too strict", "job", "all at once", "whole pod", "manager"],
)
def test_what_would_refuse_every_pod_is_refused_first(render: Any, jobs: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RenderError, match=f"(?s){sentence}"):
        render({"jobs": jobs})


def test_a_quota_of_requests_counts_the_managers_too(render: Any) -> None:
    requests = {"cpu_request": "1", "helper_cpu_request": "1", "service_cpu_request": "1"}
    jobs = {"quota": {"requests.cpu": 4}, "config": {"kubernetes": requests}}

    with pytest.raises(RenderError, match=r"manager\.resources\.requests has no cpu"):
        render({"jobs": jobs, "manager": {"resources": {"requests": None}}})
    assert render({"jobs": jobs}).objects("ResourceQuota")


@pytest.mark.parametrize("one", ["reloadTokens", "stableIdentity"])
def test_a_quota_counts_the_small_containers_beside_the_manager_where_there_are_any(render: Any, one: str) -> None:
    requests = {"cpu_request": "1", "helper_cpu_request": "1", "service_cpu_request": "1"}
    jobs = {"quota": {"requests.cpu": 4}, "config": {"kubernetes": requests}}
    bare = {"sidecars": {"resources": None}}

    with pytest.raises(RenderError, match=r"manager\.sidecars\.resources\.requests has no cpu"):
        render({"jobs": jobs, "manager": {one: True, **bare}})
    assert render({"jobs": jobs, "manager": bare}).objects("ResourceQuota")


def test_every_container_of_the_chart_states_what_a_quota_counts(render: Any) -> None:
    quota = {"limits.cpu": 8, "limits.memory": "64Gi", "requests.cpu": 4, "requests.memory": "32Gi"}
    kubernetes = {
        f"{container}{resource}_limit": amount
        for container in ("", "helper_", "service_")
        for resource, amount in (("cpu", "1"), ("memory", "1Gi"))
    }
    manager = {"reloadTokens": True, "stableIdentity": True, "resources": {"limits": {"cpu": "1", "memory": "256Mi"}}}
    jobs = {"quota": quota, "config": {"kubernetes": kubernetes}}
    rendering = render({"jobs": jobs, "manager": manager}, preset="openshift")
    (runner,) = rendering.config_toml["runners"]
    pods = [
        rendering.object("StatefulSet")["spec"]["template"]["spec"],
        rendering.object("Pod")["spec"],
        yaml.safe_load(next(one["patch"] for one in runner["kubernetes"]["pod_spec"])),
    ]

    assert {
        container["name"]: sorted(container["resources"]["limits"])
        for pod in pods
        for container in [*pod["initContainers"], *pod["containers"]]
        if "image" in container
    } == {
        name: ["cpu", "memory"]
        for name in ("identity", "assemble", "manager", "credentials", "podrunner-identity", "build")
    }


PER_JOB = {"namespace_per_job": True}


@pytest.mark.parametrize(
    ("values", "value"),
    [
        ({"jobs": {"imagePullSecrets": ["login"]}}, "jobs.imagePullSecrets"),
        (
            {"proxy": {"http": "http://proxy.example.com", "existingSecret": {"name": "login"}}},
            "proxy.existingSecret.name",
        ),
        (
            {"podman": {"registries": {"login": {"existingSecret": {"name": "login"}}}}},
            "podman.registries.login.existingSecret.name",
        ),
    ],
    ids=["pull", "proxy", "registries"],
)
def test_a_namespace_that_is_made_for_a_job_has_no_secrets(render: Any, values: dict[str, Any], value: str) -> None:
    with pytest.raises(RenderError, match=f"(?s){value} names a Secret .*Remove namespace_per_job, or leave {value}"):
        render({**values, "runners": {"a": {"config": {"kubernetes": PER_JOB}}}})


def test_secrets_that_the_cluster_puts_into_each_namespace_are_named_by_the_runners_own_keys(render: Any) -> None:
    rendering = render({"jobs": {"config": {"kubernetes": {**PER_JOB, "image_pull_secrets": ["login"]}}}})

    assert rendering.config_toml["runners"][0]["kubernetes"]["image_pull_secrets"] == ["login"]


def test_the_check_sees_what_the_chart_cannot_work_out(render: Any) -> None:
    kubernetes = {"build_container_security_context": {"capabilities": {"add": ["SYS_ADMIN"]}}}
    jobs = {"namespace": "builds", "createNamespace": True, "config": {"kubernetes": kubernetes}}
    rendering = render({"jobs": jobs})

    found = [one for one in check_job_pods(rendering, {}, {}, "1.34") if one.rule.code == "job-pod-refused"]

    assert [one.object for one in found] == ["Namespace/builds"]
    assert found[0].message.startswith(
        "enforces the Pod Security level baseline, jobs of runner default need privileged: "
    )
    assert found[0].message.endswith("Their pods would be refused. Set jobs.podSecurity.enforce: privileged.")
