"""Fields of a pod that the API server drops without a word, as the feature gate that they need is off by default.

Sources: dropDisabledFields of k8s.io/kubernetes/pkg/api/pod/util.go, and the defaults of the gates in
pkg/features/kube_features.go, up to 1.37. A version that does not know the field at all is told by its schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.formats.kube_version import minor_version
from podrunner.manifests.admission.fault import FieldFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.manifests.admission.fault import Faults


@dataclass(frozen=True, slots=True)
class Gate:
    """A feature gate that is on by default `since` a version, None: in none that is known; `fields` are dropped before.

    A name that ends with [] is that of a list, of which each item is looked at; * is every key of a table.
    """

    name: str
    since: tuple[int, int] | None
    fields: tuple[str, ...]
    what: str = "the field"

    def says(self, minor: tuple[int, int]) -> str:
        """Why it is dropped in a version, as the rest of a sentence; empty where it is not."""
        if self.since and minor >= self.since:
            return ""
        first = f"before Kubernetes {self.since[0]}.{self.since[1]} " if self.since else ""
        return f"has no effect {first}unless the feature gate {self.name} is on: the API server drops {self.what}"


def _of_containers(*fields: str) -> tuple[str, ...]:
    return tuple(f"{kind}[].{one}" for kind in ("initContainers", "containers") for one in fields)


def _of_affinity(*fields: str) -> tuple[str, ...]:
    kinds = [f"affinity.{kind}" for kind in ("podAffinity", "podAntiAffinity")]
    required, preferred = (f"{one}DuringSchedulingIgnoredDuringExecution[]" for one in ("required", "preferred"))
    ways = (required, f"{preferred}.podAffinityTerm")
    return tuple(f"{kind}.{way}.{one}" for kind in kinds for way in ways for one in fields)


# Of procMount, recursiveReadOnly, supplementalGroupsPolicy, lists and tables: as without them. So is `hostUsers: true`.
_NOTHING: tuple[Any, ...] = ("Default", "Disabled", "Merge", [], {})
_PROBED = ("livenessProbe", "readinessProbe", "startupProbe")
GATES = (
    Gate(
        "NodeInclusionPolicyInPodTopologySpread",
        (1, 26),
        ("topologySpreadConstraints[].nodeAffinityPolicy", "topologySpreadConstraints[].nodeTaintsPolicy"),
    ),
    Gate("MatchLabelKeysInPodTopologySpread", (1, 27), ("topologySpreadConstraints[].matchLabelKeys",)),
    Gate("MatchLabelKeysInPodAffinity", (1, 31), _of_affinity("matchLabelKeys", "mismatchLabelKeys")),
    Gate("RecursiveReadOnlyMounts", (1, 31), _of_containers("volumeMounts[].recursiveReadOnly")),
    Gate("UserNamespacesSupport", (1, 33), ("hostUsers",)),
    Gate("ProcMountType", (1, 33), _of_containers("securityContext.procMount")),
    Gate("SupplementalGroupsPolicy", (1, 33), ("securityContext.supplementalGroupsPolicy",)),
    Gate("SELinuxChangePolicy", (1, 33), ("securityContext.seLinuxChangePolicy",)),
    Gate("InPlacePodVerticalScaling", (1, 33), _of_containers("resizePolicy")),
    Gate("PodLevelResources", (1, 34), ("resources.limits.*", "resources.requests.*"), "resources of a whole pod"),
    Gate("DynamicResourceAllocation", (1, 34), ("resourceClaims", *_of_containers("resources.claims"))),
    Gate("ImageVolume", (1, 35), ("volumes[].image",), "the volume and its mounts"),
    Gate("HostnameOverride", (1, 35), ("hostnameOverride",)),
    Gate("ContainerRestartRules", (1, 35), (*_of_containers("restartPolicyRules"), "containers[].restartPolicy")),
    Gate("ClusterTrustBundleProjection", (1, 37), ("volumes[].projected.sources[].clusterTrustBundle",)),
    Gate("PodCertificateRequest", (1, 37), ("volumes[].projected.sources[].podCertificate",)),
    Gate("ContainerStopSignals", None, _of_containers("lifecycle.stopSignal")),
    Gate("GenericWorkload", None, ("workloadRef", "schedulingGroup")),
    Gate("EmptyDirVolumeMode", None, ("volumes[].emptyDir.mode",)),
    Gate("VolumeBindMountOptions", None, _of_containers("volumeMounts[].bindMountOptions")),
    Gate("H2CContainerProbe", None, _of_containers(*(f"{probe}.httpGet.protocol" for probe in _PROBED))),
)


def dropped_faults(spec: Mapping[str, Any], kube_version: str) -> Faults:
    """Every field of a pod's spec that this version drops by default."""
    minor = minor_version(kube_version)
    for gate in GATES:
        if reason := gate.says(minor):
            for pattern in gate.fields:
                for path, value in _found(spec, pattern.split(".")):
                    shown = value if isinstance(value, (str, int)) else None
                    yield FieldFault(path, reason, shown, is_dropped=True)


def _found(data: Any, parts: list[str], at: str = "") -> Iterator[tuple[str, Any]]:
    """(path, value) of what a pattern means and is there, and is more than what counts without it."""
    if not parts:
        if data is not None and data is not True and data not in _NOTHING:
            yield at.removeprefix("."), data
        return
    if parts[0] == "*":
        for key, one in data.items() if isinstance(data, dict) else ():
            yield from _found(one, parts[1:], f"{at}.{key}")
        return
    name = parts[0].removesuffix("[]")
    inner = data.get(name) if isinstance(data, dict) else None
    if parts[0] == name:
        yield from _found(inner, parts[1:], f"{at}.{name}")
        return
    for index, one in enumerate(inner if isinstance(inner, list) else ()):
        yield from _found(one, parts[1:], f"{at}.{name}[{index}]")
