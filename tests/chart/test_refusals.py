"""Values that contradict each other fail the render with a sentence that says what to write instead."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.errors import RenderError


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
        ({"jobs": {"serviceAccount": {"create": False}}}, "jobs.serviceAccount.name is empty.*without permissions"),
    ],
    ids=lambda each: "" if isinstance(each, dict) else each.split(".*")[0],
)
def test_a_contradiction_is_refused(render: Any, values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RenderError, match=f"(?s){sentence}"):
        render(values)


def test_root_may_do_without_privilege_escalation(render: Any) -> None:
    values = build(allow_privilege_escalation=False, run_as_user=0, run_as_non_root=False)

    assert (
        render(values).config_toml["runners"][0]["kubernetes"]["build_container_security_context"]["run_as_user"] == 0
    )


def test_user_namespaces_need_a_cluster_that_knows_them(render: Any) -> None:
    with pytest.raises(
        RenderError, match=r"podman.mode is userNamespace .* needs Kubernetes 1.33, and this is v1.32.7"
    ):
        render(preset="user-namespace", kube_version="1.32.7")

    assert render(preset="user-namespace", kube_version="1.33.0").objects("Deployment")
