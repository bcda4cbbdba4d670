"""The pod that the Kubernetes executor makes for a job: containers, security, volumes and what pod_spec patches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.findings.finding import Finding
from podrunner.findings.path import dotted
from podrunner.findings.rules.job_pods import JOB_POD_NONE, JOB_POD_PROMISE, JOB_POD_REFUSED, JOB_POD_SECURITY
from podrunner.findings.severity import Severity
from podrunner.formats.toml import read_toml
from podrunner.manifests.objects import maps, table
from podrunner.manifests.security.pod_security import ENFORCE, LEVELS, level, level_reasons
from podrunner.manifests.security.promise import Promise, check_pods
from podrunner.manifests.security.scc import judge
from podrunner.runner.job_pod.access import access_of, more_tokens
from podrunner.runner.job_pod.culprit import by_culprit, culprit, without_patches
from podrunner.runner.job_pod.objects import MODELLED, job_objects, objects_with_a_service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.findings.path import Path
    from podrunner.manifests.rendering import Rendering
    from podrunner.manifests.security.pod_security import LevelReason
    from podrunner.runner.job_pod.access import JobAccess
    from podrunner.runner.job_pod.objects import JobObjects

# Findings, each with the key of the runner that makes it so where that is known.
Placed = Iterator[tuple[Finding, "Path | None"]]
_DIND = re.compile(r"(^|/)docker:[^/]*dind")


@dataclass(frozen=True, slots=True)
class _Judged:
    """A runner's table with what it makes for a `job` that brings a service, and what both are judged by."""

    runner: Mapping[str, Any]
    job: JobObjects
    mode: str
    modes: Mapping[str, Any]
    kube_version: str
    runner_version: str

    @property
    def name(self) -> str:
        """What the runner is called."""
        return str(self.runner.get("name"))

    def of(self, runner: Mapping[str, Any]) -> JobObjects:
        """What another table makes for such a job."""
        return objects_with_a_service(runner, self.runner_version)


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
        for index, (runner, job, with_a_service) in enumerate(jobs_of(config.toml.text, runner_version)):
            pod = with_a_service.spec
            needed, reasons = level(pod, kube_version, with_a_service.annotations)
            mode = _mode(str(runner.get("name")), values)
            judged = _Judged(runner, with_a_service, mode, modes, kube_version, runner_version)
            placed = [*_beyond(judged), *_without_pod(runner, job.refusal), *_broken(judged), *_with_access(judged)]
            at = f"runners[{index}]"
            found += [
                replace(
                    one,
                    object=f"ConfigMap/{config.name}",
                    path=f"{at}.{dotted(path)}" if path else one.path,
                    reason=one.message,
                )
                for one, path in placed
            ]
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


def _without_pod(runner: Mapping[str, Any], refusal: str) -> Placed:
    # A name with a variable is not known yet; amounts, labels and patches that cannot be read are findings of their keys.
    told = refusal.endswith("not an amount") or refusal.startswith(("the label ", "a patch of pod_spec: must be "))
    if refusal and "$" not in refusal and not told:
        name = runner.get("name")
        found = Finding(JOB_POD_NONE, f"no job of runner {name} gets a pod: {refusal}.", path=f"runners.{name}")
        yield found, culprit(runner, lambda one: job_objects(one).refusal == refusal)


def _broken(judged: _Judged) -> Placed:
    """What the mode promises and the pod does not keep. Privileged jobs are promised nothing about others."""
    promise = table(table(judged.modes.get(judged.mode)).get("promise"))
    if not promise or promise.get("privileged"):
        return

    def problems(job: JobObjects) -> list[str]:
        checks = check_pods([{"spec": job.spec}], Promise.from_dict(promise))
        return [*(one.problem for one in checks if one.problem), *_beside_the_build(job.spec, judged.kube_version)]

    by_path = by_culprit(judged.runner, problems(judged.job), lambda one: problems(judged.of(one)))
    for path, some in by_path.items():
        message = f"jobs of runner {judged.name} are not what mode {judged.mode} promises: {'; '.join(some[:3])}."
        yield Finding(JOB_POD_PROMISE, message, path=f"runners.{judged.name}"), path


def _with_access(judged: _Judged) -> Placed:
    """An error for a token that patches give to jobs though the key says that they have none, a warning for another account."""
    patches = maps(table(judged.runner.get("kubernetes")).get("pod_spec"))
    if judged.mode not in judged.modes or not patches:
        return

    def access(runner: Mapping[str, Any]) -> JobAccess:
        return access_of(judged.of(runner).spec)

    name, before, after = judged.name, access(without_patches(judged.runner)), access_of(judged.job.spec)
    for token in more_tokens(before, after):
        message = (
            f"jobs of runner {name} can talk to the API of Kubernetes, by a patch: {token}, though "
            "automount_service_account_token is false. Set that key for jobs that are to have a token."
        )
        at = culprit(judged.runner, lambda one, said=token: said in access(one).tokens)  # type: ignore[misc]
        yield Finding(JOB_POD_PROMISE, message, path=f"runners.{name}"), at
    if after.account != before.account:
        message = (
            f"jobs of runner {name} have the account {after.account or 'default'} by a patch, not "
            f"{before.account or 'default'}: what that may do, jobs may. Set service_account instead."
        )
        at = culprit(judged.runner, lambda one: access(one).account == after.account)
        yield Finding(JOB_POD_PROMISE, message, path=f"runners.{name}", severity=Severity.WARNING), at


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


def _beyond(judged: _Judged) -> Placed:
    promised = table(judged.modes.get(judged.mode)).get("podSecurity")
    needed, _ = level(judged.job.spec, judged.kube_version, judged.job.annotations)
    if promised not in LEVELS or LEVELS.index(needed) <= LEVELS.index(promised):
        return

    def reasons(job: JobObjects) -> dict[str, str]:
        """By name, as numbers move when an item before goes → with the number."""
        needed_now, found = level_reasons(job.spec, judged.kube_version, job.annotations)
        return {one.told(_name_of(one, job.spec)): str(one) for one in found} if needed_now == needed else {}

    numbered = reasons(judged.job)
    for path, some in by_culprit(judged.runner, numbered, lambda one: [*reasons(judged.of(one))]).items():
        message = (
            f"jobs of runner {judged.name} need the Pod Security level {needed}, mode {judged.mode} promises {promised}: "
            f"{'; '.join(numbered[one] for one in some[:4])}."
        )
        yield Finding(JOB_POD_SECURITY, message, path=f"runners.{judged.name}"), path


def _name_of(reason: LevelReason, pod: Mapping[str, Any]) -> str:
    items = maps(pod.get(reason.items)) if reason.items else []
    return str(items[reason.index].get("name", reason.index)) if items else ""


def job_pod_level(runner: Mapping[str, Any], promised: str, kube_version: str) -> str:
    """The Pod Security level that the namespace of a runner's jobs has to allow.

    That which its mode promises, or more where options or own keys of config.toml ask for more.
    """
    job = objects_with_a_service(runner)
    needed, _ = level(job.spec, kube_version, job.annotations)
    return max(promised, needed, key=LEVELS.index)


def judged_pod(runner: Mapping[str, Any]) -> dict[str, Any]:
    """The pod spec by which a runner's jobs are judged: that of a job that brings a service, as every job may."""
    return objects_with_a_service(runner).spec


def job_pod(runner: Mapping[str, Any]) -> dict[str, Any]:
    """The pod spec of a job that overwrites nothing and brings no services of its own, see `job_objects`."""
    return job_objects(runner).spec
