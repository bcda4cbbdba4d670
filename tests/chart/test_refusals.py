"""Values that contradict each other fail the render with a sentence that says what to write instead."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.findings.errors import RenderError


def build(**context: Any) -> dict[str, Any]:
    """A runner whose build container has the given security context."""
    return {"runners": {"a": {"config": {"kubernetes": {"build_container_security_context": context}}}}}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"gitlab": {"url": ""}}, "gitlab.url is empty.*--set gitlab.url=https://gitlab.com"),
        ({"podman": {"storage": {"medium": "Memory"}}}, "podman.storage.size is empty.*for example to 4Gi"),
        (build(allow_privilege_escalation=False), "allow_privilege_escalation is false: it sets no_new_privs"),
        (build(privileged=True), "podman.mode is unprivileged.*set podman.mode to privileged"),
        (
            {"runners": {"a": {"config": {"kubernetes": {"privileged": True}}}}},
            "podman.mode is unprivileged.*set podman.mode to privileged",
        ),
        ({"jobs": {"serviceAccount": {"create": False}}}, "kubernetes.service_account is empty.*without permissions"),
        (
            {"manager": {"serviceAccount": {"name": "ci"}}, "jobs": {"serviceAccount": {"name": "ci"}}},
            "serviceAccount.name create two service accounts with the same name, ci: job pods would have the permissions of the manager",
        ),
        (build(run_as_user=0), "run_as_user is 0, but run_as_non_root is true.*podman.mode to unprivilegedRoot"),
        (
            build(seccomp_profile={"type": "RuntimeDefault"}),
            "denies unshare and mount.*podman.seccomp.type to Localhost",
        ),
    ],
    ids=lambda each: "" if isinstance(each, dict) else each.split(".*")[0],
)
def test_a_contradiction_is_refused(render: Any, values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RenderError, match=f"(?s){sentence}"):
        render(values)


def test_accounts_of_one_name_may_be_in_two_namespaces(render: Any) -> None:
    accounts = {"serviceAccount": {"name": "ci"}}
    rendering = render({"manager": accounts, "jobs": {**accounts, "namespace": "builds"}}, namespace="runners")

    assert [one["metadata"]["namespace"] for one in rendering.objects("ServiceAccount")] == ["builds", "runners"]


def test_root_may_do_without_privilege_escalation(render: Any) -> None:
    values = build(allow_privilege_escalation=False, run_as_user=0, run_as_non_root=False)

    assert (
        render(values).config_toml["runners"][0]["kubernetes"]["build_container_security_context"]["run_as_user"] == 0
    )


def test_an_account_of_the_runners_own_will_do(render: Any) -> None:
    own = {"service_account": "builder"}
    values = {"jobs": {"serviceAccount": {"create": False}}, "runners": {"a": {"config": {"kubernetes": own}}}}

    assert render(values).config_toml["runners"][0]["kubernetes"]["service_account"] == "builder"


def test_each_runner_whose_jobs_have_no_account_is_refused_whatever_the_mode_of_the_others(render: Any) -> None:
    accounts = {"podman": {"mode": "none"}, "jobs": {"serviceAccount": {"create": False}}}

    with pytest.raises(RenderError, match=r"runners\.b\.config\.kubernetes\.service_account is empty"):
        render({**accounts, "runners": {"a": {}, "b": {"podman": {"mode": "privileged"}}}})


def test_user_namespaces_need_a_cluster_that_knows_them(render: Any) -> None:
    with pytest.raises(
        RenderError, match=r"podman.mode is userNamespace .* needs Kubernetes 1.33, and this is v1.32.7"
    ):
        render(preset="user-namespace", kube_version="1.32.7")

    assert render(preset="user-namespace", kube_version="1.33.0").objects("Deployment")
