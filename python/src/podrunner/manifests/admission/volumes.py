"""Volumes of a pod, and their mounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.downward import file_faults
from podrunner.manifests.admission.fault import FieldFault, between, hold, need
from podrunner.manifests.admission.forms import (
    LAST_MODE,
    absolute_path,
    dns_label,
    dns_name,
    file_path,
    relative_path,
    size,
)
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.manifests.admission.fault import Faults

VOLUME_TWICE, MOUNT_TWICE = "is the name of two volumes", "is where two volumes are mounted"
_OF_FILES = (("secret", "secretName"), ("configMap", "name"))


def volume_faults(spec: Mapping[str, Any]) -> Faults:
    """What is wrong with the volumes of a pod."""
    known: list[Any] = []
    containers = names_of_containers(spec)
    for index, volume in enumerate(maps(spec.get("volumes"))):
        at, name = f"volumes[{index}]", volume.get("name")
        yield from need(f"{at}.name", name, dns_label)
        if name in known:
            yield FieldFault(f"{at}.name", VOLUME_TWICE, name)
        known.append(name)
        if len(kinds := [key for key in volume if key != "name" and volume[key] is not None]) > 1:
            yield FieldFault(at, f"can be one of {' and '.join(kinds)}, not both", name)
        yield from _source(at, volume)
        yield from _projected(f"{at}.projected", table(volume.get("projected")), containers)
        if "downwardAPI" in volume:
            yield from file_faults(f"{at}.downwardAPI", table(volume["downwardAPI"]), containers)


def names_of_containers(spec: Mapping[str, Any]) -> list[Any]:
    """Those of a pod, of its start too."""
    return [one.get("name") for kind in ("containers", "initContainers") for one in maps(spec.get(kind))]


def _projected(at: str, volume: Mapping[str, Any], containers: list[Any]) -> Faults:
    yield from between(f"{at}.defaultMode", volume.get("defaultMode"), 0, LAST_MODE)
    known: set[str] = set()
    for index, one in enumerate(maps(volume.get("sources"))):
        where = f"{at}.sources[{index}]"
        if token := table(one.get("serviceAccountToken")):
            yield from hold(f"{where}.serviceAccountToken.path", token.get("path") or None, file_path)
        for place, path in _paths(one):
            if path in known:
                yield FieldFault(f"{where}.{place}", "is the path of two files", path)
            known.add(path)
        for kind, _ in _OF_FILES:
            if one.get(kind) is not None:
                yield from _files(f"{where}.{kind}", table(one[kind]), "name")
        if "downwardAPI" in one:
            yield from file_faults(f"{where}.downwardAPI", table(one["downwardAPI"]), containers)


def _paths(source: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(place, path) of each file of a projected source that says where it goes."""
    for kind in ("secret", "configMap", "downwardAPI"):
        for index, item in enumerate(maps(table(source.get(kind)).get("items"))):
            if isinstance(item.get("path"), str):
                yield f"{kind}.items[{index}].path", item["path"]
    for kind in ("serviceAccountToken", "clusterTrustBundle"):
        if isinstance(path := table(source.get(kind)).get("path"), str):
            yield f"{kind}.path", path


def _source(at: str, written: Mapping[str, Any]) -> Faults:
    volume = {kind: source for kind, source in written.items() if source is not None}
    for kind, field in _OF_FILES:
        if kind in volume:
            yield from _files(f"{at}.{kind}", table(volume[kind]), field)
    if "persistentVolumeClaim" in volume:
        claim = table(volume["persistentVolumeClaim"]).get("claimName")
        yield from need(f"{at}.persistentVolumeClaim.claimName", claim, dns_name)
    if "hostPath" in volume:
        yield from need(f"{at}.hostPath.path", table(volume["hostPath"]).get("path"), _host_path)
    if "emptyDir" in volume:
        yield from hold(f"{at}.emptyDir.sizeLimit", table(volume["emptyDir"]).get("sizeLimit"), size)
    if "csi" in volume:
        # The name of a driver is compared in lower case.
        yield from need(f"{at}.csi.driver", table(volume["csi"]).get("driver"), lambda text: dns_name(text.lower()))
    if "nfs" in volume:
        nfs = table(volume["nfs"])
        yield from need(f"{at}.nfs.server", nfs.get("server"), lambda _: "")
        yield from need(f"{at}.nfs.path", nfs.get("path"), absolute_path)


def _host_path(text: str) -> str:
    return "must not contain `..`" if ".." in text.split("/") else absolute_path(text)


def _files(at: str, source: Mapping[str, Any], field: str) -> Faults:
    yield from need(f"{at}.{field}", source.get(field), dns_name, in_schema=False)
    yield from between(f"{at}.defaultMode", source.get("defaultMode"), 0, LAST_MODE)
    for index, item in enumerate(maps(source.get("items"))):
        yield from need(f"{at}.items[{index}].key", item.get("key"), lambda _: "")
        yield from need(f"{at}.items[{index}].path", item.get("path"), file_path)
        yield from between(f"{at}.items[{index}].mode", item.get("mode"), 0, LAST_MODE)


def mount_faults(at: str, container: Mapping[str, Any]) -> Faults:
    """What is wrong with the mounts of a container."""
    taken: list[Any] = []
    privileged = table(container.get("securityContext")).get("privileged") is True
    for index, mount in enumerate(maps(container.get("volumeMounts"))):
        where, path, sub_path = f"{at}.volumeMounts[{index}]", mount.get("mountPath"), mount.get("subPath")
        yield from need(f"{where}.mountPath", path, absolute_path)
        if path in taken:
            yield FieldFault(f"{where}.mountPath", MOUNT_TWICE, path)
        taken.append(path)
        yield from hold(f"{where}.subPath", sub_path or None, relative_path)
        yield from hold(f"{where}.subPathExpr", mount.get("subPathExpr") or None, relative_path)
        if sub_path and mount.get("subPathExpr"):
            yield FieldFault(f"{where}.subPathExpr", "cannot stand beside subPath", mount["subPathExpr"])
        wanted = mount.get("mountPropagation")
        if mount.get("recursiveReadOnly") in ("Enabled", "IfPossible") and wanted not in (None, "", "None"):
            yield FieldFault(f"{where}.mountPropagation", "must be None with recursiveReadOnly", wanted)
        if mount.get("mountPropagation") == "Bidirectional" and not privileged:
            yield FieldFault(f"{where}.mountPropagation", "needs a privileged container", "Bidirectional")


def device_faults(at: str, container: Mapping[str, Any], spec: Mapping[str, Any]) -> Faults:
    """Devices of a container that are not of a volume of the pod that has one."""
    claims = [
        one.get("name") for one in maps(spec.get("volumes")) if one.get("persistentVolumeClaim") or one.get("ephemeral")
    ]
    for index, device in enumerate(maps(container.get("volumeDevices"))):
        if device.get("name") and device["name"] not in claims:
            reason = "is not the name of a volume of a claim"
            yield FieldFault(f"{at}.volumeDevices[{index}].name", reason, device["name"])
