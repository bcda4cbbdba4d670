"""What a [[runners]] table says beyond what a mode sets anyway."""

from __future__ import annotations

from typing import Any

from podrunner.importing.configuration import leaves
from podrunner.manifests.objects import maps, table
from podrunner.runner.job_pod.patches import patched

Table = dict[str, Any]
# Joined by the chart, where other keys of a runner replace the mode's.
_JOINED = ("environment", "pre_build_script")
_JOINED_IN_KUBERNETES = ("pod_spec", "volumes")


def difference(own: Table, mode: Table) -> Table:
    """The keys to write so that the chart, which lays them over those of the mode, comes to `own` again."""
    written = _over(_plain(own), _plain(mode))
    environment = [entry for entry in own.get("environment") or [] if entry not in (mode.get("environment") or [])]
    if environment:
        written["environment"] = environment
    if own.get("pre_build_script"):
        written["pre_build_script"] = own["pre_build_script"]
    kubernetes = {**table(written.pop("kubernetes", None)), **_joined_tables(own, mode)}
    return {**written, "kubernetes": kubernetes} if kubernetes else written


def additions(own: Table, mode: Table) -> list[tuple[str, str]]:
    """(key, what the mode puts there) for everything of a mode that `own` does not have."""
    said = {path for path, _ in leaves(_plain(own))}
    plain = [(".".join(map(str, path)), "") for path, _ in leaves(_plain(mode)) if path not in said]
    known = {str(entry).partition("=")[0] for entry in own.get("environment") or []}
    names = [str(entry).partition("=")[0] for entry in mode.get("environment") or []]
    joined = [("environment", name) for name in names if name not in known]
    if mode.get("pre_build_script"):
        joined.append(("pre_build_script", "podman's folders and configuration"))
    kubernetes = table(mode.get("kubernetes"))
    joined += [("kubernetes.pod_spec", str(patch.get("name", ""))) for patch in maps(kubernetes.get("pod_spec"))]
    for kind, volumes in table(kubernetes.get("volumes")).items():
        joined += [(f"kubernetes.volumes.{kind}", volume["name"]) for volume in maps(volumes)]
    return plain + joined


def covered_volumes(own: Table, mode: Table) -> list[tuple[str, int, Table]]:
    """(kind, index, volume) of `own` where the mode mounts a volume of its own: two at one place would be refused."""
    taken = {volume["mount_path"] for _, _, volume in _volumes(mode)}
    return [found for found in _volumes(own) if str(found[2].get("mount_path")).rstrip("/") in taken]


def _volumes(runner: Table) -> list[tuple[str, int, Table]]:
    kinds = table(table(runner.get("kubernetes")).get("volumes"))
    return [(kind, index, volume) for kind, every in kinds.items() for index, volume in enumerate(maps(every))]


def _plain(runner: Table) -> Table:
    kubernetes = {
        name: value for name, value in table(runner.get("kubernetes")).items() if name not in _JOINED_IN_KUBERNETES
    }
    return {**{name: value for name, value in runner.items() if name not in _JOINED}, "kubernetes": kubernetes}


def _over(own: Table, mode: Table) -> Table:
    found = {}
    for name, value in own.items():
        below = mode.get(name)
        if isinstance(value, dict) and isinstance(below, dict):
            more = _over(value, below)
            if more:
                found[name] = more
        elif name not in mode or value != below:
            found[name] = value
    return found


def _joined_tables(own: Table, mode: Table) -> Table:
    every = maps(table(own.get("kubernetes")).get("pod_spec"))
    patches = [patch for index, patch in enumerate(every) if index not in covered_patches(own, mode)]
    taken = [id(volume) for _, _, volume in covered_volumes(own, mode)]
    volumes: Table = {}
    for kind, _, volume in _volumes(own):
        if id(volume) not in taken:
            volumes.setdefault(kind, []).append(volume)
    return {**({"pod_spec": patches} if patches else {}), **({"volumes": volumes} if volumes else {})}


def covered_patches(own: Table, mode: Table) -> list[int]:
    """Indexes of patches that do nothing but to ask for a user namespace, where the mode does that, too."""
    modes = [str(one.get("patch", "")) for one in maps(table(mode.get("kubernetes")).get("pod_spec"))]
    if not any("hostUsers" in text for text in modes):
        return []
    return [index for index, patch in enumerate(maps(table(own.get("kubernetes")).get("pod_spec"))) if _alone(patch)]


def _alone(patch: Table) -> bool:
    made = patched({}, str(patch.get("patch", "")), str(patch.get("patch_type") or "strategic"))
    return made == {"hostUsers": False}
