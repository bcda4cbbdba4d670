"""From a candidate to pods: the one that the chart's `helm test` runs, which has the build container's exact settings."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podrunner.cases.case import Case
from podrunner.findings.errors import RenderError, ValuesError
from podrunner.manifests.objects import HOOK_ANNOTATION
from podrunner.modes.promise import INSIDE_SCRIPT
from podrunner.modes.runners import pod_security, read_promise, read_runners
from podrunner.preflight.inside import inside_script

if TYPE_CHECKING:
    from podrunner.helm.renderer import Renderer
    from podrunner.manifests.objects import Object
    from podrunner.manifests.rendering import Rendering
    from podrunner.modes.promise import Promise
    from podrunner.preflight.candidate import Candidate
    from podrunner.preflight.facts import Facts

LABEL = "app.kubernetes.io/managed-by"
OWNER = "podrunner-preflight"
_RUN = "app.kubernetes.io/instance"
_HOOK = "helm.sh/"
_NO_VALUES = Case("")


@dataclass(frozen=True, slots=True)
class ProbeJob:
    """What a candidate makes of a job.

    `pod` is to be run on a node, `whole` has all containers of a job's pod and is to be asked admission for. `level` is
    the Pod Security level they need. `refusal` is the chart's sentence when it makes no job for this cluster.
    """

    candidate: Candidate
    pod: Object = field(default_factory=dict, repr=False)
    whole: Object = field(default_factory=dict, repr=False)
    level: str = ""
    promise: Promise | None = None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked for: the chart to render, a case of values over its presets, and the service account of job pods.

    `presets` are those to try, every one of the chart's modes when empty. `arguments` are the values as words for helm.
    """

    renderer: Renderer
    case: Case = _NO_VALUES
    service_account: str = "default"
    presets: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()


def make_job(question: Question, candidate: Candidate, facts: Facts) -> ProbeJob:
    """The pods of a candidate. Raises UsageError for settings that are none."""
    case = _case(question, candidate, facts)
    try:
        rendering = question.renderer.render(case)
    except (RenderError, ValuesError) as error:
        return ProbeJob(candidate, refusal=error.reason)
    chart = question.renderer.chart
    runner = read_runners(chart.effective(case.layers), rendering)[0]
    pod = _test_pod(rendering, facts.namespace)
    return ProbeJob(
        candidate,
        pod,
        _whole(pod, runner.job_pod()),
        pod_security(chart.modes, runner, facts.version),
        read_promise(chart.modes, candidate.mode),
    )


def _case(question: Question, candidate: Candidate, facts: Facts) -> Case:
    # The release's own account is not there yet, and nothing but pods is made.
    account = {"jobs": {"serviceAccount": {"create": False, "name": question.service_account}}}
    chart = question.renderer.chart
    case = Case(
        candidate.name,
        chart.placeholder,
        namespace=facts.namespace,
        kube_version=facts.version,
        api_versions=("security.openshift.io/v1",) if facts.openshift else (),
    ).with_layers(chart.preset(candidate.preset), *question.case.layers)
    return case.with_settings(candidate.settings).with_values(account, "the preflight")


def _test_pod(rendering: Rendering, namespace: str) -> Object:
    """The pod of `helm test`, which tells of itself before and after it builds."""
    found = next(pod for pod in rendering.objects("Pod") if _is_test(pod))
    pod = copy.deepcopy(found)
    annotations = pod["metadata"].get("annotations") or {}
    pod["metadata"] = {
        "namespace": namespace,
        "labels": {LABEL: OWNER, "app.kubernetes.io/name": OWNER},
        "annotations": {key: value for key, value in annotations.items() if not key.startswith(_HOOK)},
    }
    pod["spec"]["terminationGracePeriodSeconds"] = 1
    build = pod["spec"]["containers"][0]
    build["args"] = ["\n".join([inside_script(), *build["args"], INSIDE_SCRIPT])]
    return pod


def _is_test(pod: Object) -> bool:
    return (pod["metadata"].get("annotations") or {}).get(HOOK_ANNOTATION) == "test"


def _whole(pod: Object, job_pod: Object) -> Object:
    """The pod that GitLab Runner would make for a job with a service, labelled as the other.

    Admission judges all of it: level, limits and quotas, registries that are allowed.
    """
    spec = copy.deepcopy(job_pod)
    for container in spec["containers"]:
        # The service's own is a stand-in, and a job's image may be a variable until it runs.
        if container["name"] not in ("build", "helper") or "$" in container["image"]:
            container["image"] = pod["spec"]["containers"][0]["image"]
    return {**pod, "metadata": {**pod["metadata"], "name": f"{OWNER}-dry-run"}, "spec": spec}


def probe_pod(job: ProbeJob, name: str, run: str, node: str, seconds: int) -> Object:
    """The pod to run: on that node (empty: wherever the scheduler puts it), for so many seconds at most."""
    pod = copy.deepcopy(job.pod)
    pod["metadata"]["name"] = name
    pod["metadata"]["labels"][_RUN] = run
    pod["spec"]["activeDeadlineSeconds"] = seconds
    if node:
        # By affinity, not by nodeName: taints and resources count for it as for a job.
        field_of_node = {"key": "metadata.name", "operator": "In", "values": [node]}
        terms = {"nodeSelectorTerms": [{"matchFields": [field_of_node]}]}
        pod["spec"]["affinity"] = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    return pod


def made_by(run: str) -> str:
    """The selector of all pods of a run."""
    return f"{LABEL}={OWNER},{_RUN}={run}"
