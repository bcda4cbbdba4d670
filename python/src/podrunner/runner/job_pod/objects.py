"""Everything that GitLab Runner's Kubernetes executor makes for one job, as version 19.4 makes it.

Compared field by field with what the real runner sends, by tests/admission/test_differential.py. Not modelled: Windows,
PowerShell, `proxy_exec`, `patch_path`, jobs that are suspended or made of steps, and variables of the job's environment
that only GitLab and the runner know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import maps, table, texts
from podrunner.runner.job_pod.affinity import affinity
from podrunner.runner.job_pod.containers import build_container, helper_container, init_containers, service_container
from podrunner.runner.job_pod.metadata import (
    POD_LABEL,
    dns_name,
    generated_name,
    is_label,
    label_value,
    pod_annotations,
    pod_labels,
    unique_name,
)
from podrunner.runner.job_pod.patches import applied
from podrunner.runner.job_pod.request import JobImage, JobRequest
from podrunner.runner.job_pod.security_context import pod_context
from podrunner.runner.job_pod.services import named_services, service_hosts
from podrunner.runner.job_pod.setup import ADVANCED, DEADLINE, JobSetup, job_setup
from podrunner.runner.job_pod.volumes import volumes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


Object = dict[str, Any]

_DNS = {
    "": "ClusterFirst",
    "none": "None",
    "default": "Default",
    "cluster-first": "ClusterFirst",
    "cluster-first-with-host-net": "ClusterFirstWithHostNet",
}
_SERVICE_HOST = "127.0.0.1"
# The release that the model was compared with. Of any other it knows the keys and flags alone.
MODELLED = "19.4.0"


@dataclass(frozen=True, slots=True)
class JobObjects:
    """What is made for a job, each as an object of Kubernetes.

    `pod` is the pod as the runner sends it, patches applied. `namespace` is that of the job's own where each has one,
    `budget` its PodDisruptionBudget. `login` is the Secret with logins of registries; its data is left out. `services`
    are for ports of web terminals. `own_token` when they are made with a token that the job says. With a `refusal` (the rest of a sentence) the runner makes none of it, and the pod
    is as it would be without what is refused.
    """

    pod: Object
    namespace: Object | None = None
    budget: Object | None = None
    login: Object | None = None
    services: tuple[Object, ...] = ()
    refusal: str = ""
    own_token: bool = False

    @property
    def spec(self) -> dict[str, Any]:
        """The pod's spec."""
        return dict(self.pod["spec"])

    @property
    def annotations(self) -> dict[str, Any]:
        """The pod's annotations."""
        return dict(self.pod["metadata"]["annotations"])

    def all(self) -> list[Object]:
        """Everything, in the order in which it is made; nothing of a job that is refused."""
        found = [self.namespace, self.login, self.pod, self.budget, *self.services]
        return [] if self.refusal else [one for one in found if one]


def job_objects(runner: Mapping[str, Any], job: JobRequest | None = None, runner_version: str = MODELLED) -> JobObjects:
    """What a runner (its table in config.toml) makes for a job.

    Without a job, it is what holds for every job that overwrites nothing: references to variables stay as they are,
    and names have stand-ins for the job's numbers. Keys and feature flags that the version does not read yet do nothing.
    """
    return _objects(job_setup(runner, job or JobRequest(), runner_version, known=job is not None))


def patched_spec(
    runner: Mapping[str, Any], patches: Sequence[Mapping[str, Any]], runner_version: str = MODELLED
) -> dict[str, Any]:
    """The spec of the pod of a job that overwrites nothing, with these patches of pod_spec alone."""
    kubernetes = {**table(runner.get("kubernetes")), "pod_spec": [*patches]}
    return job_objects({**runner, "kubernetes": kubernetes}, None, runner_version).spec


def objects_with_a_service(runner: Mapping[str, Any], runner_version: str = MODELLED) -> JobObjects:
    """The same for a job that brings a service of its own, as every job may: what a runner's jobs are judged by."""
    job = JobRequest(services=(JobImage("service", "service"),))
    return _objects(job_setup(runner, job, runner_version, known=False))


def _objects(setup: JobSetup) -> JobObjects:
    runner = setup.runner
    where = _namespace(setup)
    pod = _object("Pod", generated_name(unique_name(runner, setup.job)), where)
    configured = table(setup.kubernetes.get("pod_labels"))
    pod["metadata"]["labels"] = found = pod_labels(runner, setup.job, configured, setup.overwrites, setup.own)
    setup.refusals.extend(f"the label `{key}` has no name that Kubernetes takes" for key in found if not is_label(key))
    pod["metadata"]["annotations"] = pod_annotations(setup.job, setup.overwrites, setup.own)
    pod["spec"] = _spec(setup)
    return JobObjects(
        pod,
        _object("Namespace", where) if setup.kubernetes.get("namespace_per_job") else None,
        _budget(setup, where) if setup.kubernetes.get("pod_disruption_budget") else None,
        _login(setup, where),
        tuple(_proxies(setup, where)),
        "; ".join(setup.refusals[:1]),
        setup.overwrites.bearer_token,
    )


def _namespace(setup: JobSetup) -> str:
    if setup.kubernetes.get("namespace_per_job"):
        return f"ci-job-{setup.job.id}"
    return setup.overwrites.namespace or "default"


def _spec(setup: JobSetup) -> dict[str, Any]:
    """The pod's spec, patched."""
    services = named_services(setup)
    containers = [build_container(setup), helper_container(setup)]
    containers += [service_container(setup, name, service) for name, service in services.items()]
    spec = {
        "containers": containers,
        "initContainers": init_containers(setup),
        "volumes": volumes_of(setup),
        "restartPolicy": "Never",
        **_configured(setup),
        **_placed(setup),
        **_network(setup, services),
    }
    if setup.flag(ADVANCED):
        for patch in maps(setup.kubernetes.get("pod_spec")):
            spec, reason = applied(spec, str(patch.get("patch") or ""), str(patch.get("patch_type") or "strategic"))
            setup.refusals.extend([f"a patch of pod_spec: {reason}"] if reason else [])
    return spec


# Key of config.toml → field of the pod's spec, where a value is taken as it is.
_AS_IT_IS = {
    "scheduler_name": "schedulerName",
    "automount_service_account_token": "automountServiceAccountToken",
    "pod_termination_grace_period_seconds": "terminationGracePeriodSeconds",
    "runtime_class_name": "runtimeClassName",
    "priority_class_name": "priorityClassName",
}


def _configured(setup: JobSetup) -> dict[str, Any]:
    kubernetes = setup.kubernetes
    found = {field: kubernetes[key] for key, field in _AS_IT_IS.items() if kubernetes.get(key) not in (None, "")}
    account, context = setup.overwrites.service_account, pod_context(table(kubernetes.get("pod_security_context")))
    secrets = [] if kubernetes.get("use_service_account_image_pull_secrets") else _pull_secrets(setup)
    return {
        **found,
        **({"serviceAccountName": account} if account else {}),
        **({"securityContext": context} if context else {}),
        **({"imagePullSecrets": secrets} if secrets else {}),
        # The job ends first: a second later the pod would be killed.
        **({"activeDeadlineSeconds": setup.job.timeout + 1} if setup.flag(DEADLINE) else {}),
    }


def _placed(setup: JobSetup) -> dict[str, Any]:
    """Where the pod may run, and what all of it together may use."""
    wanted = {
        "nodeSelector": setup.overwrites.node_selector,
        "tolerations": [_toleration(*one) for one in setup.overwrites.node_tolerations.items()],
        "affinity": affinity(table(setup.kubernetes.get("affinity"))),
        "resources": setup.overwrites.resources["pod_"],
    }
    return {field: value for field, value in wanted.items() if value}


def _toleration(of: str, effect: str) -> dict[str, str]:
    key, equals, value = of.partition("=")
    found = {"key": key, "operator": "Equal" if equals else "Exists", "value": value, "effect": effect}
    return {field: text for field, text in found.items() if text}


def _network(setup: JobSetup, services: dict[str, JobImage]) -> dict[str, Any]:
    kubernetes = setup.kubernetes
    hosts = service_hosts(setup, services)
    aliases: list[dict[str, Any]] = [{"ip": _SERVICE_HOST, "hostnames": hosts}] if hosts else []
    aliases += [
        {"ip": one.get("ip", ""), **({"hostnames": one["hostnames"]} if one.get("hostnames") else {})}
        for one in maps(kubernetes.get("host_aliases"))
    ]
    policy, config = _DNS.get(str(kubernetes.get("dns_policy") or "")), _dns(table(kubernetes.get("dns_config")))
    return {
        **({"dnsPolicy": policy} if policy else {}),
        **({"dnsConfig": config} if config else {}),
        **({"hostAliases": aliases} if aliases else {}),
    }


def _dns(own: dict[str, Any]) -> dict[str, Any]:
    options = [
        {"name": one.get("name", ""), **({"value": one["value"]} if "value" in one else {})}
        for one in maps(own.get("options"))
    ]
    found = {"nameservers": texts(own.get("nameservers")), "searches": texts(own.get("searches")), "options": options}
    return {field: value for field, value in found.items() if value}


def _pull_secrets(setup: JobSetup) -> list[dict[str, str]]:
    found = [{"name": name} for name in texts(setup.kubernetes.get("image_pull_secrets"))]
    return found + ([{"name": generated_name(unique_name(setup.runner, setup.job))}] if _has_login(setup) else [])


def _has_login(setup: JobSetup) -> bool:
    return setup.job.logins or bool(setup.variables.get("DOCKER_AUTH_CONFIG"))


def _login(setup: JobSetup, where: str) -> Object | None:
    if not _has_login(setup):
        return None
    return _object("Secret", generated_name(unique_name(setup.runner, setup.job)), where) | {
        "type": "kubernetes.io/dockercfg"
    }


def _budget(setup: JobSetup, where: str) -> Object:
    name = f"{generated_name(unique_name(setup.runner, setup.job))}-pdb"
    found = _object("PodDisruptionBudget", name, where) | {"apiVersion": "policy/v1"}
    return found | {"spec": {"minAvailable": 1, "selector": {"matchLabels": _selector(setup)}}}


def _proxies(setup: JobSetup, where: str) -> Iterator[Object]:
    """A Service for each name of a container that has ports."""
    named = {"build": setup.job.image, **named_services(setup)}
    for container, image in named.items():
        default = container if container == "build" else f"proxy-{container}"
        for alias in (image.aliases or [default]) if image.ports else []:
            name = dns_name(alias)
            ports = [{"name": f"{name}-{port}", "port": port, "targetPort": port} for port in image.ports]
            spec = {"type": "ClusterIP", "ports": ports, "selector": _selector(setup)}
            yield _object("Service", generated_name(name), where) | {"spec": spec}


def _selector(setup: JobSetup) -> dict[str, str]:
    return {POD_LABEL: label_value(unique_name(setup.runner, setup.job))}


def _object(kind: str, name: str, namespace: str = "") -> Object:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata}
