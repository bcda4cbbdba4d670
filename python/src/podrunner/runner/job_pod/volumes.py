"""Volumes of [runners.kubernetes.volumes] as the Kubernetes executor writes them into a pod."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import maps, table
from podrunner.manifests.quantity import quantity

if TYPE_CHECKING:
    from podrunner.runner.job_pod.setup import JobSetup

_PROPAGATED = ("host_path", "pvc", "empty_dir")
_Source = Callable[[dict[str, Any]], dict[str, Any]]


def _set(**fields: Any) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value not in (None, "", False)}


def _items(volume: dict[str, Any]) -> list[dict[str, str]] | None:
    items = volume.get("items")
    return [{"key": key, "path": path} for key, path in items.items()] if isinstance(items, dict) and items else None


def _size(limit: Any) -> Any:
    """An amount; None for one that the runner warns of and leaves out."""
    return limit if quantity(str(limit)) is not None else None


# In the order in which the executor adds them: table of config.toml → (field of a pod's volume, its content).
VOLUMES: dict[str, tuple[str, _Source]] = {
    "host_path": ("hostPath", lambda one: {"path": one.get("host_path") or one.get("mount_path")}),
    "secret": ("secret", lambda one: _set(secretName=one.get("name"), items=_items(one))),
    "pvc": ("persistentVolumeClaim", lambda one: {"claimName": one.get("name")}),
    "config_map": ("configMap", lambda one: _set(name=one.get("name"), items=_items(one))),
    "empty_dir": ("emptyDir", lambda one: _set(medium=one.get("medium"), sizeLimit=_size(one.get("size_limit")))),
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


def volumes_of(setup: JobSetup) -> list[dict[str, Any]]:
    """The volumes of the pod: those of config.toml, then the executor's own, without regard to equal names."""
    found = []
    claims: list[Any] = []
    for kind, volume in configured_volumes(setup.kubernetes):
        # A claim may be mounted several times; of other kinds the executor makes a volume for each.
        if kind == "pvc":
            if volume.get("name") in claims:
                continue
            claims.append(volume.get("name"))
            volume = {**volume, "name": setup.variables.expand(str(volume.get("name") or ""))}
        field, source = VOLUMES[kind]
        found.append({"name": str(volume.get("name") or ""), field: source(volume)})
    return found + [{"name": name, "emptyDir": {}} for name in _own(setup)]


def mounts_of(setup: JobSetup) -> list[dict[str, Any]]:
    """What every container of the pod mounts."""
    own = _own(setup)
    found = [{"name": name, "mountPath": setup.directory(name)} for name in own if name != "repo"]
    found += [_mount(setup, kind, volume) for kind, volume in configured_volumes(setup.kubernetes)]
    return found + ([{"name": "repo", "mountPath": setup.builds_dir}] if "repo" in own else [])


def configured_volumes(kubernetes: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """(kind, volume) of [runners.kubernetes.volumes], in the executor's order."""
    volumes = table(kubernetes.get("volumes"))
    return [(kind, volume) for kind in VOLUMES for volume in maps(volumes.get(kind))]


def _own(setup: JobSetup) -> list[str]:
    """Names of the executor's own volumes. One that is mounted exactly at builds_dir takes the place of `repo`."""
    found = ["repo"] if setup.has_repo else []
    return found + (["scripts"] if setup.has_scripts else []) + (["logs"] if setup.attaches else [])


def _mount(setup: JobSetup, kind: str, volume: dict[str, Any]) -> dict[str, Any]:
    name = str(volume.get("name") or "")
    found = {
        "name": setup.variables.expand(name) if kind == "pvc" else name,
        "mountPath": setup.variables.expand(str(volume.get("mount_path") or "")),
    }
    return found | _set(
        subPath=setup.variables.expand(str(volume.get("sub_path") or "")),
        readOnly=kind != "empty_dir" and volume.get("read_only"),
        mountPropagation=kind in _PROPAGATED and volume.get("mount_propagation"),
    )
