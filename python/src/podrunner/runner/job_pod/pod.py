"""The pod that the Kubernetes executor makes for a job: containers, security, volumes and what pod_spec patches."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.findings.finding import Finding
from podrunner.findings.rules.job_pods import JOB_POD_NONE, JOB_POD_PROMISE, JOB_POD_REFUSED, JOB_POD_SECURITY
from podrunner.formats.toml import read_toml
from podrunner.manifests.objects import maps, table
from podrunner.manifests.security.pod_security import ENFORCE, LEVELS, level, level_reasons
from podrunner.manifests.security.promise import Promise, check_pods
from podrunner.manifests.security.scc import judge
from podrunner.runner.job_pod.objects import MODELLED, job_objects, objects_with_a_service

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.manifests.rendering import Rendering
    from podrunner.manifests.security.pod_security import LevelReason
    from podrunner.runner.job_pod.objects import JobObjects

_DIND = re.compile(r"(^|/)docker:[^/]*dind")


def check_job_pods(
    rendering: Rendering,
    values: Mapping[str, Any],
    modes: Mapping[str, Any],
    kube_version: str,
    runner_version: str = MODELLED,
) -> list[Finding]:
    """Compare each runner's job pod, as it is with services and patches, with what its mode promises."""
    found: list[Finding] = []
    for config in rendering.configs:
        for runner, job, with_a_service in jobs_of(config.toml.text, runner_version):
            pod = with_a_service.spec
            needed, reasons = level(pod, kube_version)
            mode = _mode(str(runner.get("name")), values)
            finding = [*_beyond(runner, needed, reasons, mode, modes), *_without_pod(runner, job.refusal)]
            finding += _broken(runner, pod, mode, modes, kube_version)
            found += [replace(one, object=f"ConfigMap/{config.name}") for one in finding]
            found += _refused(runner, needed, reasons, rendering)
            found += _refused_by_constraints(runner, pod, mode, rendering)
    return found


@lru_cache(maxsize=1024)
def jobs_of(config_toml: str, runner_version: str = MODELLED) -> list[tuple[dict[str, Any], JobObjects, JobObjects]]:
    """The runners of a config.toml, each with what it makes for a job that says nothing, and for one that brings a service.

    The same on all Kubernetes versions. Not to be changed.
    """
    runners = maps(read_toml(config_toml).data.get("runners"))
    return [
        (one, job_objects(one, None, runner_version), objects_with_a_service(one, runner_version)) for one in runners
    ]


def _without_pod(runner: Mapping[str, Any], refusal: str) -> Iterator[Finding]:
    # A name with a variable is not known yet; amounts, labels and patches that cannot be read are findings of their keys.
    told = refusal.endswith("not an amount") or refusal.startswith(("the label ", "a patch of pod_spec: must be "))
    if refusal and "$" not in refusal and not told:
        name = runner.get("name")
        yield Finding(JOB_POD_NONE, f"no job of runner {name} gets a pod: {refusal}.", path=f"runners.{name}")


def _broken(
    runner: Mapping[str, Any], pod: dict[str, Any], mode: str, modes: Mapping[str, Any], kube_version: str
) -> Iterator[Finding]:
    """What the mode promises and the pod does not keep. Privileged jobs are promised nothing about others."""
    promise = table(table(modes.get(mode)).get("promise"))
    if not promise or promise.get("privileged"):
        return
    problems = [check.problem for check in check_pods([{"spec": pod}], Promise.from_dict(promise)) if check.problem]
    problems += _beside_the_build(pod, kube_version)
    if problems:
        name = runner.get("name")
        message = f"jobs of runner {name} are not what mode {mode} promises: {'; '.join(problems[:3])}."
        yield Finding(JOB_POD_PROMISE, message, path=f"runners.{name}")


def _beside_the_build(pod: dict[str, Any], kube_version: str) -> Iterator[str]:
    """What services, the helper and init containers may do beyond the level baseline, and Docker in Docker."""
    for reason in level_reasons(pod, kube_version)[1]:
        containers = maps(pod.get(reason.items))
        name = str(containers[reason.index].get("name")) if containers else ""
        if containers and reason.items != "volumes" and name != "build" and _is_danger(reason):
            yield f"{name} has {reason.field} {', '.join(reason.found)}"
    for container in maps(pod.get("containers")):
        if container.get("name") not in ("build", "helper") and _DIND.search(str(container.get("image"))):
            yield f"{container.get('name')} is {container.get('image')}, which runs in a privileged container alone"


def _is_danger(reason: LevelReason) -> bool:
    return "Unconfined" in reason.found or "SYS_ADMIN" in reason.found or reason.field.endswith("procMount")


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
    needed, _ = level(judged_pod(runner), kube_version)
    return max(promised, needed, key=LEVELS.index)


def judged_pod(runner: Mapping[str, Any]) -> dict[str, Any]:
    """The pod spec by which a runner's jobs are judged: that of a job that brings a service, as every job may."""
    return objects_with_a_service(runner).spec


def job_pod(runner: Mapping[str, Any]) -> dict[str, Any]:
    """The pod spec of a job that overwrites nothing and brings no services of its own, see `job_objects`."""
    return job_objects(runner).spec
