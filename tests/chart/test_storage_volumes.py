"""podman's volumes on volumes of the cluster: podman.storage.medium Volume."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.findings.errors import RenderError
from podrunner.manifests.security.pod_security import level
from podrunner.runner.job_pod.objects import job_objects
from podrunner.runner.job_pod.request import JobRequest

MODES = ["openshift", "userNamespace", "unprivileged", "unprivilegedRoot", "privileged"]
VOLUME = {"medium": "Volume", "size": "20Gi", "storageClass": "fast"}


def spec_of(rendering: Any) -> dict[str, Any]:
    """The spec of the pod of a job of the one runner."""
    (runner,) = rendering.config_toml["runners"]
    spec: dict[str, Any] = job_objects(runner, JobRequest()).pod["spec"]
    return spec


def volumes(rendering: Any) -> dict[str, dict[str, Any]]:
    """Its volumes of the chart, by name."""
    found = spec_of(rendering)["volumes"]
    return {
        one["name"]: {key: value for key, value in one.items() if key != "name"}
        for one in found
        if one["name"] in ("podrunner-home", "podrunner-storage")
    }


def claim(size: str, **spec: str) -> dict[str, Any]:
    """A generic ephemeral volume."""
    requests = {"resources": {"requests": {"storage": size}}}
    return {"ephemeral": {"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"], **requests, **spec}}}}


@pytest.mark.parametrize("mode", MODES)
def test_images_are_on_a_volume_that_goes_with_the_pod_in_every_mode(render: Any, mode: str) -> None:
    found = volumes(render({"podman": {"mode": mode, "storage": VOLUME}}))

    assert found == {"podrunner-home": {"emptyDir": {}}, "podrunner-storage": claim("20Gi", storageClassName="fast")}


def test_checkouts_have_a_volume_of_their_own_of_the_clusters_default_class(render: Any) -> None:
    found = volumes(render({"podman": {"storage": {"home": {"medium": "Volume", "size": "5Gi"}}}}))

    assert found == {"podrunner-home": claim("5Gi"), "podrunner-storage": {"emptyDir": {}}}


def test_a_volume_is_mounted_where_the_emptydir_would_be(render: Any) -> None:
    plain, claimed = spec_of(render()), spec_of(render({"podman": {"storage": VOLUME}}))

    mounts = [[one.get("volumeMounts") for one in spec["containers"]] for spec in (plain, claimed)]
    assert mounts[0] == mounts[1]


@pytest.mark.parametrize(
    ("mode", "group"),
    [
        ("unprivileged", 1000),
        ("userNamespace", 1000),
        ("privileged", 1000),
        ("unprivilegedRoot", None),
        ("openshift", None),
    ],
)
def test_the_user_of_the_job_may_write_to_a_volume_that_belongs_to_root(
    render: Any, mode: str, group: int | None
) -> None:
    context = spec_of(render({"podman": {"mode": mode, "storage": VOLUME}})).get("securityContext") or {}

    assert context.get("fsGroup") == group


def test_no_pod_has_a_group_of_files_for_emptydirs(render: Any) -> None:
    assert "pod_security_context" not in render().config_toml["runners"][0]["kubernetes"]


def test_the_volume_needs_no_higher_level_and_no_right(render: Any) -> None:
    plain, claimed = render(), render({"podman": {"storage": VOLUME}})

    assert level(spec_of(claimed), "1.34", {}) == level(spec_of(plain), "1.34", {})
    assert claimed.object("Role")["rules"] == plain.object("Role")["rules"]


def test_the_pod_of_helm_test_has_the_volume_too(render: Any) -> None:
    pod = render({"podman": {"storage": VOLUME}}).object("Pod")["spec"]

    assert {"name": "podrunner-storage", **claim("20Gi", storageClassName="fast")} in pod["volumes"]


def test_a_volume_of_the_cluster_does_not_count_towards_the_disk_of_the_node(render: Any) -> None:
    values = {"podman": {"storage": VOLUME}, "jobs": {"config": {"kubernetes": {"ephemeral_storage_limit": "1Gi"}}}}

    assert "podrunner-storage" in volumes(render(values))


def test_the_device_of_fuse_is_not_asked_for_where_all_devices_are_there(render: Any) -> None:
    podman = {"mode": "privileged", "storage": VOLUME, "fuse": {"source": "devicePlugin"}}
    (runner,) = render({"podman": podman}).config_toml["runners"]

    assert [one["name"] for one in runner["kubernetes"]["pod_spec"]] == ["podrunner-storage"]


@pytest.mark.parametrize(
    ("storage", "kubernetes", "sentence"),
    [
        ({"medium": "Volume"}, {}, "podman.storage.size is empty .*no volume without a size.*for example to 20Gi"),
        ({"home": {"medium": "Volume"}}, {}, "podman.storage.home.size is empty"),
        (
            VOLUME,
            {"volumes": {"pvc": [{"name": "images", "mount_path": "/podrunner"}]}},
            "medium is Volume, but runners.a.config.kubernetes.volumes has another volume .*mounted nowhere",
        ),
    ],
    ids=["size", "size of home", "another volume"],
)
def test_a_volume_that_could_not_be_made_or_used_is_refused(
    render: Any, storage: dict[str, Any], kubernetes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RenderError, match=f"(?s){sentence}"):
        render({"podman": {"storage": storage}, "runners": {"a": {"config": {"kubernetes": kubernetes}}}})
