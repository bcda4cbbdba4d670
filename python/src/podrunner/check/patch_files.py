"""Patches of job pods that the manager reads from a file: `patch_path` of pod_spec."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from podrunner.findings.finding import Finding
from podrunner.findings.path import dotted, spoken
from podrunner.findings.rules.job_pods import JOB_POD_NONE, JOB_POD_UNREAD
from podrunner.findings.suggest import listed
from podrunner.manifests.image import split_image
from podrunner.manifests.objects import find_pods, maps, table
from podrunner.runner.origin import written_path
from podrunner.values.places import locate, written_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.formats.placed import Values
    from podrunner.manifests.rendering import Config, Rendering

_MANAGER = "manager"
# The image that has no patches of its own. What another one has is not known.
_OF_GITLAB = "gitlab-org/gitlab-runner"


def check_patch_files(rendering: Rendering, layers: Sequence[Values]) -> list[Finding]:
    """An error for a file that no mount of the manager holds, for which every job of the runner fails, else a note.

    What is in the file is not known here, so the pod is judged without it.
    """
    said = [(config, *one) for config in rendering.configs for one in _files(config)]
    managers = list(_managers(rendering)) if said else []
    found = [_finding(config, path, file, managers, layers) for config, path, file in said]
    return [*dict.fromkeys(found)] if managers else []


def _files(config: Config) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for index, runner in enumerate(maps(config.toml.data.get("runners"))):
        for number, patch in enumerate(maps(table(runner.get("kubernetes")).get("pod_spec"))):
            file = patch.get("patch_path")
            # Of one beside a patch, it is told that neither is taken.
            if isinstance(file, str) and file and not patch.get("patch"):
                yield ("runners", index, "kubernetes", "pod_spec", number, "patch_path"), file


def _managers(rendering: Rendering) -> Iterator[dict[str, Any]]:
    for pod in find_pods(rendering.documents, rendering.namespace):
        for _, container in pod.containers():
            if container.get("name") == _MANAGER and pod.document.data.get("kind") in ("Deployment", "StatefulSet"):
                yield container


def _finding(
    config: Config,
    key: tuple[str | int, ...],
    file: str,
    managers: Sequence[dict[str, Any]],
    layers: Sequence[Values],
) -> Finding:
    path = written_path(key, config.toml.data, written_values(layers)) or key
    mounts = [str(one.get("mountPath")) for manager in managers for one in maps(manager.get("volumeMounts"))]
    is_held = any(PurePosixPath(file).is_relative_to(mount) for mount in mounts)
    is_plain = all(split_image(str(one.get("image")))[0].endswith(_OF_GITLAB) for one in managers)
    if is_held or not is_plain:
        rule = JOB_POD_UNREAD
        reason = f"{file} is read by the manager alone, so this check judged the pod without that patch. Write it as `patch`, and it is judged."
    else:
        rule = JOB_POD_NONE
        reason = (
            f"no mount of the manager holds {file}, and without the file no job can start. Mount it by "
            f"manager.extraVolumes and manager.extraVolumeMounts, or write it as `patch`. Mounts: {listed(sorted(set(mounts)))}."
        )
    finding = Finding(rule, f"{spoken(path)}: {reason}", path=dotted(path), severity=rule.severity, about=file)
    return locate(finding, layers, path)
