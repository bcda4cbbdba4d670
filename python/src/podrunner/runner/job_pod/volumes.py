"""Volumes of [runners.kubernetes.volumes] as the Kubernetes executor writes them into a pod."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_Source = Callable[[dict[str, Any]], dict[str, Any]]


def _set(**fields: Any) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value not in (None, "", False)}


def _items(volume: dict[str, Any]) -> list[dict[str, str]] | None:
    items = volume.get("items")
    return [{"key": key, "path": path} for key, path in items.items()] if isinstance(items, dict) and items else None


# In the order in which the executor adds them: table of config.toml → (field of a pod's volume, its content).
VOLUMES: dict[str, tuple[str, _Source]] = {
    "host_path": ("hostPath", lambda one: {"path": one.get("host_path") or one.get("mount_path")}),
    "secret": ("secret", lambda one: _set(secretName=one.get("name"), items=_items(one))),
    "pvc": ("persistentVolumeClaim", lambda one: {"claimName": one.get("name")}),
    "config_map": ("configMap", lambda one: _set(name=one.get("name"), items=_items(one))),
    "empty_dir": ("emptyDir", lambda one: _set(medium=one.get("medium"), sizeLimit=one.get("size_limit"))),
    "csi": (
        "csi",
        lambda one: {
            "driver": one.get("driver"),
            "fsType": one.get("fs_type", ""),
            "readOnly": bool(one.get("read_only")),
            **_set(volumeAttributes=one.get("volume_attributes")),
        },
    ),
    "nfs": (
        "nfs",
        lambda one: _set(path=one.get("path"), server=one.get("server"), readOnly=one.get("read_only")),
    ),
}
