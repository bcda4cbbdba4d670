"""podman.storage and podman.build: volumes with bounds, image stores that are there already, layers."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.findings.errors import RenderError


def runner(render: Any, podman: dict[str, Any], **kubernetes: Any) -> dict[str, Any]:
    """The runner's table of config.toml."""
    (found,) = render({"podman": podman, "jobs": {"config": {"kubernetes": kubernetes}}}).config_toml["runners"]
    return dict(found)


def test_both_volumes_have_a_size_and_a_medium_of_their_own(render: Any) -> None:
    storage = {"size": "20Gi", "home": {"size": "2Gi", "medium": "Memory"}}
    volumes = runner(render, {"storage": storage})["kubernetes"]["volumes"]["empty_dir"]

    assert volumes == [
        {"name": "podrunner-home", "mount_path": "/my_custom_dir", "size_limit": "2Gi", "medium": "Memory"},
        {"name": "podrunner-storage", "mount_path": "/podrunner", "size_limit": "20Gi"},
    ]


def test_image_stores_are_mounted_read_only_and_named_to_podman(render: Any) -> None:
    stores = {
        "base": {"persistentVolumeClaim": "base-images"},
        "node": {"hostPath": "/var/lib/shared-images"},
        "own": {"path": "/var/lib/shared"},
    }
    config = runner(render, {"storage": {"additionalImageStores": stores}})

    assert config["kubernetes"]["volumes"]["pvc"] == [
        {"name": "base-images", "mount_path": "/podrunner-stores/base", "read_only": True}
    ]
    assert config["kubernetes"]["volumes"]["host_path"] == [
        {
            "name": "podrunner-store-node",
            "host_path": "/var/lib/shared-images",
            "mount_path": "/podrunner-stores/node",
            "read_only": True,
        }
    ]
    assert (
        "[storage.options]\nadditionalimagestores = "
        '["/podrunner-stores/base","/podrunner-stores/node","/var/lib/shared"]\n'
    ) in config["pre_build_script"]


def test_layers_are_podmans_own_choice_unless_they_are_off(render: Any) -> None:
    assert not [one for one in runner(render, {})["environment"] if one.startswith("BUILDAH_LAYERS")]
    assert "BUILDAH_LAYERS=false" in runner(render, {"build": {"layers": False}})["environment"]


@pytest.mark.parametrize(
    ("storage", "limits", "sentence"),
    [
        ({"home": {"medium": "Memory"}}, {}, "podman.storage.home.size is empty"),
        ({"additionalImageStores": {"a": {}}}, {}, "additionalImageStores.a needs exactly one place.*Set one of"),
        (
            {"size": "50Gi"},
            {"ephemeral_storage_limit": "20Gi"},
            "podman.storage.size is 50Gi, but runners.default.config.kubernetes.ephemeral_storage_limit is 20Gi: "
            "the kubelet would evict",
        ),
        (
            {"home": {"size": "3G", "medium": "Memory"}},
            {"memory_limit": "2048Mi"},
            "podman.storage.home.size is 3G, .*memory_limit is 2048Mi: the job would run out of memory first",
        ),
    ],
    ids=["memory", "store", "disk", "limit"],
)
def test_storage_that_cannot_be_is_refused(render: Any, storage: Any, limits: Any, sentence: str) -> None:
    with pytest.raises(RenderError, match=f"(?s){sentence}"):
        runner(render, {"storage": storage}, **limits)


@pytest.mark.parametrize(
    ("size", "limit"), [("20Gi", "20Gi"), ("20G", "20Gi"), ("900Mi", "1Gi"), ("1", "1k"), ("1.5Gi", "1600Mi")]
)
def test_a_size_within_the_limit_renders(render: Any, size: str, limit: str) -> None:
    config = runner(render, {"storage": {"size": size}}, ephemeral_storage_limit=limit)

    assert config["kubernetes"]["volumes"]["empty_dir"][1]["size_limit"] == size
