"""What a pod has of its node: a name there, ports, processes; and what only others may give to a pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import FieldFault, among, hold
from podrunner.manifests.admission.forms import dns_label, dns_name
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.manifests.admission.fault import Faults

_POLICIES = ("PreemptLowerPriority", "Never")


def host_faults(spec: Mapping[str, Any]) -> Faults:
    """What is wrong with how a pod stands on its node."""
    yield from hold("nodeName", spec.get("nodeName") or None, dns_name)
    yield from hold("hostname", spec.get("hostname") or None, dns_label)
    yield from hold("subdomain", spec.get("subdomain") or None, dns_label)
    yield from among("preemptionPolicy", spec.get("preemptionPolicy"), _POLICIES)
    if spec.get("shareProcessNamespace") is True and spec.get("hostPID") is True:
        yield FieldFault("shareProcessNamespace", "cannot be true with hostPID: true")
    if spec.get("ephemeralContainers"):
        yield FieldFault("ephemeralContainers", "cannot be in a pod that is made: kubectl debug adds them")
    if spec.get("overhead") and not spec.get("runtimeClassName"):
        yield FieldFault("overhead", "comes from a RuntimeClass: write runtimeClassName instead")
    yield from _gates(spec)
    yield from _ports(spec)
    yield from _of_system(spec)
    yield from _host_processes(spec)


def _of_system(spec: Mapping[str, Any]) -> Faults:
    """Fields that the system of the pod, which is said, does not have."""
    name, context = table(spec.get("os")).get("name"), table(spec.get("securityContext"))
    reason = f"cannot be in a pod of {name}, as os.name says"
    of_pod, of_container = (_NOT_WINDOWS, _NOT_IN_WINDOWS) if name == "windows" else (_NOT_LINUX, _NOT_LINUX)
    if name not in ("linux", "windows"):
        return
    for field in _SHARED if name == "windows" else ():
        # False is as good as not there of those that are not pointers.
        if spec.get(field) is True or (field in _GIVEN and spec.get(field) is not None):
            yield FieldFault(field, reason)
    for field in of_pod:
        if context.get(field) not in (None, []):
            yield FieldFault(f"securityContext.{field}", reason)
    for at, container in _containers(spec):
        of_this = table(container.get("securityContext"))
        for field in of_container:
            if of_this.get(field) is not None:
                yield FieldFault(f"{at}.securityContext.{field}", reason)


# Source: validateWindows and validateLinux of k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
_NOT_LINUX = ("windowsOptions",)
_SHARED, _GIVEN = ("hostPID", "hostIPC", "hostUsers", "shareProcessNamespace"), ("hostUsers", "shareProcessNamespace")
_OF_BOTH = ("appArmorProfile", "seLinuxOptions", "seccompProfile", "runAsUser", "runAsGroup")
_NOT_WINDOWS = (
    *(*_OF_BOTH, "fsGroup", "fsGroupChangePolicy", "sysctls", "supplementalGroups"),
    *("supplementalGroupsPolicy", "seLinuxChangePolicy"),
)
_NOT_IN_WINDOWS = (
    *(*_OF_BOTH, "capabilities", "readOnlyRootFilesystem", "privileged"),
    *("allowPrivilegeEscalation", "procMount"),
)


def _containers(spec: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in ("initContainers", "containers"):
        for index, container in enumerate(maps(spec.get(kind))):
            yield f"{kind}[{index}]", container


def _host_processes(spec: Mapping[str, Any]) -> Faults:
    """Containers of Windows that are processes of the node: all of a pod are, and on its network."""
    whole = table(table(spec.get("securityContext")).get("windowsOptions")).get("hostProcess")
    said = {
        at: table(table(one.get("securityContext")).get("windowsOptions")).get("hostProcess")
        for at, one in _containers(spec)
    }
    for at, one in said.items():
        if isinstance(whole, bool) and isinstance(one, bool) and one != whole:
            field = f"{at}.securityContext.windowsOptions.hostProcess"
            yield FieldFault(field, f"must be that of the pod, {str(whole).lower()}")
    of_node = [at for at, one in said.items() if (whole if one is None else one) is True]
    if of_node and spec.get("hostNetwork") is not True:
        yield FieldFault("hostNetwork", "must be true: there are containers with hostProcess")
    if of_node and len(of_node) < len(said):
        other = next(at for at in said if at not in of_node)
        field = f"{other}.securityContext.windowsOptions.hostProcess"
        yield FieldFault(field, "must be true: it is for all containers of a pod, or for none")


def _gates(spec: Mapping[str, Any]) -> Faults:
    known: list[Any] = []
    for index, gate in enumerate(maps(spec.get("schedulingGates"))):
        if gate.get("name") in known:
            yield FieldFault(f"schedulingGates[{index}].name", "is the name of two gates", gate.get("name"))
        known.append(gate.get("name"))
    if known and spec.get("nodeName"):
        yield FieldFault("nodeName", "cannot stand beside schedulingGates", spec["nodeName"])


def _ports(spec: Mapping[str, Any]) -> Faults:
    # An init container ends before the next one begins.
    groups = [
        [("containers", index, one) for index, one in enumerate(maps(spec.get("containers")))],
        *([("initContainers", index, one)] for index, one in enumerate(maps(spec.get("initContainers")))),
    ]
    for group in groups:
        known: set[tuple[str, str, str]] = set()
        for at, port in _of_the_host(group, spec):
            taken = tuple(str(port.get(name) or default) for name, default in _TELLING)
            if taken in known:
                yield FieldFault(f"{at}.hostPort", "is the port of the node of two ports", port["hostPort"])
            known.add((taken[0], taken[1], taken[2]))
            container_port = port.get("containerPort")
            if spec.get("hostNetwork") is True and port["hostPort"] != container_port:
                reason = f"must be containerPort, {container_port}, with hostNetwork: true"
                yield FieldFault(f"{at}.hostPort", reason, port["hostPort"])


_TELLING = (("protocol", "TCP"), ("hostIP", ""), ("hostPort", ""))


def _of_the_host(
    group: list[tuple[str, int, dict[str, Any]]], spec: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind, index, container in group:
        for place, port in enumerate(maps(container.get("ports"))):
            at = f"{kind}[{index}].ports[{place}]"
            if port.get("hostPort"):
                yield at, port
            elif spec.get("hostNetwork") is True and port.get("containerPort"):
                # A pod on the node's network has its ports there.
                yield at, {**port, "hostPort": port["containerPort"]}


def annotation_faults(annotations: Mapping[str, Any], spec: Mapping[str, Any]) -> Faults:
    """Annotations of a pod that were fields once, and that the API server reads still: profiles of AppArmor and seccomp."""
    yield from _two_profiles(annotations, spec)
    names = [one.get("name") for kind in ("initContainers", "containers") for one in maps(spec.get(kind))]
    for key, value in annotations.items():
        at, profile = f"annotations.{key}", str(value)
        if key.startswith(_APPARMOR):
            if key.removeprefix(_APPARMOR) not in names:
                listed = ", ".join(map(str, names))
                yield FieldFault(at, f"does not end with the name of a container of the pod: {listed}", key)
            if not _is_profile(profile, ("", "runtime/default", "unconfined")):
                yield FieldFault(at, "must be runtime/default, unconfined or localhost/ and a profile", value)
        is_of_seccomp = key == _SECCOMP or key.startswith(_SECCOMP_OF_CONTAINER)
        if is_of_seccomp and not _is_profile(profile, ("runtime/default", "docker/default", "unconfined")):
            yield FieldFault(at, "must be runtime/default, unconfined or localhost/ and a file", value)


def _two_profiles(annotations: Mapping[str, Any], spec: Mapping[str, Any]) -> Faults:
    """Profiles of AppArmor by the annotation and by the field that are not of one type."""
    of_pod = table(spec.get("securityContext")).get("appArmorProfile")
    for at, container in _containers(spec) if table(spec.get("os")).get("name") != "windows" else ():
        said = annotations.get(f"{_APPARMOR}{container.get('name')}")
        kind = table(table(container.get("securityContext")).get("appArmorProfile") or of_pod).get("type")
        wanted = _TYPES.get(str(kind))
        if isinstance(said, str) and wanted and not (said == wanted or (wanted[-1] == "/" and said.startswith(wanted))):
            key = f"annotations.{_APPARMOR}{container.get('name')}"
            yield FieldFault(key, f"must be as appArmorProfile of {at}, {wanted}, or not be there", said)


_TYPES = {"Unconfined": "unconfined", "RuntimeDefault": "runtime/default", "Localhost": "localhost/"}
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_OF_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"


def _is_profile(text: str, known: tuple[str, ...]) -> bool:
    return text in known or text.startswith("localhost/")


def shared_host_faults(spec: Mapping[str, Any]) -> Faults:
    """What a user namespace and the node's own exclude, refused from Kubernetes 1.33 on."""
    if spec.get("hostUsers") is False:
        for field in ("hostNetwork", "hostPID", "hostIPC"):
            if spec.get(field) is True:
                yield FieldFault(field, "cannot be true with hostUsers: false")
        return
    for kind in ("initContainers", "containers"):
        for index, container in enumerate(maps(spec.get(kind))):
            if table(container.get("securityContext")).get("procMount") == "Unmasked":
                at = f"{kind}[{index}].securityContext.procMount"
                yield FieldFault(at, "needs a user namespace: hostUsers: false", "Unmasked")
