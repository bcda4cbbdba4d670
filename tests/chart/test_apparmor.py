"""The AppArmor profile of the build container: podman.appArmor."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from podrunner.findings.errors import RenderError
from podrunner.runner.job_pod.objects import job_objects
from podrunner.runner.job_pod.request import JobRequest

MODES = ["openshift", "userNamespace", "unprivileged", "unprivilegedRoot", "privileged"]
OWN = {"type": "Localhost", "localhostProfile": "podman"}


def profiles(rendering: Any) -> dict[str, Any]:
    """Container of a job's pod → its AppArmor profile."""
    (runner,) = rendering.config_toml["runners"]
    spec = job_objects(runner, JobRequest()).pod["spec"]
    containers = [*spec["containers"], *spec.get("initContainers", [])]
    return {one["name"]: one.get("securityContext", {}).get("appArmorProfile") for one in containers}


@pytest.mark.parametrize("mode", MODES)
def test_the_build_container_alone_has_the_profile_of_the_values_in_every_mode(render: Any, mode: str) -> None:
    found = profiles(render({"podman": {"mode": mode, "appArmor": OWN}}))

    assert found.pop("build") == OWN
    assert set(found.values()) == {None}


@pytest.mark.parametrize("mode", [*MODES, "none"])
def test_no_profile_is_named_unless_the_values_do(render: Any, mode: str) -> None:
    assert set(profiles(render({"podman": {"mode": mode}})).values()) == {None}


def test_a_runner_has_a_profile_of_its_own(render: Any) -> None:
    own = {"podman": {"appArmor": {"type": "Unconfined"}}}
    rendering = render({"podman": {"appArmor": OWN}, "runners": {"a": own}})

    assert profiles(rendering)["build"] == {"type": "Unconfined"}


def test_the_profiles_of_seccomp_and_apparmor_stand_beside_each_other(render: Any) -> None:
    podman = {"seccomp": {"type": "Localhost", "localhostProfile": "podman.json"}, "appArmor": OWN}
    (runner,) = render({"podman": podman}).config_toml["runners"]
    context = runner["kubernetes"]["build_container_security_context"]

    assert context["seccomp_profile"] == {"type": "Localhost", "localhost_profile": "podman.json"}
    assert context["app_armor_profile"] == {"type": "Localhost", "localhost_profile": "podman"}


@pytest.mark.parametrize(("profile", "level"), [({"type": "Unconfined"}, "privileged"), (OWN, "baseline")], ids=str)
def test_no_profile_needs_the_level_privileged_and_one_of_the_nodes_does_not(
    render: Any, profile: dict[str, str], level: str
) -> None:
    values = {"podman": {"appArmor": profile}, "jobs": {"namespace": "builds", "createNamespace": True}}
    labels = render(values).object("Namespace")["metadata"]["labels"]

    assert labels["pod-security.kubernetes.io/enforce"] == level


def test_the_policy_for_job_pods_allows_it_to_the_build_container(render: Any) -> None:
    values = {"podman": {"appArmor": {"type": "Unconfined"}}, "policies": {"jobs": {"enabled": True}}}
    policy = render(values, namespace="ci").object("ValidatingAdmissionPolicy")

    runners = yaml.safe_load(policy["spec"]["variables"][0]["expression"])

    assert runners["ci/default"]["appArmorUnconfined"] == ["build"]


@pytest.mark.parametrize(
    ("profile", "version", "sentence"),
    [
        ({"type": "Localhost"}, "1.34", "podman.appArmor.localhostProfile is empty.*Name a profile"),
        (OWN, "1.29", "needs Kubernetes 1.30, and this is v1.29.*runners.default.config.kubernetes.pod_annotations"),
    ],
    ids=["no name", "no field"],
)
def test_a_profile_that_no_pod_would_have_is_refused(
    render: Any, profile: dict[str, str], version: str, sentence: str
) -> None:
    with pytest.raises(RenderError, match=f"(?s){sentence}"):
        render({"podman": {"appArmor": profile}}, kube_version=version)
