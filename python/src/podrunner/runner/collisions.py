"""Volumes of a runner's jobs that have the name or the place of another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.config_toml import CONFIG_VOLUME_MOUNT, CONFIG_VOLUME_NAME
from podrunner.findings.severity import Severity
from podrunner.manifests.admission.volumes import MOUNT_TWICE, VOLUME_TWICE, mount_faults, volume_faults
from podrunner.manifests.objects import maps, table
from podrunner.runner.fault import Fault
from podrunner.runner.job_pod.objects import patched_spec
from podrunner.runner.job_pod.setup import BUILDS_DIR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.path import Path


# The executor makes a volume of each of these names for every job.
OWN_VOLUMES = ("repo", "scripts", "logs")


def volume_collisions(runner: dict[str, Any], path: Path) -> Iterator[Fault]:
    """Faults of the volumes in a `[[runners]]` table, and of patches that add others to its pods. `path` is the table's."""
    builds_dir = runner.get("builds_dir") or BUILDS_DIR
    mounted: dict[str, tuple[str, str]] = {}
    named: dict[str, str] = {}
    for kind, volumes in table(table(runner.get("kubernetes")).get("volumes")).items():
        for index, volume in enumerate(maps(volumes)):
            at = (*path, "kubernetes", "volumes", kind, index)
            yield from _own_name(volume, builds_dir, at)
            yield from _same_name(volume, kind, named, at)
            yield from _same_mount(volume, mounted, at)
    yield from _by_patches(runner, path)


def _own_name(volume: dict[str, Any], builds_dir: str, path: Path) -> Iterator[Fault]:
    name, mount = volume.get("name"), volume.get("mount_path")
    # A volume mounted exactly at builds_dir takes the place of the runner's own `repo`.
    if name not in OWN_VOLUMES or (name == "repo" and mount == builds_dir):
        return
    message = (
        f"Two volumes named `{name}`: the runner makes one of that name for every job, so the job's pod is refused. "
    )
    way_out = "Give this one another name"
    way_out += f", or mount it exactly at builds_dir, {builds_dir}." if name == "repo" else "."
    yield Fault(CONFIG_VOLUME_NAME, (*path, "name"), message + way_out)


def _same_name(volume: dict[str, Any], kind: str, named: dict[str, str], path: Path) -> Iterator[Fault]:
    name = volume.get("name")
    if not isinstance(name, str) or not name or name in OWN_VOLUMES:
        return
    # The runner makes one volume of claims of one name, and of nothing else.
    if name in named and {kind, named[name]} != {"pvc"}:
        other = "another one" if kind == named[name] else f"one of the kind {named[name]}"
        message = f"Two volumes named `{name}`: {other} has that name, too, so the job's pod is refused. "
        yield Fault(CONFIG_VOLUME_NAME, (*path, "name"), f"{message}Give this one another name.")
    named.setdefault(name, kind)


def _same_mount(volume: dict[str, Any], mounted: dict[str, tuple[str, str]], path: Path) -> Iterator[Fault]:
    mount, sub_path = volume.get("mount_path"), volume.get("sub_path")
    if not isinstance(mount, str):
        return
    place = mount.rstrip("/") or "/"
    if place in mounted:
        other, text = mounted[place]
        # The API server compares texts: it takes /a beside /a/, of which the job sees one.
        is_refused = text == mount
        what = "The job's pod is refused." if is_refused else "One of them hides the other."
        message = f"two volumes at {place}: {other} is mounted there, too. {what}"
        severity = None if is_refused else Severity.WARNING
        yield Fault(CONFIG_VOLUME_MOUNT, (*path, "mount_path"), message, severity)
    name = f"`{volume.get('name', '')}`" + (f" ({sub_path})" if sub_path else "")
    mounted.setdefault(place, (name, mount))


_SAID = {
    VOLUME_TWICE: (CONFIG_VOLUME_NAME, "Two volumes named `{}`", "Give one of them another name."),
    MOUNT_TWICE: (CONFIG_VOLUME_MOUNT, "two volumes at {}", "Mount one of them elsewhere."),
}


def _by_patches(runner: dict[str, Any], path: Path) -> Iterator[Fault]:
    """What collides in the pod of a job, and did not before its patches: a fault of the first patch that makes it so."""
    patches = maps(table(runner.get("kubernetes")).get("pod_spec"))
    if not patches:
        return
    before = _collisions(runner, [])
    for reason, text in (one for one in _collisions(runner, patches) if one not in before):
        rule, what, way_out = _SAID[reason]
        firsts = (count for count in range(len(patches)) if (reason, text) in _collisions(runner, patches[: count + 1]))
        at = (*path, "kubernetes", "pod_spec", next(firsts), "patch")
        yield Fault(rule, at, f"{what.format(text)} with this patch, so the job's pod is refused. {way_out}")


def _collisions(runner: dict[str, Any], patches: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """(reason, name or path) of what is there twice in the pod of a job, with these patches alone."""
    spec = patched_spec(runner, patches)
    faults = [*volume_faults(spec)]
    for kind in ("initContainers", "containers"):
        for container in maps(spec.get(kind)):
            faults += mount_faults(kind, container)
    return [*dict.fromkeys((one.reason, str(one.value)) for one in faults if one.reason in _SAID)]
