"""The pod of `helm test`: what it tries is what a job's build container gets."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("preset", ["privileged", "unprivileged"])
def test_the_pod_has_the_build_containers_security_settings(render: Any, preset: str) -> None:
    rendering = render(preset=preset)
    (runner,) = rendering.config_toml["runners"]
    wanted = runner["kubernetes"]["build_container_security_context"]
    (container,) = rendering.object("Pod")["spec"]["containers"]
    got = container["securityContext"]

    assert got["runAsUser"] == wanted["run_as_user"]
    assert got["runAsGroup"] == wanted["run_as_group"]
    assert got["privileged"] == wanted["privileged"]
    assert got.get("capabilities") == wanted.get("capabilities")
    assert got.get("allowPrivilegeEscalation") == wanted.get("allow_privilege_escalation")
    assert len(got) == len(wanted)


def test_the_pod_has_the_jobs_image_environment_and_volumes(render: Any) -> None:
    rendering = render({"runners": {"a": {"config": {"environment": ["TWO=1=2"]}}}}, release="ci")
    (runner,) = rendering.config_toml["runners"]
    pod = rendering.object("Pod", "ci-podrunner-a-build")["spec"]
    (container,) = pod["containers"]

    assert container["image"] == "quay.io/podman/stable:v5.8.7"
    assert [f"{each['name']}={each['value']}" for each in container["env"]] == runner["environment"]
    assert runner["pre_build_script"] in container["args"][0]
    assert pod["volumes"] == [{"name": "podrunner-home", "emptyDir": {}}, {"name": "podrunner-storage", "emptyDir": {}}]
    assert pod["serviceAccountName"] == "ci-podrunner-jobs"


def test_the_pod_has_the_jobs_resources_beside_those_of_patches(render: Any) -> None:
    kubernetes = {"cpu_request": "2", "memory_limit": "4Gi", "helper_memory_limit": "1Gi"}
    podman = {"fuse": {"source": "devicePlugin", "resource": "squat.ai/fuse"}}
    rendering = render({"podman": podman, "jobs": {"config": {"kubernetes": kubernetes}}})

    assert rendering.object("Pod")["spec"]["containers"][0]["resources"] == {
        "requests": {"cpu": "2"},
        "limits": {"memory": "4Gi", "squat.ai/fuse": "1"},
    }


@pytest.mark.parametrize("image", [None, ""])
def test_jobs_that_have_to_name_their_image_are_tested_with_podmans(render: Any, image: str | None) -> None:
    rendering = render({"jobs": {"config": {"kubernetes": {"image": image}}}})

    assert rendering.object("Pod")["spec"]["containers"][0]["image"] == "quay.io/podman/stable:v5.8.7"


def test_a_claim_with_two_image_stores_is_one_volume(render: Any) -> None:
    stores = {"a": {"persistentVolumeClaim": "images"}, "b": {"persistentVolumeClaim": "images"}}
    pod = render({"podman": {"storage": {"additionalImageStores": stores}}}).object("Pod")["spec"]

    assert [one["name"] for one in pod["volumes"]] == ["podrunner-home", "podrunner-storage", "images"]
    assert [one["mountPath"] for one in pod["containers"][0]["volumeMounts"]][2:] == [
        "/podrunner-stores/a",
        "/podrunner-stores/b",
    ]


def test_the_build_runs_a_program(render: Any) -> None:
    script = render().object("Pod")["spec"]["containers"][0]["args"][0]

    assert "FROM scratch" in script
    assert "RUN echo" in script
    assert "podman build" in script


def test_a_fork_with_its_own_security_context_is_tested_as_it_is(render: Any) -> None:
    kubernetes = {
        "runtime_class_name": "kata",
        "node_selector": {"pool": "ci"},
        "image_pull_secrets": ["login"],
        "pod_security_context": {"fs_group": 1000},
        "build_container_security_context": {
            "seccomp_profile": {"type": "Localhost", "localhost_profile": "podman.json"},
            "selinux_type": "container_engine_t",
            "proc_mount": "unmasked",
            "run_as_group": None,
        },
        "volumes": {"empty_dir": [{"name": "m", "mount_path": "/m", "medium": "Memory", "size_limit": "1Gi"}]},
    }
    pod = render({"runners": {"a": {"config": {"kubernetes": kubernetes}}}}).object("Pod")["spec"]
    context = pod["containers"][0]["securityContext"]

    assert (pod["runtimeClassName"], pod["nodeSelector"]) == ("kata", {"pool": "ci"})
    assert (pod["imagePullSecrets"], pod["securityContext"]) == ([{"name": "login"}], {"fsGroup": 1000})
    assert pod["volumes"][-1] == {"name": "m", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}}
    assert context["seccompProfile"] == {"type": "Localhost", "localhostProfile": "podman.json"}
    assert context["seLinuxOptions"] == {"type": "container_engine_t"}
    assert context["procMount"] == "Unmasked"
    assert "runAsGroup" not in context


def test_a_runner_that_configures_podman_itself_has_no_such_pod(render: Any) -> None:
    assert render({"podman": {"mode": "none"}}).objects("Pod") == []


def test_the_pod_tolerates_what_jobs_do(render: Any) -> None:
    kubernetes = {"node_tolerations": {"pool=ci": "NoSchedule", "spot": ""}}
    rendering = render({"runners": {"a": {"config": {"kubernetes": kubernetes}}}})

    assert rendering.object("Pod")["spec"]["tolerations"] == [
        {"key": "pool", "operator": "Equal", "value": "ci", "effect": "NoSchedule"},
        {"key": "spot", "operator": "Exists"},
    ]
