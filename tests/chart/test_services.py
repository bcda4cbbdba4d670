"""What services may do: little in every mode that sets podman up, and no more than the mode promises."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.findings.errors import RenderError
from podrunner.runner.job_pod.objects import job_objects
from podrunner.runner.job_pod.request import JobImage, JobRequest

MODES = ["openshift", "userNamespace", "unprivileged", "unprivilegedRoot", "privileged"]
UNPRIVILEGED = MODES[:-1]
DROPPED = ["AUDIT_WRITE", "MKNOD", "NET_RAW", "SETFCAP", "SETPCAP", "SYS_CHROOT"]


def values(mode: str, **kubernetes: Any) -> dict[str, Any]:
    """One runner in a mode, with keys of its own."""
    return {"podman": {"mode": mode}, "runners": {"a": {"config": {"kubernetes": kubernetes}}}}


def service(rendering: Any) -> dict[str, Any]:
    """The security context of a service that a job asks for, as GitLab Runner writes it."""
    (runner,) = rendering.config_toml["runners"]
    spec = job_objects(runner, JobRequest(services=(JobImage("postgres:18"),))).spec
    return dict(spec["containers"][-1]["securityContext"])


@pytest.mark.parametrize("mode", MODES)
def test_services_have_the_runtimes_seccomp_profile_few_capabilities_and_gain_no_privileges(
    render: Any, mode: str
) -> None:
    assert service(render(values(mode))) == {
        "privileged": False,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": DROPPED},
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def test_the_mode_none_sets_nothing_for_services(render: Any) -> None:
    (runner,) = render(values("none")).config_toml["runners"]

    assert "service_container_security_context" not in runner["kubernetes"]


def test_a_runner_says_itself_what_its_services_lack(render: Any) -> None:
    context = {"capabilities": {"drop": ["ALL"], "add": ["SETUID"]}, "run_as_user": 999, "seccomp_profile": None}

    assert service(render(values("unprivileged", service_container_security_context=context))) == {
        "privileged": False,
        "runAsUser": 999,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"], "add": ["SETUID"]},
    }


SYS_ADMIN = {"capabilities": {"add": ["SYS_ADMIN"]}}
UNCONFINED = {"seccomp_profile": {"type": "Unconfined"}}


@pytest.mark.parametrize("mode", UNPRIVILEGED)
@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"service_container_security_context": {"privileged": True}}, "{service}.privileged is true"),
        ({"service_container_security_context": SYS_ADMIN}, "{service}.capabilities.add has SYS_ADMIN"),
        ({"cap_add": ["CHOWN", "NET_ADMIN"]}, "cap_add has NET_ADMIN"),
        ({"service_container_security_context": UNCONFINED}, "{service}.seccomp_profile.type is Unconfined"),
        (
            {"service_container_security_context": {"seccomp_profile": None}, "pod_security_context": UNCONFINED},
            "pod_security_context.seccomp_profile.type is Unconfined",
        ),
        (
            {"pod_security_context": {"app_armor_profile": {"type": "Unconfined"}}},
            "pod_security_context.app_armor_profile.type is Unconfined",
        ),
        (
            {"helper_container_security_context": {"allow_privilege_escalation": None, "privileged": True}},
            "helper_container_security_context.privileged is true",
        ),
    ],
    ids=["privileged", "capability", "for all", "seccomp", "pod", "apparmor", "helper"],
)
def test_more_than_the_mode_promises_is_refused_with_the_way_out(
    render: Any, mode: str, keys: dict[str, Any], said: str
) -> None:
    said = said.format(service="service_container_security_context")
    sentence = rf"(?s)runners\.a\.config\.kubernetes\.{said}, but podman\.mode is {mode}.*a runner of their own"

    with pytest.raises(RenderError, match=sentence):
        render(values(mode, **keys))


@pytest.mark.parametrize("allowed", [True, None])
def test_services_that_may_gain_privileges_are_refused_where_no_container_may(render: Any, allowed: Any) -> None:
    context = {"allow_privilege_escalation": allowed}

    with pytest.raises(
        RenderError, match=r"allow_privilege_escalation is not false, but podman\.mode is unprivilegedRoot"
    ):
        render(values("unprivilegedRoot", service_container_security_context=context))
    assert (
        service(render(values("unprivileged", service_container_security_context=context))).get(
            "allowPrivilegeEscalation"
        )
        == allowed
    )


@pytest.mark.parametrize(
    "image",
    [
        "docker:dind",
        "docker:29.1-dind-rootless",
        "docker.io/library/docker:dind",
        "mirror.example.com:5000/docker:29-dind",
    ],
)
@pytest.mark.parametrize("mode", UNPRIVILEGED)
def test_docker_in_docker_is_refused_with_the_way_out(render: Any, mode: str, image: str) -> None:
    with pytest.raises(RenderError, match=rf"(?s)services has {image}: .*podman\.mode is {mode}.*build with podman"):
        render(values(mode, services=[{"name": "redis:8"}, {"name": image}]))


@pytest.mark.parametrize(
    "image", ["docker:29-cli", "example.com/my-docker:dind", "example.com/docker:5000/dind", "redis:8"]
)
def test_other_services_are_taken(render: Any, image: str) -> None:
    assert render(values("unprivileged", services=[{"name": image}]))


@pytest.mark.parametrize(
    "keys", [{"service_container_security_context": {"privileged": True}}, {"privileged": True}], ids=["own", "for all"]
)
def test_the_mode_privileged_takes_privileged_services_and_nothing_stands_in_their_way(
    render: Any, keys: dict[str, Any]
) -> None:
    keys = {**keys, "services": [{"name": "docker:29-dind"}]}
    # Kubernetes refuses a privileged container that may not gain privileges.
    keys |= {f"{name}_container_security_context": {"privileged": False} for name in ("helper", "init_permissions")}

    assert service(render(values("privileged", **keys))) == {"privileged": True, "capabilities": {"drop": ["NET_RAW"]}}


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (
            {},
            "Services keep the user of their image; seccomp profile RuntimeDefault, no privilege escalation, "
            f"without the capabilities {', '.join(DROPPED)}.",
        ),
        (
            {"service_container_security_context": {"privileged": True}},
            "Services are privileged, as good as root on the node.",
        ),
        (
            {"service_container_security_context": {"allow_privilege_escalation": None, "seccomp_profile": None}},
            "Services keep the user of their image; seccomp profile of the node, privilege escalation, "
            f"without the capabilities {', '.join(DROPPED)}.",
        ),
    ],
    ids=["defaults", "privileged", "own"],
)
def test_the_notes_say_what_services_may_do(render: Any, keys: dict[str, Any], sentence: str) -> None:
    assert f"  {sentence}\n" in render(values("privileged", **keys)).notes
