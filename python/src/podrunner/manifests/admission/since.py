"""What the API server takes, or refuses, from a version of Kubernetes on, and not before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.formats.kube_version import minor_version
from podrunner.manifests.admission.agreement import scales_to_zero
from podrunner.manifests.admission.containers import resource_faults
from podrunner.manifests.admission.fault import FieldFault
from podrunner.manifests.admission.host import shared_host_faults
from podrunner.manifests.admission.jobs import success_faults
from podrunner.manifests.admission.probes import has_signal_alone
from podrunner.manifests.admission.scheduling import pod_terms
from podrunner.manifests.admission.structural import selectable_faults
from podrunner.manifests.objects import is_built_in, maps, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.manifests.admission.fault import Faults

# First versions that have the gates RelaxedEnvironmentVariableValidation and PodHostIPs on by default.
_ANY_NAME, _ALL_ADDRESSES = (1, 32), (1, 29)
# The same of ProcMountType, MatchLabelKeysInPodAffinity, MatchLabelKeysInPodTopologySpread, DynamicResourceAllocation and
# PodLevelResources: before, the fields are dropped, see gates.py.
_PROC_MOUNT, _KEYS_OF_AFFINITY, _KEYS_OF_SPREAD, _CLAIMS, _WHOLE_PODS = (1, 33), (1, 31), (1, 27), (1, 34), (1, 34)
# First versions that have EnvFiles and PodLifecycleSleepAction on by default: before, nothing is left of a source of a
# variable and of an action of a hook. Of a container that is not of the start, restartPolicy is refused before 1.34.
_FILES, _SLEEP, _RESTARTS = (1, 35), (1, 30), (1, 34)
# First version that knows lifecycle.stopSignal: earlier ones drop it, and keep the hooks around it.
_SIGNALS = (1, 33)
# First version that has CustomResourceFieldSelectors, JobSuccessPolicy and InPlacePodVerticalScaling on by default: before, the fields are dropped.
_SELECTABLE, _SUCCESS, _RESIZES = (1, 31), (1, 31), (1, 33)
# First version that has HPAScaleToZero on by default.
_TO_ZERO = (1, 37)
_CLAIM_SOURCES = ("resourceClaimName", "resourceClaimTemplateName")
_NAME = re.compile(r"(?!\.\.)[-._a-zA-Z][-._a-zA-Z0-9]*(?<!\A\.)\Z")


def too_new_faults(spec: Mapping[str, Any], kube_version: str) -> Faults:
    """What of a pod's spec is refused in this version, and taken in another one."""
    version = minor_version(kube_version)
    yield from _new_fields(spec, version)
    yield from _nothing_left(spec, version)
    for index, container in enumerate(maps(spec.get("initContainers")) if version < _SIGNALS else ()):
        if has_signal_alone(container) and container.get("restartPolicy") != "Always":
            yield FieldFault(
                f"initContainers[{index}].lifecycle", "needs Kubernetes 1.33 in an init container that ends"
            )
    if version >= max(_ANY_NAME, _ALL_ADDRESSES):
        return
    for kind in ("initContainers", "containers"):
        for index, container in enumerate(maps(spec.get(kind))):
            for place, variable in enumerate(maps(container.get("env"))):
                at, name = f"{kind}[{index}].env[{place}]", str(variable.get("name") or "")
                if version < _ANY_NAME and name and not _NAME.match(name):
                    what = "must be letters, digits, dashes, dots and underscores, the first no digit"
                    yield FieldFault(f"{at}.name", f"{what}, before Kubernetes 1.32", name)
                field = table(table(variable.get("valueFrom")).get("fieldRef")).get("fieldPath")
                if version < _ALL_ADDRESSES and field == "status.hostIPs":
                    yield FieldFault(f"{at}.valueFrom.fieldRef.fieldPath", "needs Kubernetes 1.29", field)


def too_new_object_faults(data: Mapping[str, Any], kube_version: str) -> Faults:
    """The same of an object beside pods: fields to select custom objects by, and when a Job has succeeded."""
    if not is_built_in(str(data.get("apiVersion", ""))):
        return
    version, kind = minor_version(kube_version), data.get("kind")
    if kind == "CustomResourceDefinition" and version >= _SELECTABLE:
        yield from selectable_faults(data)
    if kind in ("Job", "CronJob") and version >= _SUCCESS:
        yield from success_faults(data)
    if kind == "HorizontalPodAutoscaler" and version < _TO_ZERO and scales_to_zero(data):
        reason = "must be 1 or more: the feature gate HPAScaleToZero is on from Kubernetes 1.37 on"
        yield FieldFault("spec.minReplicas", reason, 0)


def _resizes(spec: Mapping[str, Any]) -> Faults:
    """Two ways to resize one resource of a container."""
    for kind in ("initContainers", "containers"):
        for index, container in enumerate(maps(spec.get(kind))):
            known: list[Any] = []
            for place, one in enumerate(maps(container.get("resizePolicy"))):
                if (name := one.get("resourceName")) in known:
                    at = f"{kind}[{index}].resizePolicy[{place}].resourceName"
                    yield FieldFault(at, "is the resource of two policies", name)
                known.append(name)


def _new_fields(spec: Mapping[str, Any], version: tuple[int, int]) -> Faults:
    """What is wrong with fields that earlier versions drop."""
    if version >= _PROC_MOUNT:
        yield from shared_host_faults(spec)
    if version >= _RESIZES:
        yield from _resizes(spec)
    if version >= _KEYS_OF_AFFINITY:
        for at, term in pod_terms(spec):
            yield from _keys(at, term, ("matchLabelKeys", "mismatchLabelKeys"))
    if version >= _KEYS_OF_SPREAD:
        for index, one in enumerate(maps(spec.get("topologySpreadConstraints"))):
            yield from _keys(f"topologySpreadConstraints[{index}]", one, ("matchLabelKeys",))
    if version >= _WHOLE_PODS:
        yield from resource_faults("resources", table(spec.get("resources")))
    if version >= _CLAIMS:
        yield from _claims(spec)


def _claims(spec: Mapping[str, Any]) -> Faults:
    """Claims of devices: each once, from one source, and those of containers among them."""
    claims = maps(spec.get("resourceClaims"))
    names = [claim.get("name") for claim in claims]
    for index, claim in enumerate(claims):
        at = f"resourceClaims[{index}]"
        if sum(bool(claim.get(source)) for source in _CLAIM_SOURCES) != 1:
            yield FieldFault(at, f"must have exactly one of {' and '.join(_CLAIM_SOURCES)}", claim.get("name"))
        if claim.get("name") in names[:index]:
            yield FieldFault(f"{at}.name", "is the name of two claims", claim.get("name"))
    for kind in ("initContainers", "containers"):
        for index, container in enumerate(maps(spec.get(kind))):
            for place, used in enumerate(maps(table(container.get("resources")).get("claims"))):
                if used.get("name") and used["name"] not in names:
                    at = f"{kind}[{index}].resources.claims[{place}].name"
                    yield FieldFault(at, "is not the name of one of the pod's resourceClaims", used["name"])


def _nothing_left(spec: Mapping[str, Any], version: tuple[int, int]) -> Faults:
    """What is refused where the gate is off, as the field that is dropped is all that there is."""
    for kind in ("initContainers", "containers"):
        for index, container in enumerate(maps(spec.get(kind))):
            at = f"{kind}[{index}]"
            for place, variable in enumerate(maps(container.get("env"))):
                if version < _FILES and table(variable.get("valueFrom")).get("fileKeyRef") is not None:
                    where = f"{at}.env[{place}].valueFrom.fileKeyRef"
                    yield FieldFault(where, "needs Kubernetes 1.35, or the feature gate EnvFiles")
            for event, hook in table(container.get("lifecycle")).items():
                if version < _SLEEP and table(hook).get("sleep") is not None:
                    reason = "needs Kubernetes 1.30, or the feature gate PodLifecycleSleepAction"
                    yield FieldFault(f"{at}.lifecycle.{event}.sleep", reason)
            if version < _RESTARTS and kind == "containers" and container.get("restartPolicy"):
                reason = "needs Kubernetes 1.34 and the feature gate ContainerRestartRules, or Kubernetes 1.35"
                yield FieldFault(f"{at}.restartPolicy", reason, container["restartPolicy"])


def _keys(at: str, one: Mapping[str, Any], fields: tuple[str, ...]) -> Faults:
    for field in fields:
        if one.get(field) and not one.get("labelSelector"):
            yield FieldFault(f"{at}.{field}", "needs a labelSelector beside it")
