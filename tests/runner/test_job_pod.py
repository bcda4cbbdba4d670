"""The Pod Security level of the job pod, against the table of modes."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.manifests.rendering import Document, Rendering
from podrunner.runner.job_pod.pod import check_job_pods

MODES = {"unprivileged": {"podSecurity": "baseline"}, "none": {}}


def found(toml: str, mode: str = "unprivileged") -> list[str]:
    data = {"config.toml": f'[[runners]]\nname = "a"\n[runners.kubernetes]\n{toml}'}
    config: dict[str, Any] = {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": data}
    rendering = Rendering("", "r", "ci", (Document("t", "", config),), "", "")
    return [finding.message for finding in check_job_pods(rendering, {"podman": {"mode": mode}}, MODES, "1.34")]


WRONG = {
    "privileged = true\n": "containers[0].securityContext.privileged: true",
    'cap_add = ["SYS_ADMIN"]\n': "containers[0].securityContext.capabilities.add: SYS_ADMIN",
    '[runners.kubernetes.build_container_security_context]\nproc_mount = "unmasked"\n': (
        "containers[0].securityContext.procMount: Unmasked"
    ),
    '[[runners.kubernetes.volumes.host_path]]\nname = "h"\n': "volumes[0].hostPath",
    '[[runners.kubernetes.pod_spec]]\npatch = "hostNetwork: true"\n[runners.feature_flags]\n'
    "FF_USE_ADVANCED_POD_SPEC_CONFIGURATION = true\n": "hostNetwork: true",
}


@pytest.mark.parametrize("toml", WRONG)
def test_a_job_pod_that_needs_more_than_its_mode_promises_is_named(toml: str) -> None:
    (message,) = found(toml)

    assert message.startswith("jobs of runner a need the Pod Security level privileged, mode unprivileged promises")
    assert WRONG[toml] in message


def test_what_the_mode_promises_is_no_finding() -> None:
    assert found('cap_add = ["SETUID"]\n') == []
    assert found("privileged = true\n", mode="none") == []


CONSTRAINTS: dict[str, Any] = {
    "kind": "SecurityContextConstraints",
    "metadata": {"name": "ci-jobs"},
    "allowPrivilegeEscalation": True,
    "allowedCapabilities": ["SETUID", "SETGID"],
    "runAsUser": {"type": "MustRunAsRange"},
    "seLinuxContext": {"type": "MustRunAs"},
    "seccompProfiles": ["*"],
    "volumes": ["emptyDir"],
}


def refused(toml: str, mode: str = "openshift") -> list[str]:
    data = {"config.toml": f'[[runners]]\nname = "a"\n[runners.kubernetes]\n{toml}'}
    config: dict[str, Any] = {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": data}
    documents = (Document("c", "", config), Document("s", "", CONSTRAINTS))
    findings = check_job_pods(Rendering("", "r", "ci", documents, "", ""), {"podman": {"mode": mode}}, MODES, "1.34")
    return [f"{one.object}: {one.message}" for one in findings if one.rule.code == "scc"]


def test_the_releases_own_constraints_are_asked_about_the_job_pods_of_the_mode_openshift() -> None:
    build = "[runners.kubernetes.build_container_security_context.capabilities]\n"

    assert refused(f'{build}add = ["SYS_ADMIN"]\n') == [
        "SecurityContextConstraints/ci-jobs: refuses the job pods of runner a: "
        "containers[0].securityContext.capabilities.add: SYS_ADMIN is not among allowedCapabilities: SETUID, SETGID."
    ]


def test_constraints_that_allow_a_job_pod_are_no_finding() -> None:
    assert refused('cap_add = ["SETUID"]\n') == []


def test_ids_that_only_the_namespace_on_the_cluster_has_are_not_judged() -> None:
    assert refused("[runners.kubernetes.build_container_security_context]\nrun_as_user = 1000650000\n") == []


def test_another_mode_does_not_use_the_constraints() -> None:
    assert refused('cap_add = ["SYS_ADMIN"]\n', mode="privileged") == []
