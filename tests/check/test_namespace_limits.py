"""Pods of a release and of its jobs that its own LimitRanges and quotas refuse, told at the values that say the amounts.

tests/admission/test_limits.py asks the API server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.findings.severity import Severity
from podrunner.formats.placed import read_values
from podrunner.helm.renderer import renderer

if TYPE_CHECKING:
    from collections.abc import Callable

    Said = Callable[[str], list[str]]

CHART = Chart.open()
URL = "gitlab: {url: https://gitlab.example.com}\n"
CODES = ("limit-range", "quota", "quota-jobs")
TEST = "Pod/podrunner-default-build"
THREE_CPUS = 'kubernetes: {cpu_request: "2", helper_cpu_request: "1", service_cpu_request: "1"}'


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(renderer("library", CHART))


@pytest.fixture
def said(checker: Checker) -> Said:
    def said(text: str) -> list[str]:
        layers = (read_values(URL + text, "values.yaml"),)
        found = checker.check(Case("a", layers, release="podrunner", namespace="podrunner")).findings
        assert [str(one) for one in found if one.severity is Severity.ERROR and one.rule.code not in CODES] == []
        return [str(one).replace(str(CHART.source), "chart") for one in found if one.rule.code in CODES]

    return said


@pytest.fixture
def said_of_pods(checker: Checker) -> Said:
    def said(text: str) -> list[str]:
        layers = (read_values(URL + text, "values.yaml"),)
        case = Case("a", layers, release="podrunner", namespace="podrunner", kube_version="1.34.0")
        return [str(one) for one in checker.check(case).findings if one.severity is Severity.ERROR]

    return said


def jobs(config: str, *lines: str) -> str:
    return "\n".join(["jobs:", "  namespace: jobs", *(f"  {line}" for line in lines), f"  config: {{{config}}}\n"])


def test_a_request_above_what_a_container_may_have_is_at_its_own_line(said: Said) -> None:
    text = "jobs:\n  namespace: jobs\n  limits: {Container: {max: {memory: 1Gi}}}\n  config:\n    kubernetes:\n      memory_request: 4Gi\n"

    assert said(text) == [
        "values.yaml:7:7: error: jobs.config.kubernetes.memory_request: 4Gi is more than a container may have, 1Gi "
        "(jobs.limits.Container.max.memory), so that Kubernetes refuses the pods of jobs of runner default, "
        f"{TEST}. Write 1Gi or less, or raise jobs.limits.Container.max.memory to 4Gi. [limit-range]"
    ]


def test_a_request_of_one_runner_is_told_of_its_jobs_alone(said: Said) -> None:
    runners = "runners:\n  a: {config: {kubernetes: {cpu_limit: 10m}}}\n  b: {}\n"

    assert said(f"{jobs('', 'limits: {Container: {min: {cpu: 20m}}}')}{runners}") == [
        "values.yaml:7:29: error: runners.a.config.kubernetes.cpu_limit: 10m is less than a container has to have, 20m "
        "(jobs.limits.Container.min.cpu), so that Kubernetes refuses the pods of jobs of runner a, Pod/podrunner-a-build. "
        "Write 20m or more, or lower jobs.limits.Container.min.cpu to 10m. [limit-range]"
    ]


def test_a_request_above_the_default_limit_needs_a_limit_beside_it(said: Said) -> None:
    text = jobs('kubernetes: {helper_cpu_request: "2"}', 'limits: {Container: {default: {cpu: "1"}}}')

    assert said(text) == [
        "values.yaml:5:25: error: jobs.config.kubernetes.helper_cpu_request: 2 is more than the limit of a container that "
        "says none, 1 (jobs.limits.Container.default.cpu), so that Kubernetes refuses the pods of jobs of runner default. "
        "Write a cpu limit beside the request, or raise jobs.limits.Container.default.cpu. [limit-range]"
    ]


def test_a_service_above_what_a_container_may_have_is_an_error_though_not_every_job_has_one(said: Said) -> None:
    text = jobs("kubernetes: {service_memory_limit: 2Gi}", "limits: {Container: {max: {memory: 1Gi}}}")

    assert said(text) == [
        "values.yaml:5:25: error: jobs.config.kubernetes.service_memory_limit: 2Gi is more than a container may have, 1Gi "
        "(jobs.limits.Container.max.memory), so that Kubernetes refuses the pods of jobs of runner default that bring a "
        "service. Write 1Gi or less, or raise jobs.limits.Container.max.memory to 2Gi. [limit-range]"
    ]


def test_a_sum_above_what_a_pod_may_have_is_at_the_bound_with_its_parts(said: Said) -> None:
    limits = "limits: {Pod: {max: {memory: 1Gi}}}"
    config = "kubernetes: {memory_limit: 1Gi, helper_memory_limit: 512Mi, service_memory_limit: 1Gi}"

    assert said(jobs(config, limits)) == [
        "values.yaml:4:24: error: jobs.limits.Pod.max.memory: 1Gi is less than the memory limit of the pod, 1536Mi "
        "(build 1Gi, helper 512Mi), so that Kubernetes refuses the pods of jobs of runner default. "
        "Raise jobs.limits.Pod.max.memory to 1536Mi, or let the pod ask for less. [limit-range]"
    ]


def test_a_sum_that_is_too_much_only_with_a_service_is_a_warning(said: Said) -> None:
    limits = "limits: {Container: {default: {memory: 100Mi}}, Pod: {max: {memory: 250Mi}}}"

    assert said(jobs("", limits)) == [
        "values.yaml:4:63: warning: jobs.limits.Pod.max.memory: 250Mi is less than the memory limit of the pod, 300Mi "
        "(build 100Mi, helper 100Mi, service 100Mi), so that Kubernetes refuses the pods of jobs of runner default that "
        "bring a service. Raise jobs.limits.Pod.max.memory to 300Mi, or let the pod ask for less. [limit-range]"
    ]


def test_a_ratio_is_told_with_the_one_that_there_is(said: Said) -> None:
    limits = 'limits: {Container: {default: {cpu: "1"}, maxLimitRequestRatio: {cpu: "2"}}}'
    (found,) = said(jobs('kubernetes: {cpu_request: 300m, cpu_limit: "1"}', limits))

    assert found == (
        "values.yaml:4:68: error: jobs.limits.Container.maxLimitRequestRatio.cpu: 2, and the cpu limit of container build "
        f"is 3.33333 times its request, so that Kubernetes refuses the pods of jobs of runner default, {TEST}. Bring limit "
        "and request nearer to each other, or raise jobs.limits.Container.maxLimitRequestRatio.cpu to 4. [limit-range]"
    )


def test_the_manager_is_bound_where_its_jobs_run_beside_it(said: Said) -> None:
    manager = "manager: {resources: {limits: {memory: 512Mi}}}\n"
    limits = "limits: {Container: {max: {memory: 256Mi}}}"

    assert said(f"{manager}jobs: {{{limits}}}\n") == [
        "values.yaml:2:32: error: manager.resources.limits.memory: 512Mi is more than a container may have, 256Mi "
        "(jobs.limits.Container.max.memory), so that Kubernetes refuses the pods of Deployment/podrunner. "
        "Write 256Mi or less, or raise jobs.limits.Container.max.memory to 512Mi. [limit-range]"
    ]
    assert said(f"{manager}{jobs('', limits)}") == []


def test_sidecars_of_the_manager_are_bound_by_their_own_value(said: Said) -> None:
    sidecars = "manager: {stableIdentity: true, sidecars: {resources: {requests: {cpu: 10m}}}}\n"

    assert said(f"{sidecars}jobs: {{limits: {{Container: {{min: {{cpu: 20m}}}}}}}}\n") == [
        "values.yaml:2:67: error: manager.sidecars.resources.requests.cpu: 10m is less than a container has to have, 20m "
        "(jobs.limits.Container.min.cpu), so that Kubernetes refuses the pods of StatefulSet/podrunner. "
        "Write 20m or more, or lower jobs.limits.Container.min.cpu to 10m. [limit-range]"
    ]


def test_a_quota_below_one_pod_is_told_with_the_parts_of_the_pod(said: Said) -> None:
    assert said(jobs(THREE_CPUS, 'quota: {requests.cpu: "1"}')) == [
        "values.yaml:4:11: error: jobs.quota.requests\\.cpu: 1 is less than 3, which one pod needs (build 2, helper 1), "
        f"so that Kubernetes refuses the pods of jobs of runner default, {TEST}. "
        "Write 3 or more, or let the pod ask for less. [quota]"
    ]


def test_a_quota_below_a_pod_with_a_service_is_a_warning(said: Said) -> None:
    assert said(f"config: {{concurrent: 1}}\n{jobs(THREE_CPUS, 'quota: {requests.cpu: 3}')}") == [
        "values.yaml:5:11: warning: jobs.quota.requests\\.cpu: 3 is less than 4, which one pod needs (build 2, helper 1, "
        "service 1), so that Kubernetes refuses the pods of jobs of runner default that bring a service. "
        "Write 4 or more, or let the pod ask for less. [quota]"
    ]


def test_a_quota_has_to_have_room_beside_the_manager(said: Said) -> None:
    manager = "config: {concurrent: 1}\nmanager: {resources: {requests: {cpu: 500m}}}\n"
    config = 'kubernetes: {cpu_request: "2", helper_cpu_request: 600m, service_cpu_request: 100m}'

    assert said(f"{manager}jobs:\n  quota: {{requests.cpu: 3}}\n  config: {{{config}}}\n") == [
        "values.yaml:5:11: error: jobs.quota.requests\\.cpu: 3 is less than 3100m, which one pod needs beside those of the "
        "release (Deployment/podrunner 500m, build 2, helper 600m), so that Kubernetes refuses the pods of jobs of runner "
        "default. Write 3100m or more, or let the pod ask for less. [quota]"
    ]


def test_a_quota_without_room_for_the_manager_says_so_of_the_manager(said: Said) -> None:
    assert said("jobs: {quota: {pods: 0}}\n") == [
        "values.yaml:2:16: error: jobs.quota.pods: 0 is less than 1, which one pod needs, so that Kubernetes refuses the "
        f"pods of jobs of runner default, {TEST}. Write 1 or more. [quota]",
        "values.yaml:2:16: error: jobs.quota.pods: 0 is less than 1, which the pods of the release need "
        "(Deployment/podrunner 1), so that Kubernetes refuses the pods of Deployment/podrunner. "
        "Write 1 and what jobs need, or more. [quota]",
    ]


def test_a_quota_has_to_have_room_for_all_managers(said: Said) -> None:
    assert said("manager: {replicas: 3}\njobs: {namespace: jobs, quota: {pods: 31}}\n") == []
    assert said("config: {concurrent: 1}\nmanager: {replicas: 3}\njobs: {quota: {pods: 2}}\n")[-1] == (
        "values.yaml:4:16: error: jobs.quota.pods: 2 is less than 3, which the pods of the release need "
        "(Deployment/podrunner 3), so that Kubernetes refuses the pods of Deployment/podrunner. "
        "Write 3 and what jobs need, or more. [quota]"
    )


def test_a_quota_with_less_room_than_jobs_at_the_same_time_is_a_warning(said: Said) -> None:
    assert said("jobs: {quota: {pods: 5}}\n") == [
        "values.yaml:2:16: warning: jobs.quota.pods: 5 has room for 4 of 10 jobs at the same time beside "
        "Deployment/podrunner, so that Kubernetes refuses further pods of jobs of runner default. Such a job fails with "
        "`exceeded quota`. Write 11 or more, lower config.concurrent, or set retry_limits. [quota-jobs]"
    ]


def test_the_limit_of_a_runner_says_how_many_of_its_jobs_there_are(said: Said) -> None:
    runners = "runners: {a: {config: {limit: 3}}}\n"

    assert said(f"{runners}jobs: {{quota: {{pods: 4}}}}\n") == []
    assert said(f"{runners}jobs: {{quota: {{pods: 3}}}}\n") == [
        "values.yaml:3:16: warning: jobs.quota.pods: 3 has room for 2 of 3 jobs at the same time beside "
        "Deployment/podrunner, so that Kubernetes refuses further pods of jobs of runner a. Such a job fails with "
        "`exceeded quota`. Write 4 or more, lower runners.a.config.limit, or set retry_limits. [quota-jobs]"
    ]


def test_the_jobs_of_all_runners_of_a_namespace_count_together(said: Said) -> None:
    runners = "config: {concurrent: 12}\nrunners: {a: {config: {limit: 5}}, b: {config: {limit: 6}}}\n"

    assert said(f"{runners}jobs: {{namespace: ci, quota: {{pods: 11}}}}\n") == []
    assert said(f"{runners}jobs: {{namespace: ci, quota: {{pods: 6}}}}\n") == [
        "values.yaml:4:31: warning: jobs.quota.pods: 6 has room for 6 of 11 jobs at the same time, so that Kubernetes "
        "refuses further pods of jobs of runner a, jobs of runner b. Such a job fails with `exceeded quota`. Write 11 "
        "or more, lower runners.a.config.limit, runners.b.config.limit, or set retry_limits. [quota-jobs]"
    ]


def test_no_more_jobs_of_all_runners_count_than_the_manager_runs(said: Said) -> None:
    runners = "config: {concurrent: 8}\nrunners: {a: {config: {limit: 5}}, b: {config: {limit: 6}}}\n"

    assert said(f"{runners}jobs: {{namespace: ci, quota: {{pods: 8}}}}\n") == []
    assert said(f"{runners}jobs: {{namespace: ci, quota: {{pods: 7}}}}\n") == [
        "values.yaml:4:31: warning: jobs.quota.pods: 7 has room for 7 of 8 jobs at the same time, so that Kubernetes "
        "refuses further pods of jobs of runner a, jobs of runner b. Such a job fails with `exceeded quota`. Write 8 "
        "or more, lower config.concurrent, or set retry_limits. [quota-jobs]"
    ]


def test_a_runner_that_asks_again_while_there_is_no_room_is_not_warned_of_it(said: Said) -> None:
    config = 'kubernetes: {retry_limits: {"exceeded quota": 20}}'

    assert said(jobs(config, "quota: {pods: 5}")) == []
    assert len(said(jobs(config.replace("exceeded quota", "connection refused"), "quota: {pods: 5}"))) == 1


def test_a_quota_of_another_object_counts_what_every_container_has_to_say(said: Said) -> None:
    quota = "{apiVersion: v1, kind: ResourceQuota, metadata: {name: more}, spec: {hard: {limits.memory: 1Ti}}}"
    found = said(f"extraObjects:\n  more: {quota}\n")

    assert found == [
        "values.yaml:3:85: error: extraObjects.more.spec.hard.limits\\.memory: every container needs a memory limit then, "
        "and there is none of init-permissions, build, helper, so that Kubernetes refuses the pods of jobs of runner "
        f"default, {TEST}. Set helper_memory_limit and memory_limit in the runner's config.kubernetes, or give containers a "
        "default.memory by a LimitRange. [quota]",
        "values.yaml:3:85: error: extraObjects.more.spec.hard.limits\\.memory: every container needs a memory limit then, "
        "and there is none of manager, so that Kubernetes refuses the pods of Deployment/podrunner. "
        "Set limits.memory in the container's resources, or give containers a default.memory by a LimitRange. [quota]",
    ]


def test_all_amounts_that_a_quota_asks_for_are_told_at_once(said: Said) -> None:
    counted = "{requests.cpu: 1k, memory: 1Ti, limits.memory: 1Ti}"
    quota = f"{{apiVersion: v1, kind: ResourceQuota, metadata: {{name: more}}, spec: {{hard: {counted}}}}}"
    config = "config: {kubernetes: {helper_memory_request: 1Gi}}"
    found = said(f"jobs: {{{config}}}\nextraObjects:\n  more: {quota}\n")

    assert found[0] == (
        "values.yaml:4:116: error: extraObjects.more.spec.hard.limits\\.memory, memory, requests.cpu: every container needs "
        "a memory limit and a cpu request then, and there are none of init-permissions, build, helper; every container "
        "needs a memory request then, and there is none of build, so that Kubernetes refuses the pods of jobs of runner "
        f"default, {TEST}. Set helper_memory_limit, memory_limit, memory_request, helper_cpu_request and cpu_request in "
        "the runner's config.kubernetes, or give containers a default.memory, defaultRequest.memory and "
        "defaultRequest.cpu by a LimitRange. [quota]"
    )


def test_an_object_that_is_a_template_is_named_itself(said: Said) -> None:
    text = "apiVersion: v1\n    kind: ResourceQuota\n    metadata: {name: more}\n    spec: {hard: {pods: '0'}}\n"
    found = said(f"extraObjects:\n  more: |\n    {text}")

    assert found[0].startswith(
        "values.yaml:7:19: error: ResourceQuota/more: pods of ResourceQuota/more: 0 is less than 1, "
    )


def test_claims_are_bound_alone_and_together(said: Said) -> None:
    claim = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: NAME}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 6Gi}}}}"
    claims = "".join(f"  {name}: {claim.replace('NAME', name)}\n" for name in ("a", "b"))

    assert said(f"extraObjects:\n{claims}jobs: {{quota: {{requests.storage: 12Gi}}}}\n") == []
    assert said(f"extraObjects:\n{claims}jobs: {{quota: {{requests.storage: 10Gi}}}}\n") == [
        "values.yaml:5:16: error: jobs.quota.requests\\.storage: 10Gi is less than 12Gi, which the claims of the release "
        "need (PersistentVolumeClaim/a 6Gi, PersistentVolumeClaim/b 6Gi), so that Kubernetes refuses claims of "
        "PersistentVolumeClaim/a, PersistentVolumeClaim/b. Write 12Gi or more, or let the claims ask for less. [quota]"
    ]
    limits = "jobs: {limits: {PersistentVolumeClaim: {max: {storage: 5Gi}}}}\n"
    assert said(f"extraObjects:\n{claims}{limits}") == [
        "values.yaml:5:47: error: jobs.limits.PersistentVolumeClaim.max.storage: 5Gi is less than the storage request of "
        "the claim, 6Gi, so that Kubernetes refuses claims of PersistentVolumeClaim/a, PersistentVolumeClaim/b. "
        "Raise jobs.limits.PersistentVolumeClaim.max.storage to 6Gi, or let the claim ask for less. [limit-range]"
    ]


def test_volumes_of_jobs_are_claims_that_a_quota_counts(said: Said) -> None:
    volumes = "config: {concurrent: 4}\npodman: {storage: {medium: Volume, size: 10Gi}}\n"

    assert said(f"{volumes}jobs: {{quota: {{requests.storage: 40Gi, persistentvolumeclaims: '4'}}}}\n") == []
    assert said(f"{volumes}jobs: {{quota: {{requests.storage: 25Gi}}}}\n") == [
        "values.yaml:4:16: warning: jobs.quota.requests\\.storage: 25Gi has room for 2 of 4 jobs at the same time, so that "
        "Kubernetes makes no volumes for further pods of jobs of runner default. Such a job waits for them until "
        "poll_timeout. Write 40Gi or more or lower config.concurrent. [quota-jobs]"
    ]
    assert said(f"{volumes}jobs: {{quota: {{requests.storage: 5Gi}}}}\n") == [
        "values.yaml:4:16: error: jobs.quota.requests\\.storage: 5Gi is less than 10Gi, which the volumes of one pod need, "
        f"so that Kubernetes makes no volumes for the pods of jobs of runner default, {TEST}. "
        "Write 10Gi or more, or let the volumes ask for less. [quota]"
    ]


def test_volumes_of_jobs_are_claims_that_a_limit_range_bounds(said: Said) -> None:
    volumes = "podman: {storage: {medium: Volume, size: 10Gi}}\n"

    assert said(f"{volumes}jobs: {{limits: {{PersistentVolumeClaim: {{max: {{storage: 10Gi}}}}}}}}\n") == []
    assert said(f"{volumes}jobs: {{limits: {{PersistentVolumeClaim: {{max: {{storage: 1Gi}}}}}}}}\n") == [
        "values.yaml:3:47: error: jobs.limits.PersistentVolumeClaim.max.storage: 1Gi is less than the storage request of "
        f"the claim, 10Gi, so that Kubernetes refuses claims of jobs of runner default, {TEST}. "
        "Raise jobs.limits.PersistentVolumeClaim.max.storage to 10Gi, or let the claim ask for less. [limit-range]"
    ]


def test_objects_of_the_release_are_counted_by_each_name_of_their_kind(said: Said) -> None:
    quota = "{configmaps: 0, count/roles.rbac.authorization.k8s.io: 0, count/deployments.apps: 1, services: 0}"

    assert said(f"config: {{concurrent: 1}}\njobs: {{quota: {quota}}}\n") == [
        "values.yaml:3:16: error: jobs.quota.configmaps: 0 is less than 1, which the release has of it, so that Kubernetes "
        "refuses one of ConfigMap/podrunner. Write 1 and what jobs need, or more. [quota]",
        "values.yaml:3:31: error: jobs.quota.count/roles\\.rbac\\.authorization\\.k8s\\.io: 0 is less than 1, which the "
        "release has of it, so that Kubernetes refuses one of Role/podrunner-manager. "
        "Write 1 and what jobs need, or more. [quota]",
    ]


def test_a_job_with_a_login_needs_a_secret_beside_those_of_the_release(said: Said) -> None:
    runners = "config: {concurrent: 1}\nrunners: {a: {token: {insecureInline: glrt-0123456789abcdefghij}}}\n"

    assert said(f"{runners}jobs: {{quota: {{secrets: 2}}}}\n") == []
    assert said(f"{runners}jobs: {{quota: {{secrets: 1}}}}\n") == [
        "values.yaml:4:16: warning: jobs.quota.secrets: 1 is less than 2, which a job with a login of a registry and the "
        "release have of it, so that Kubernetes refuses the Secret of jobs of runner a. Write 2 or more. [quota]"
    ]


def test_jobs_at_the_same_time_need_a_secret_each(said: Said) -> None:
    assert said("jobs: {namespace: ci, createNamespace: true, quota: {secrets: '10'}}\n") == []
    assert said("jobs: {namespace: ci, createNamespace: true, quota: {secrets: '1'}}\n") == [
        "values.yaml:2:54: warning: jobs.quota.secrets: 1 has room for 1 of 10 jobs at the same time, so that Kubernetes "
        "refuses further Secrets with a login of a registry, of jobs of runner default. Such a job fails with "
        "`exceeded quota`. Write 10 or more, lower config.concurrent, or set retry_limits. [quota-jobs]"
    ]


def test_budgets_of_jobs_are_counted_beside_those_of_the_release(said: Said) -> None:
    quota = "quota: {count/poddisruptionbudgets.policy: 9}"

    assert said(jobs("kubernetes: {pod_disruption_budget: true}", quota)) == [
        "values.yaml:4:11: warning: jobs.quota.count/poddisruptionbudgets\\.policy: 9 has room for 9 of 10 jobs at the same "
        "time, so that Kubernetes refuses further objects (PodDisruptionBudget) of jobs of runner default. Such a job fails "
        "with `exceeded quota`. Write 10 or more, lower config.concurrent, or set retry_limits. [quota-jobs]"
    ]


def test_a_job_with_a_budget_needs_room_for_it(said: Said) -> None:
    quota = "quota: {count/poddisruptionbudgets.policy: 0}"

    assert said(jobs("kubernetes: {pod_disruption_budget: true}", quota)) == [
        "values.yaml:4:11: error: jobs.quota.count/poddisruptionbudgets\\.policy: 0 is less than 1, which a job and the "
        "release have of it, so that Kubernetes refuses the PodDisruptionBudget of jobs of runner default. "
        "Write 1 or more. [quota]"
    ]


def test_jobs_in_namespaces_of_their_own_are_not_bound(said: Said) -> None:
    assert said("jobs: {quota: {pods: 1}, config: {kubernetes: {namespace_per_job: true}}}\n") == []


def test_a_release_without_limits_is_not_asked(said: Said) -> None:
    assert said("") == []


def test_a_whole_pod_below_what_its_containers_ask_for(said_of_pods: Said) -> None:
    text = 'kubernetes: {pod_cpu_request: "1", cpu_request: "2", helper_cpu_request: 500m}'

    assert said_of_pods(f"jobs: {{config: {{{text}}}}}\n") == [
        "values.yaml:2:30: error: jobs.config.kubernetes.pod_cpu_request: 1 for the whole pod is less than what its "
        "containers ask for together (build 2, helper 500m), so that Kubernetes refuses the pods of jobs of runner default, "
        f"{TEST}. Write 2500m or more, or less for its containers. [job-pod-field]"
    ]


def test_a_default_of_containers_above_the_limit_of_the_whole_pod(said_of_pods: Said) -> None:
    limits = "limits: {Container: {default: {memory: 2Gi}}}"

    assert said_of_pods(f"jobs: {{{limits}, config: {{kubernetes: {{pod_memory_limit: 1Gi}}}}}}\n") == [
        "values.yaml:2:77: error: jobs.config.kubernetes.pod_memory_limit: 1Gi for the whole pod is less than what its "
        f"containers ask for together (build 2Gi, helper 2Gi), so that Kubernetes refuses the pods of jobs of runner default, "
        f"{TEST}. Write 4Gi or more, or less for its containers. [job-pod-field]"
    ]


def test_a_container_may_use_no_more_than_the_whole_pod(said_of_pods: Said) -> None:
    text = 'kubernetes: {pod_cpu_limit: "3", cpu_limit: "4", cpu_request: "1"}'

    assert said_of_pods(f"jobs: {{config: {{{text}}}}}\n") == [
        "values.yaml:2:30: error: jobs.config.kubernetes.pod_cpu_limit: 3 for the whole pod is less than the limit of a "
        f"container (build 4), so that Kubernetes refuses the pods of jobs of runner default, {TEST}. "
        "Write 4 or more, or less for its containers. [job-pod-field]"
    ]


def test_a_whole_pod_of_the_amounts_of_its_containers_is_fine(said_of_pods: Said) -> None:
    text = 'kubernetes: {pod_cpu_request: "3", cpu_request: "2", helper_cpu_request: "1"}'

    assert said_of_pods(f"jobs: {{config: {{{text}}}}}\n") == []


def test_a_bound_that_refuses_several_containers_is_one_finding_that_names_them(said: Said) -> None:
    build, helper = (f"{{name: {name}, resources: {{limits: {{memory: 2Gi}}}}}}" for name in ("build", "helper"))
    patch = f"kubernetes: {{pod_spec: [{{name: a, patch_type: strategic, patch: 'containers: [{build}, {helper}]'}}]}}"

    assert said(jobs(patch, "limits: {Container: {max: {memory: 1Gi}}}")) == [
        "values.yaml:4:30: error: jobs.limits.Container.max.memory: 1Gi is less than the memory limit of containers build, "
        f"helper, 2Gi, so that Kubernetes refuses the pods of jobs of runner default, {TEST}. Raise "
        "jobs.limits.Container.max.memory to 2Gi, or let the pod ask for less. [limit-range]"
    ]


def test_containers_with_the_same_amount_are_named_together(said: Said) -> None:
    limits = "limits: {Container: {defaultRequest: {cpu: 10m}, min: {cpu: 10m}, maxLimitRequestRatio: {cpu: 2}, default: {cpu: 40m}}}"

    assert said(jobs("", limits)) == [
        "values.yaml:4:92: error: jobs.limits.Container.maxLimitRequestRatio.cpu: 2, and the cpu limit of containers "
        "init-permissions, build, helper, service is 4 times the request of each, so that Kubernetes refuses the pods of "
        f"jobs of runner default, {TEST}. Bring limit and request nearer to each other, or raise "
        "jobs.limits.Container.maxLimitRequestRatio.cpu to 4. [limit-range]"
    ]


def test_containers_with_different_amounts_are_named_with_them_and_the_remedy_is_enough_for_all(said: Said) -> None:
    patch = "containers: [{name: build, resources: {limits: {cpu: 2}}}, {name: helper, resources: {limits: {cpu: 3}}}]"
    config = f"kubernetes: {{pod_spec: [{{name: a, patch_type: strategic, patch: '{patch}'}}]}}"

    assert said(jobs(config, "limits: {Container: {max: {cpu: 1}}}")) == [
        "values.yaml:4:30: error: jobs.limits.Container.max.cpu: 1 is less than the cpu limit of containers build (2), "
        f"helper (3), so that Kubernetes refuses the pods of jobs of runner default, {TEST}. Raise "
        "jobs.limits.Container.max.cpu to 3, or let the pod ask for less. [limit-range]"
    ]


def test_no_pod_is_held_to_a_bound_that_the_api_server_refuses(said_of_pods: Said) -> None:
    assert said_of_pods("jobs: {limits: {Container: {max: {memory: 256Mi}, default: {memory: 1Gi}}}}") == [
        "values.yaml:2:61: error: jobs.limits.Container.default.memory: must not be more than max, which is 256Mi, is "
        "`1Gi`. (spec.limits[0].default.memory) [kubernetes-field]"
    ]
