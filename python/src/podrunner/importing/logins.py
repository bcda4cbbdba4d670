"""Logins and mirrors of registries that another builder was given, as `podman.registries`."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from podrunner.importing.change import Changes, Fate
from podrunner.manifests.objects import maps, table, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from podrunner.findings.path import Path

Table = dict[str, Any]
# Where docker and kaniko look for the file config.json.
_FOLDERS = ("/root/.docker", "/kaniko/.docker")
_FILE = "config.json"
# What the chart reads where the values name no key.
_KEY = ".dockerconfigjson"
_MIRROR, _INSECURE = "--registry-mirror", "--insecure-registry"


def take_logins(kubernetes: Table, path: Path, changes: Changes) -> Table:
    """{"login": …} of a Secret that is mounted as docker's or kaniko's config.json, and is taken out of the volumes."""
    volumes = table(kubernetes.get("volumes"))
    for index, volume in enumerate(maps(volumes.get("secret"))):
        folder = str(volume.get("mount_path", "")).rstrip("/").removesuffix(f"/{_FILE}")
        if folder not in _FOLDERS:
            continue
        items = table(volume.get("items"))
        key = next((name for name, file in items.items() if file == _FILE), volume.get("sub_path") or _FILE)
        volumes["secret"] = [one for one in volumes["secret"] if one is not volume]
        message = f"the Secret {volume.get('name')} is podman.registries.login.existingSecret: podman logs in with it."
        changes.add(Fate.CHANGED, (*path, "kubernetes", "volumes", "secret", index), message)
        named = {"name": str(volume.get("name")), **({"key": str(key)} if key != _KEY else {})}
        return {"login": {"existingSecret": named}}
    return {}


def take_mirrors(kubernetes: Table, is_builder: Callable[[str], bool]) -> Table:
    """{"mirrors": …, "insecure": …} of what a service of docker was told on its command line."""
    mirrors, insecure = [], []
    for service in maps(kubernetes.get("services")):
        if not is_builder(str(service.get("name", ""))):
            continue
        words = [part for word in texts(service.get("command")) for part in word.split("=", 1)]
        for option, value in pairwise(words):
            scheme, _, host = value.rpartition("://")
            if option == _MIRROR:
                mirrors.append({"location": host.rstrip("/"), **({"insecure": True} if scheme == "http" else {})})
            elif option == _INSECURE:
                insecure.append(host)
    return {**({"mirrors": {"docker.io": mirrors}} if mirrors else {}), **({"insecure": insecure} if insecure else {})}
