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


PROMISE = {"uid": None, "privileged": False, "noNewPrivileges": False, "capabilities": ["SETUID"], "hostUsers": False}
KEPT = (
    "[runners.kubernetes.build_container_security_context.capabilities]\nadd = ['SETUID']\ndrop = ['ALL']\n"
    "[[runners.kubernetes.pod_spec]]\npatch = 'hostUsers: false'\n"
)
ADVANCED = "[runners.feature_flags]\nFF_USE_ADVANCED_POD_SPEC_CONFIGURATION = true\n"


def broken(toml: str) -> list[str]:
    modes = {"userNamespace": {"promise": PROMISE}}
    data = {"config.toml": f'[[runners]]\nname = "a"\n[runners.kubernetes]\nimage = "i"\n{toml}{ADVANCED}'}
    config: dict[str, Any] = {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": data}
    rendering = Rendering("", "r", "ci", (Document("t", "", config),), "", "")
    findings = check_job_pods(rendering, {"podman": {"mode": "userNamespace"}}, modes, "1.35")
    return [f"{one.rule.code}: {one.message}" for one in findings]


def test_a_pod_that_keeps_the_promise_of_its_mode_is_no_finding() -> None:
    assert broken(KEPT) == []


@pytest.mark.parametrize(
    ("toml", "why"),
    [
        ("[[runners.kubernetes.pod_spec]]\npatch = 'hostUsers: true'\n", "hostUsers is true, promised is false"),
        ("[runners.kubernetes.service_container_security_context]\nprivileged = true\n", "privileged: service"),
        (
            "[runners.kubernetes.service_container_security_context.capabilities]\nadd = ['SYS_ADMIN']\n",
            "service has securityContext.capabilities.add SYS_ADMIN",
        ),
        (
            "[runners.kubernetes.service_container_security_context.seccomp_profile]\ntype = 'Unconfined'\n",
            "service has securityContext.seccompProfile.type Unconfined",
        ),
        (
            "[[runners.kubernetes.services]]\nname = 'docker:29-dind'\nalias = 'docker'\n",
            "docker is docker:29-dind, which runs in a privileged container alone",
        ),
        (
            "[[runners.kubernetes.services]]\nname = 'redis'\nalias = 'db'\n[[runners.kubernetes.pod_spec]]\n"
            "patch = '{containers: [{name: db, securityContext: {privileged: true}}]}'\n",
            "privileged: db",
        ),
    ],
)
def test_what_breaks_the_promise_after_patches_and_in_services_is_an_error(toml: str, why: str) -> None:
    (message,) = broken(KEPT + toml)

    assert message.startswith("job-pod-promise: jobs of runner a are not what mode userNamespace promises: ")
    assert why in message


@pytest.mark.parametrize(
    ("toml", "why"),
    [
        ("pull_policy = 'never'\nallowed_pull_policies = ['always']\n", "no pull policy of never is among always"),
        (
            "[[runners.kubernetes.pod_spec]]\npatch_type = 'json'\npatch = '[{op: remove, path: /overhead}]'\n",
            "a patch of pod_spec: remove /overhead is not possible in this pod",
        ),
        (
            "[[runners.kubernetes.pod_spec]]\npatch = '{containers: [{image: a}]}'\n",
            "a patch of pod_spec: an item of a list that is joined by `name` has none",
        ),
        ("[[runners.kubernetes.services]]\nname = 'redis'\nalias = 'My_DB'\n", "is not a name of a host"),
        (
            "allowed_services = ['postgres:*']\n[[runners.kubernetes.services]]\nname = 'redis'\n",
            "the service redis is not one of allowed_services",
        ),
    ],
)
def test_a_runner_whose_every_job_is_refused_is_an_error(toml: str, why: str) -> None:
    messages = [one for one in found(f"image = 'i'\n{toml}{ADVANCED}", mode="none") if "no job of runner" in one]

    assert len(messages) == 1
    assert why in messages[0]
