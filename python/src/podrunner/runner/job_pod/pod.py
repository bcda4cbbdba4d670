"""The pod that the Kubernetes executor makes for a job: containers, security, volumes and what pod_spec patches."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.findings.finding import Finding
from podrunner.findings.rules.job_pods import JOB_POD_REFUSED, JOB_POD_SECURITY
from podrunner.formats.toml import read_toml
from podrunner.manifests.objects import maps, table
from podrunner.manifests.security.pod_security import ENFORCE, LEVELS, level
from podrunner.manifests.security.scc import judge
from podrunner.runner.job_pod.objects import job_objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.manifests.rendering import Rendering


def check_job_pods(
    rendering: Rendering, values: Mapping[str, Any], modes: Mapping[str, Any], kube_version: str
) -> list[Finding]:
    """Compare the level of each runner's job pod with what the table of modes promises to administrators."""
    found: list[Finding] = []
    for config in rendering.configs:
        for runner, pod in _job_pods(config.toml.text):
            needed, reasons = level(pod, kube_version)
            mode = _mode(str(runner.get("name")), values)
            finding = _beyond(runner, needed, reasons, mode, modes)
            found += [replace(one, object=f"ConfigMap/{config.name}") for one in finding]
            found += _refused(runner, needed, reasons, rendering)
            found += _refused_by_constraints(runner, pod, mode, rendering)
    return found


@lru_cache(maxsize=1024)
def _job_pods(text: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The runners of a config.toml, each with its job's pod: the same on all Kubernetes versions."""
    return [(runner, job_pod(runner)) for runner in maps(read_toml(text).data.get("runners"))]


def _refused(runner: Mapping[str, Any], needed: str, reasons: list[str], rendering: Rendering) -> Iterator[Finding]:
    """An error where the release itself makes a namespace that refuses the runner's job pods."""
    where = table(runner.get("kubernetes")).get("namespace")
    for document in rendering.documents:
        metadata = table(document.data.get("metadata"))
        enforced = table(metadata.get("labels")).get(ENFORCE)
        if document.data.get("kind") != "Namespace" or metadata.get("name") != where or enforced not in LEVELS:
            continue
        if LEVELS.index(needed) > LEVELS.index(str(enforced)):
            message = (
                f"enforces the Pod Security level {enforced}, jobs of runner {runner.get('name')} need {needed}: "
                f"{'; '.join(reasons[:4])}. Their pods would be refused. Set jobs.podSecurity.enforce: {needed}."
            )
            path = f"metadata.labels.{ENFORCE}"
            yield Finding(JOB_POD_REFUSED, message, object=document.name, path=path)


def _refused_by_constraints(
    runner: Mapping[str, Any], pod: Mapping[str, Any], mode: str, rendering: Rendering
) -> Iterator[Finding]:
    """An error for each field of the job pod that the release's own constraints refuse, in the mode that uses them."""
    if mode != "openshift":
        return
    for document in rendering.documents:
        if document.data.get("kind") != "SecurityContextConstraints":
            continue
        # OpenShift gives a namespace its ranges of ids when it is made: no chart knows them.
        yield from judge(pod, document.data, None, f"refuses the job pods of runner {runner.get('name')}: ").findings


def _mode(runner: str, values: Mapping[str, Any]) -> str:
    own = table(table(table(values.get("runners")).get(runner)).get("podman"))
    return str(own.get("mode", table(values.get("podman")).get("mode")))


def _beyond(
    runner: Mapping[str, Any], needed: str, reasons: list[str], mode: str, modes: Mapping[str, Any]
) -> Iterator[Finding]:
    promised = table(modes.get(mode)).get("podSecurity")
    if promised in LEVELS and LEVELS.index(needed) > LEVELS.index(promised):
        name = runner.get("name")
        message = (
            f"jobs of runner {name} need the Pod Security level {needed}, mode {mode} promises {promised}: "
            f"{'; '.join(reasons[:4])}."
        )
        yield Finding(JOB_POD_SECURITY, message, path=f"runners.{name}")


def job_pod_level(runner: Mapping[str, Any], promised: str, kube_version: str) -> str:
    """The Pod Security level that the namespace of a runner's jobs has to allow.

    That which its mode promises, or more where options or own keys of config.toml ask for more.
    """
    needed, _ = level(job_pod(runner), kube_version)
    return max(promised, needed, key=LEVELS.index)


def job_pod(runner: Mapping[str, Any]) -> dict[str, Any]:
    """The pod spec of a job that overwrites nothing and brings no services of its own, see `job_objects`."""
    return job_objects(runner).spec
