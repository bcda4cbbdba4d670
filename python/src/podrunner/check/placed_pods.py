"""The pods of a release and of its jobs, each in its namespace, with the value that says each of their amounts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from podrunner.findings.path import dotted
from podrunner.manifests.admission.resources import LIMITS, REQUESTS, pod_resources
from podrunner.manifests.objects import HOOK_ANNOTATION, find_pods, maps, namespace_of, table
from podrunner.manifests.quantity import resource_amount
from podrunner.runner.job_pod.containers import keys_of_resources
from podrunner.runner.job_pod.pod import jobs_of
from podrunner.runner.origin import written_path
from podrunner.values.search import find_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from podrunner.findings.path import Path
    from podrunner.manifests.admission.resources import PodResources
    from podrunner.manifests.objects import Object, Pod
    from podrunner.manifests.rendering import Config, Rendering
    from podrunner.runner.job_pod.objects import JobObjects

# Whose pods are told once, whatever their runner.
ANY_JOB = "any job"
# A quota does not count itself when it is made, and nothing that no namespace has.
_NOT_COUNTED = re.compile(
    r"ResourceQuota\Z|Cluster|Namespace\Z|(Priority|Runtime|Storage|Ingress)Class\Z"
    r"|PersistentVolume\Z|CustomResourceDefinition\Z|SecurityContextConstraints\Z"
)
# What the API server says, of which GitLab Runner looks for a part among the keys of retry_limits.
_NO_ROOM = "exceeded quota"
_STANDING = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Pod")


@dataclass(frozen=True, slots=True)
class PlacedPod:
    """A pod in its namespace. `who` names it in a sentence, `copies` is how many of it there are as long as the release is.

    It is in `document`, of `template` where it is rendered. A job's pod has `config` and the `index` of its runner; `most_jobs` is how many of them may run at the same time,
    `most_by` the key that says so, `most_of_all` how many jobs of all runners of its config may. What is said of `repeats` need not be said again of this one. `made` is what the
    runner makes beside it.
    """

    who: str
    namespace: str
    spec: Mapping[str, Any]
    copies: int = 0
    document: str = ""
    template: str = ""
    config: Config | None = None
    index: int = 0
    most_jobs: int = 0
    most_by: str = ""
    most_of_all: int = 0
    repeats: str = ""
    made: tuple[Object, ...] = ()

    @property
    def is_of_job(self) -> bool:
        """Whether GitLab Runner makes it."""
        return self.config is not None

    @property
    def claims(self) -> list[PlacedClaim]:
        """Those of its generic ephemeral volumes, which are there as long as the pod is."""
        templates = [
            table(table(one.get("ephemeral")).get("volumeClaimTemplate")) for one in maps(self.spec.get("volumes"))
        ]
        return [
            PlacedClaim(self.who, self.namespace, table(one["spec"]), self.copies, self.repeats, self.is_of_job)
            for one in templates
            if one.get("spec")
        ]

    def resources(self, limit_ranges: Sequence[Object], kube_version: str) -> PodResources | None:
        """Its amounts, see `pod_resources`."""
        return pod_resources(self.spec, limit_ranges, kube_version)

    def keys(self, container: str, part: str, resource: str) -> list[Path]:
        """Keys of config.toml that say an amount of a job's container: of a request, the limit may stand for it, too."""
        prefix = keys_of_resources(container) if container else "pod_"
        parts = (part, LIMITS) if part == REQUESTS else (part,)
        return [
            ("runners", self.index, "kubernetes", f"{prefix}{resource.replace('-', '_')}_{one[:-1]}") for one in parts
        ]

    def written(
        self, values: Mapping[str, Any], container: str, part: str, resource: str, found: Decimal
    ) -> Path | None:
        """Where the values say an amount; None where they do not."""
        if self.config is not None:
            return self._written_by_job(self.config, values, (container, part, resource), found)
        for one in (*maps(self.spec.get("initContainers")), *maps(self.spec.get("containers"))):
            said = table(table(one.get("resources")).get(part)).get(resource)
            if one.get("name") == container and said is not None and resource_amount(said) == found:
                # The chart's own containers beside the first are its sidecars.
                beside = "" if one in maps(self.spec.get("containers"))[:1] else "sidecars"
                path = find_value(
                    dict(values), said, f"{self.document}.{container}.{beside}.resources.{part}.{resource}"
                )
                return path if path and resource.replace("-", "_") in str(path[-1]).replace("-", "_") else None
        return None

    def _written_by_job(
        self, config: Config, values: Mapping[str, Any], amount: tuple[str, str, str], found: Decimal
    ) -> Path | None:
        for key in self.keys(*amount):
            kubernetes = table(maps(config.toml.data.get("runners"))[self.index].get("kubernetes"))
            said = kubernetes.get(str(key[-1]))
            if said not in (None, "") and resource_amount(said) == found:
                return written_path(key, config.toml.data, values)
        return None


def placed_pods(rendering: Rendering) -> list[PlacedPod]:
    """Those of jobs first: the pod of `helm test` says again what they do."""
    rendered = [
        _rendered(pod) for pod in find_pods(rendering.documents, rendering.namespace) if _replicas(pod.document.data)
    ]
    managers = max(
        (pod.copies for pod in rendered if pod.document.startswith(("Deployment/", "StatefulSet/"))), default=1
    )
    jobs = [pod for config in rendering.configs for pod in _of_jobs(config, max(managers, 1))]
    return [*jobs, *rendered]


def _rendered(pod: Pod) -> PlacedPod:
    data = pod.document.data
    is_hook = HOOK_ANNOTATION in table(table(data.get("metadata")).get("annotations"))
    standing = _replicas(data) if data.get("kind") in _STANDING and not is_hook else 0
    name, repeats = pod.document.name, ANY_JOB if is_hook else ""
    return PlacedPod(name, pod.namespace, pod.spec, standing, name, pod.document.template, repeats=repeats)


def _replicas(data: Object) -> int:
    """How many pods a workload has; one where an autoscaler decides, or nothing counts them."""
    copies = table(data.get("spec")).get("replicas", 1)
    return copies if isinstance(copies, int) else 1


def _of_jobs(config: Config, managers: int) -> Iterator[PlacedPod]:
    """A job of each runner, then one that brings a service. A namespace of the job's own has no limits of the release."""
    for index, (runner, job, with_a_service) in enumerate(jobs_of(config.toml.text)):
        if job.namespace is not None or job.refusal:
            continue
        who = f"jobs of runner {runner.get('name')}"
        most, key = _most_jobs(config, runner)
        of_all = _concurrent(config) * managers
        placed = _of_job(who, job, config, index)
        yield replace(placed, most_jobs=most * managers, most_by=key, most_of_all=of_all)
        yield replace(_of_job(f"{who} that bring a service", with_a_service, config, index), repeats=who)


def _of_job(who: str, job: JobObjects, config: Config, index: int) -> PlacedPod:
    made = [one for one in job.all() if one["kind"] not in ("Pod", "Namespace")]
    where, document = str(job.pod["metadata"].get("namespace")), f"ConfigMap/{config.name}"
    return PlacedPod(who, where, job.spec, document=document, config=config, index=index, made=tuple(made))


def _most_jobs(config: Config, runner: Mapping[str, Any]) -> tuple[int, str]:
    """How many jobs of a runner one manager runs at the same time, and the key that says so; 0 where there may be more than fit."""
    retried = table(table(runner.get("kubernetes")).get("retry_limits"))
    if any(key and key in _NO_ROOM for key in retried):
        # The runner asks again until there is room.
        return 0, ""
    concurrent, limit = _concurrent(config), runner.get("limit") or 0
    if isinstance(limit, int) and 0 < limit < concurrent:
        return limit, dotted(("runners", str(runner.get("name")), "config", "limit"))
    return concurrent, "config.concurrent"


def _concurrent(config: Config) -> int:
    """How many jobs of all its runners one manager runs at the same time."""
    concurrent = config.toml.data.get("concurrent", 1)
    return concurrent if isinstance(concurrent, int) else 1


@dataclass(frozen=True, slots=True)
class PlacedClaim:
    """A PersistentVolumeClaim in its namespace: `spec` is its own, `copies` how many are made of it."""

    who: str
    namespace: str
    spec: Mapping[str, Any]
    copies: int = 1
    repeats: str = ""
    is_of_job: bool = False


def placed_claims(rendering: Rendering) -> list[PlacedClaim]:
    """Those that are rendered, and those that a StatefulSet makes for each of its pods."""
    found = []
    for document in rendering.documents:
        spec, where = table(document.data.get("spec")), namespace_of(document, rendering.namespace)
        if document.data.get("kind") == "PersistentVolumeClaim":
            found.append(PlacedClaim(document.name, where, spec))
        elif document.data.get("kind") == "StatefulSet":
            templates = maps(spec.get("volumeClaimTemplates"))
            found += [
                PlacedClaim(document.name, where, table(one.get("spec")), _replicas(document.data)) for one in templates
            ]
    return found


@dataclass(frozen=True, slots=True)
class PlacedObject:
    """Another object in its namespace, of which a quota may count the number."""

    who: str
    namespace: str
    data: Object
    repeats: str = ""
    is_of_job: bool = False


def placed_objects(rendering: Rendering) -> list[PlacedObject]:
    """All that an install makes in a namespace."""
    return [
        PlacedObject(one.name, namespace_of(one, rendering.namespace), one.data)
        for one in rendering.documents
        if HOOK_ANNOTATION not in table(table(one.data.get("metadata")).get("annotations"))
        and not _NOT_COUNTED.match(str(one.data.get("kind")))
    ]
