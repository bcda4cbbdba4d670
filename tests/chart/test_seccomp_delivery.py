"""The delivery of the seccomp profile to the nodes: a DaemonSet that copies one file (podman.seccomp.deliver)."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from podrunner.findings.errors import RenderError
from podrunner.manifests.checks.release import check_pod_security
from podrunner.runner.images import find_images
from tests.matrix_cases import CHART

PROFILE = CHART / "files/seccomp/podman.json"


def delivering(**deliver: Any) -> dict[str, Any]:
    """Values that deliver the profile, and use it."""
    said = {"enabled": True, "namespace": "podrunner-nodes", **deliver}
    return {"podman": {"seccomp": {"type": "Localhost", "localhostProfile": "podrunner/podman.json", "deliver": said}}}


def pod_of(rendering: Any) -> dict[str, Any]:
    """The spec of the pods of the DaemonSet."""
    spec: dict[str, Any] = rendering.object("DaemonSet")["spec"]["template"]["spec"]
    return spec


def test_nothing_is_delivered_unless_asked_for(render: Any) -> None:
    assert render().objects("DaemonSet") == []


def test_its_objects_are_in_the_namespace_that_the_values_name(render: Any) -> None:
    rendering = render(delivering(), release="ci", namespace="ci")
    config = rendering.object("ConfigMap", "ci-ci-podrunner-seccomp")

    assert rendering.object("DaemonSet")["metadata"]["namespace"] == "podrunner-nodes"
    assert config["metadata"]["namespace"] == "podrunner-nodes"
    assert config["data"] == {"podman.json": PROFILE.read_text()}


def test_releases_of_one_name_share_no_object_and_no_pod_of_that_namespace(render: Any) -> None:
    one, two = (render(delivering(), release="ci", namespace=name) for name in ("team-a", "team-b"))
    sets = [rendering.object("DaemonSet") for rendering in (one, two)]
    maps = [
        rendering.object("ConfigMap", f"{name}-ci-podrunner-seccomp")
        for rendering, name in ((one, "team-a"), (two, "team-b"))
    ]

    assert [each["metadata"]["name"] for each in sets] == [each["metadata"]["name"] for each in maps]
    for each, other in (sets, reversed(sets)):
        wanted = each["spec"]["selector"]["matchLabels"].items()
        assert wanted <= each["spec"]["template"]["metadata"]["labels"].items()
        assert not wanted <= other["spec"]["template"]["metadata"]["labels"].items()


def test_the_container_with_the_nodes_folder_has_uid_0_and_no_more_than_that(render: Any) -> None:
    (copy,) = pod_of(render(delivering()))["initContainers"]

    assert copy["securityContext"] == {
        "runAsUser": 0,
        "runAsGroup": 0,
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert copy["volumeMounts"] == [
        {"name": "profile", "mountPath": "/profile", "readOnly": True},
        {"name": "seccomp", "mountPath": "/seccomp"},
    ]


def test_the_container_that_stays_has_nothing_of_the_node(render: Any) -> None:
    (copied,) = pod_of(render(delivering()))["containers"]

    assert "volumeMounts" not in copied
    assert copied["securityContext"]["runAsUser"] == 65534
    assert copied["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_the_pod_has_no_token_and_one_folder_of_the_node(render: Any) -> None:
    pod = pod_of(render(delivering(folder="/var/lib/k0s/kubelet/seccomp"), release="ci", namespace="ci"))

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"] == {"seccompProfile": {"type": "RuntimeDefault"}}
    assert pod["volumes"] == [
        {"name": "profile", "configMap": {"name": "ci-ci-podrunner-seccomp"}},
        {"name": "seccomp", "hostPath": {"path": "/var/lib/k0s/kubelet/seccomp", "type": "DirectoryOrCreate"}},
    ]


def test_it_runs_on_every_node_of_linux_whatever_its_taints(render: Any) -> None:
    pod = pod_of(render(delivering()))

    assert (pod["nodeSelector"], pod["tolerations"]) == ({"kubernetes.io/os": "linux"}, [{"operator": "Exists"}])


def test_its_image_is_the_managers_and_is_listed(render: Any) -> None:
    rendering = render(
        {**delivering(), "global": {"imageRegistry": "mirror.example.com"}}, release="ci", namespace="ci"
    )
    image = "mirror.example.com/gitlab-org/gitlab-runner:alpine-v19.5.3"

    assert find_images(rendering, "19.5.3")[image] == ["DaemonSet/ci-ci-podrunner-seccomp", "Deployment/ci-podrunner"]


def test_notes_and_check_say_which_level_the_namespace_needs(render: Any) -> None:
    rendering = render(delivering(), release="ci", namespace="ci")
    (note,) = [
        one for one in check_pod_security(rendering, "1.34") if one.object == "DaemonSet/ci-ci-podrunner-seccomp"
    ]

    assert note.message.startswith("Pod Security level privileged in namespace podrunner-nodes: ")
    assert "kubectl label namespace podrunner-nodes --overwrite pod-security.kubernetes.io/enforce=privileged" in (
        rendering.notes
    )


def test_it_can_be_delivered_before_jobs_use_it_and_the_notes_say_so(render: Any) -> None:
    values = delivering()
    values["podman"]["seccomp"]["type"] = ""
    rendering = render(values)

    assert "Jobs do not use it until podman.seccomp.type is Localhost." in rendering.notes
    assert (
        "seccomp_profile" not in rendering.config_toml["runners"][0]["kubernetes"]["build_container_security_context"]
    )


def test_all_of_the_releases_own_namespace_stays_restricted(render: Any) -> None:
    rendering = render({**delivering(), "jobs": {"namespace": "builds"}}, release="ci", namespace="ci")
    needed = {one.object for one in check_pod_security(rendering, "1.34")}

    assert needed == {"DaemonSet/ci-ci-podrunner-seccomp", "Pod/ci-podrunner-default-build"}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (delivering(namespace=""), "namespace is empty: its pods mount a folder.*privileged.*Name another namespace"),
        (delivering(namespace="ci"), "namespace is ci, the release's own: its pods mount.*fits restricted"),
        (
            {**delivering(namespace="builds"), "jobs": {"namespace": "builds"}},
            "namespace is builds, where jobs run.*the manager may run commands in every pod there",
        ),
        (
            {"podman": {"seccomp": {"deliver": {"enabled": True, "namespace": "nodes"}}}},
            'localhostProfile is "", which is not a file.*for example to podrunner/podman.json',
        ),
        (
            {
                "podman": {
                    "seccomp": {"localhostProfile": "../../x", "deliver": {"enabled": True, "namespace": "nodes"}}
                }
            },
            r'localhostProfile is "../../x", which is not a file',
        ),
        (
            {**delivering(), "runners": {"a": {"podman": {"mode": "none"}}, "b": {"podman": {"mode": "privileged"}}}},
            "podman.mode is none, privileged: no job would use the profile",
        ),
        (
            {"runners": {"a": {"podman": {"seccomp": {"deliver": {"enabled": True}}}}}},
            "runners.a.podman.seccomp.deliver has no effect.*Set podman.seccomp.deliver",
        ),
    ],
    ids=["empty", "the release's", "jobs'", "no file", "above", "unused", "a runner's"],
)
def test_a_place_that_may_not_have_it_and_a_file_that_nobody_reads_are_refused(
    render: Any, values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RenderError, match=f"(?s){sentence}"):
        render(values, namespace="ci")


def test_another_profile_makes_other_pods(render: Any) -> None:
    template = render(delivering()).object("DaemonSet")["spec"]["template"]

    assert template["metadata"]["annotations"] == {
        "checksum/profile": hashlib.sha256(PROFILE.read_bytes()).hexdigest(),
    }


@pytest.mark.process
def test_the_script_puts_the_whole_file_in_place_of_the_old_one(render: Any, tmp_path: Path) -> None:
    (copy,) = pod_of(render(delivering()))["initContainers"]
    target = tmp_path / "podrunner/podman.json"
    target.parent.mkdir()
    target.write_text("old")
    environment = {"SECCOMP": str(tmp_path), "SOURCE": str(PROFILE.parent), "PROFILE": copy["env"][0]["value"]}

    done = subprocess.run(
        [*copy["command"], *copy["args"]], env=os.environ | environment, capture_output=True, text=True, check=True
    )

    assert done.stdout == "podrunner: wrote podrunner/podman.json\n"
    assert target.read_bytes() == PROFILE.read_bytes()
    assert target.stat().st_mode & 0o777 == 0o644
    assert [one.name for one in target.parent.iterdir()] == ["podman.json"]
