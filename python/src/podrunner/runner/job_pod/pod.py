"""The pod that the Kubernetes executor makes for a job: containers, security, volumes and what pod_spec patches."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.job_pods import (
    JOB_POD_NONE,
    JOB_POD_PATCH,
    JOB_POD_POLICY,
    JOB_POD_PROMISE,
    JOB_POD_REFUSED,
    JOB_POD_SECURITY,
)
from podrunner.findings.severity import Severity
from podrunner.formats.toml import read_toml
from podrunner.manifests.objects import maps, table
from podrunner.manifests.security.job_policy import denying_policies, refusals
from podrunner.manifests.security.pod_security import ENFORCE, LEVELS, level, level_reasons
from podrunner.manifests.security.promise import Promise, check_pods
from podrunner.manifests.security.scc import judge
from podrunner.runner.job_pod.access import access_of, more_tokens
from podrunner.runner.job_pod.culprit import by_culprit, culprit, without_patches
from podrunner.runner.job_pod.objects import MODELLED, job_objects, objects_with_a_service
from podrunner.runner.job_pod.replaced_lists import as_meant, replaced_lists
from podrunner.runner.job_pod.shared_fault import PROMISES, RUNNERS, SharedFault, told_once

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.findings.finding import Finding
    from podrunner.findings.path import Path
    from podrunner.findings.rules.rule import Rule
    from podrunner.manifests.rendering import Config, Document, Rendering
    from podrunner.manifests.security.pod_security import LevelReason
    from podrunner.runner.job_pod.access import JobAccess
    from podrunner.runner.job_pod.objects import JobObjects

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

    def fault(
        self, rule: Rule, text: str, at: Path | None = None, *, severity: Severity | None = None, same: str = ""
    ) -> SharedFault:
        """Something wrong with the pods; `at` is the key or patch in the runner's table that makes it so."""
        return SharedFault(rule, text, str(self.runner.get("name")), self.mode, severity, at or (), same=same)

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
    faults = job_pod_faults(rendering, values, modes, kube_version, runner_version)
    return [fault.finding(sentence) for fault, sentence in told_once(faults, lambda one: one.place)]


def job_pod_faults(
    rendering: Rendering,
    values: Mapping[str, Any],
    modes: Mapping[str, Any],
    kube_version: str,
    runner_version: str = MODELLED,
) -> Iterator[SharedFault]:
    """The same of each runner by itself, with the key of its table in config.toml that is at fault."""
    for config in rendering.configs:
        yield from _by_replaced_lists(config, runner_version)
        for index, (runner, job, with_a_service) in enumerate(jobs_of(config.toml.text, runner_version)):
            pod = with_a_service.spec
            needed, reasons = level(pod, kube_version, with_a_service.annotations)
            mode = _mode(index, values)
            judged = _Judged(runner, with_a_service, mode, modes, kube_version, runner_version)
            by_itself = (
                *_beyond(judged, rendering),
                *_without_pod(judged, job.refusal),
                *_broken(judged),
                *_with_access(judged),
            )
            for one in (*by_itself, *_refused_by_policy(judged, rendering)):
                path = ("runners", index, *one.path) if one.path else ()
                yield replace(one, object=f"ConfigMap/{config.name}", path=path, field=f"runners.{one.runner}")
            yield from _refused(judged, needed, reasons, rendering)
            yield from _refused_by_constraints(judged, pod, rendering)


@lru_cache(maxsize=1024)
def jobs_of(config_toml: str, runner_version: str = MODELLED) -> list[tuple[dict[str, Any], JobObjects, JobObjects]]:
    """The runners of a config.toml, each with what it makes for a job that says nothing, and for one that brings a service.

    The same on all Kubernetes versions. Not to be changed. Patches that replace lists join them: that they do not is told
    by itself.
    """
    runners = [as_meant(one, runner_version) for one in maps(read_toml(config_toml).data.get("runners"))]
    return [
        (one, job_objects(one, None, runner_version), objects_with_a_service(one, runner_version)) for one in runners
    ]


def _by_replaced_lists(config: Config, runner_version: str) -> Iterator[SharedFault]:
    """Patches that take away what the runner needs, an error, or what jobs can do without."""
    for index, runner in enumerate(maps(config.toml.data.get("runners"))):
        for one in replaced_lists(runner, runner_version):
            severity = None if one.is_fatal else Severity.WARNING
            text, name = one.sentence(RUNNERS), str(runner.get("name"))
            path = ("runners", index, *one.at)
            yield SharedFault(JOB_POD_PATCH, text, name, "", severity, path, f"ConfigMap/{config.name}")


def _without_pod(judged: _Judged, refusal: str) -> Iterator[SharedFault]:
    # A name with a variable is not known yet; amounts, policies, labels and patches that cannot be read are findings of
    # their keys.
    told = refusal.endswith(("not an amount", "is not known"))
    told = told or refusal.startswith(("the label ", "a patch of pod_spec: must "))
    if refusal and "$" not in refusal and not told:
        at = culprit(judged.runner, lambda one: job_objects(one).refusal == refusal)
        yield judged.fault(JOB_POD_NONE, f"no job of {RUNNERS} gets a pod: {refusal}.", at, same=refusal)


def _broken(judged: _Judged) -> Iterator[SharedFault]:
    """What the mode promises and the pod does not keep. Privileged jobs are promised nothing about others."""
    found = _broken_by(judged, judged.job)
    by_path = by_culprit(judged.runner, found, lambda one: _broken_by(judged, judged.of(one)))
    for path, some in by_path.items():
        text = f"jobs of {RUNNERS} are not what {PROMISES}: {'; '.join(some[:3])}."
        if path and path[-1] == "patch" and any("hostUsers is " in one for one in some):
            text += " Remove hostUsers from the patch."
        yield judged.fault(JOB_POD_PROMISE, text, path)


def _broken_by(judged: _Judged, job: JobObjects) -> list[str]:
    promise = table(table(judged.modes.get(judged.mode)).get("promise"))
    if not promise or promise.get("privileged"):
        return []
    checks = check_pods([{"spec": job.spec}], Promise.from_dict(promise))
    return [*(one.problem for one in checks if one.problem), *_beside_the_build(job.spec, judged.kube_version)]


def _is_promised(reason: LevelReason, name: str, broken: list[str]) -> bool:
    """Whether what is broken of the promise is this field of the container of that name."""
    said = [part for problem in broken for part in problem.split("; ")]
    if reason.field.endswith(".privileged"):
        return any(name in part.removeprefix("privileged: ").split(", ") for part in said if ": " in part)
    words = reason.field.split(".")
    of_build = (
        name == "build"
        and len(words) > 1
        and any(part.startswith((f"{words[1]}: ", f"{words[1]} is ")) for part in said)
    )
    return of_build or any(part.startswith(f"{name} has {reason.field} ") for part in said)


def _with_access(judged: _Judged) -> Iterator[SharedFault]:
    """An error for a token that patches give to jobs though the key says that they have none, a warning for another account."""
    patches = maps(table(judged.runner.get("kubernetes")).get("pod_spec"))
    if judged.mode not in judged.modes or not patches:
        return

    def access(runner: Mapping[str, Any]) -> JobAccess:
        return access_of(judged.of(runner).spec)

    before, after = access(without_patches(judged.runner)), access_of(judged.job.spec)
    for token in more_tokens(before, after):
        text = (
            f"jobs of {RUNNERS} can talk to the API of Kubernetes, by a patch: {token}, though "
            "automount_service_account_token is false. Set that key for jobs that are to have a token."
        )
        at = culprit(judged.runner, lambda one, said=token: said in access(one).tokens)  # type: ignore[misc]
        yield judged.fault(JOB_POD_PROMISE, text, at, same=token)
    if after.account != before.account:
        text = (
            f"jobs of {RUNNERS} have the account {after.account or 'default'} by a patch, not "
            f"{before.account or 'default'}: what that may do, jobs may. Set service_account instead."
        )
        at = culprit(judged.runner, lambda one: access(one).account == after.account)
        found = judged.fault(JOB_POD_PROMISE, text, at, severity=Severity.WARNING)
        yield replace(found, about=after.account)


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


def _refused(judged: _Judged, needed: str, reasons: list[str], rendering: Rendering) -> Iterator[SharedFault]:
    """An error where the release itself makes a namespace that refuses the runner's job pods."""
    if _is_beyond(judged, needed):
        # What makes it so has to go first, and is told by itself.
        return
    for document, enforced in _refusing(judged, needed, rendering):
        text = (
            f"enforces the Pod Security level {enforced}, jobs of {RUNNERS} need {needed}: "
            f"{'; '.join(reasons[:4])}. Their pods would be refused. Set jobs.podSecurity.enforce: {needed}."
        )
        found = judged.fault(JOB_POD_REFUSED, text, same=needed)
        yield replace(found, object=document.name, field=f"metadata.labels.{ENFORCE}")


def _refusing(judged: _Judged, needed: str, rendering: Rendering) -> Iterator[tuple[Document, str]]:
    """(the namespace of the jobs, the level that it enforces) where the release makes it and it refuses what is needed."""
    where = table(judged.runner.get("kubernetes")).get("namespace")
    for document in rendering.documents:
        metadata = table(document.data.get("metadata"))
        enforced = str(table(metadata.get("labels")).get(ENFORCE))
        is_of_jobs = document.data.get("kind") == "Namespace" and metadata.get("name") == where
        if is_of_jobs and enforced in LEVELS and LEVELS.index(needed) > LEVELS.index(enforced):
            yield document, enforced


def _is_beyond(judged: _Judged, needed: str) -> bool:
    """Whether jobs need more than their mode promises of the level of Pod Security."""
    promised = table(judged.modes.get(judged.mode)).get("podSecurity")
    return promised in LEVELS and LEVELS.index(needed) > LEVELS.index(str(promised))


def _refused_by_policy(judged: _Judged, rendering: Rendering) -> Iterator[SharedFault]:
    """An error for what the release's own policy refuses of the runner's job pods."""
    for name, runners in denying_policies(rendering.documents):

        def problems(job: JobObjects, runners: Mapping[str, Any] = runners) -> list[str]:
            return refusals(job.pod, str(job.pod["metadata"]["namespace"]), runners)

        found = problems(judged.job)
        for path, some in by_culprit(judged.runner, found, lambda one: problems(judged.of(one))).items():
            text = f"{name} refuses every job of {RUNNERS}: {'; '.join(some[:3])}."
            yield judged.fault(JOB_POD_POLICY, text, path)


def _refused_by_constraints(judged: _Judged, pod: Mapping[str, Any], rendering: Rendering) -> Iterator[SharedFault]:
    """An error for each field of the job pod that the release's own constraints refuse, in the mode that uses them."""
    if judged.mode != "openshift":
        return
    for document in rendering.documents:
        if document.data.get("kind") != "SecurityContextConstraints":
            continue
        # OpenShift gives a namespace its ranges of ids when it is made: no chart knows them.
        for one in judge(pod, document.data, None, f"refuses the job pods of {RUNNERS}: ").findings:
            found = judged.fault(one.rule, one.message, severity=one.severity, same=one.message)
            yield replace(found, object=one.object, field=one.path)


def _mode(index: int, values: Mapping[str, Any]) -> str:
    """The mode of a table of config.toml by its place: the chart sorts them by their keys, and `config.name` may rename them."""
    runners = sorted(table(values.get("runners")).items(), key=lambda one: str(one[0]))
    own = table(table(runners[index][1]).get("podman")) if index < len(runners) else {}
    return str(own.get("mode", table(values.get("podman")).get("mode")))


def _beyond(judged: _Judged, rendering: Rendering) -> Iterator[SharedFault]:
    """A warning for what needs more than the mode's level of Pod Security, an error where the release's namespace refuses it."""
    needed, _ = level(judged.job.spec, judged.kube_version, judged.job.annotations)
    if not _is_beyond(judged, needed):
        return
    promised = table(judged.modes.get(judged.mode)).get("podSecurity")

    def reasons(job: JobObjects) -> dict[str, LevelReason]:
        """By name, as numbers move when an item before goes."""
        needed_now, found = level_reasons(job.spec, judged.kube_version, job.annotations)
        return {one.told(_name_of(one, job.spec)): one for one in found} if needed_now == needed else {}

    # What breaks the promise is an error by itself.
    broken = _broken_by(judged, judged.job)
    numbered = {
        told: one
        for told, one in reasons(judged.job).items()
        if not _is_promised(one, _name_of(one, judged.job.spec), broken)
    }
    refusing = next(_refusing(judged, needed, rendering), None)
    rule = JOB_POD_REFUSED if refusing else JOB_POD_SECURITY
    for path, some in by_culprit(judged.runner, numbered, lambda one: [*reasons(judged.of(one))]).items():
        said = [str(numbered[one]) for one in some]
        text = f"jobs of {RUNNERS} need the Pod Security level {needed}, {PROMISES} {promised}: {'; '.join(said[:4])}."
        if refusing:
            text += (
                f" {refusing[0].name} enforces {refusing[1]}: their pods would be refused. Remove that, or set "
                f"jobs.podSecurity.enforce: {needed}."
            )
        fields = " ".join(one.partition(": ")[0] for one in said)
        yield replace(judged.fault(rule, text, path), about=fields)


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
