"""The Pod Security level of a pod, and what keeps it from the next one.

https://kubernetes.io/docs/concepts/security/pod-security-standards/, checked field by field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from podrunner.formats.kube_version import minor_version
from podrunner.manifests.objects import maps, table, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

# From this version on, pods with a user namespace of their own may run as root and unmask /proc at every level:
# until then it takes the alpha feature gate UserNamespacesPodSecurityStandards. Kubernetes 1.34 was seen to refuse them.
_RELAXED_FOR_USER_NAMESPACES = (1, 35)
# The label of a namespace by which Kubernetes refuses pods.
ENFORCE = "pod-security.kubernetes.io/enforce"
LEVELS = ("restricted", "baseline", "privileged")
_BASELINE_CAPABILITIES = frozenset(
    [
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ]
)
_SYSCTLS = frozenset(
    [
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_wmem",
    ]
)
_SELINUX = frozenset(["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"])
# Before the name of a container.
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
VOLUMES = frozenset(
    ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"]
)


@dataclass(frozen=True, slots=True)
class LevelReason:
    """A field of a pod that keeps it from a stricter level: `containers[0].securityContext.privileged: true`.

    `items` and `index` say in which item of which list of the pod it is, if in one; `found` are the values that are
    too much, `lacks` what is said of a field that lacks one.
    """

    field: str
    found: tuple[str, ...] = ()
    lacks: str = ""
    items: str = ""
    index: int = 0

    def __str__(self) -> str:
        """With the number of the item."""
        return self.told(str(self.index))

    def told(self, item: str) -> str:
        """With another name of the item."""
        way = ".".join(part for part in (f"{self.items}[{item}]" if self.items else "", self.field) if part)
        found = f": {', '.join(self.found)}" if self.found else ""
        return f"{way}{found}{self.lacks}"


# Makes a reason of one container, or of the pod.
Make = Callable[..., LevelReason]


def level(
    spec: dict[str, Any], kube_version: str, annotations: Mapping[str, Any] = MappingProxyType({})
) -> tuple[str, list[str]]:
    """(level, fields that keep it from the next stricter one) of a pod spec, on a Kubernetes such as `1.34`.

    `annotations` are those of the pod: by them profiles of AppArmor were chosen before there was a field.
    """
    found, reasons = level_reasons(spec, kube_version, annotations)
    return found, [str(reason) for reason in reasons]


def level_reasons(
    spec: dict[str, Any], kube_version: str, annotations: Mapping[str, Any] = MappingProxyType({})
) -> tuple[str, list[LevelReason]]:
    """The same, with the fields in parts."""
    relaxed = spec.get("hostUsers") is False and minor_version(kube_version) >= _RELAXED_FOR_USER_NAMESPACES
    reasons = [*_annotated(annotations), *_pod_not_baseline(spec), *_not_baseline(spec, relaxed=relaxed)]
    if reasons:
        return "privileged", reasons
    reasons = list(_not_restricted(spec, relaxed=relaxed))
    return ("baseline", reasons) if reasons else ("restricted", [])


def _containers(spec: dict[str, Any]) -> Iterator[tuple[Make, dict[str, Any], dict[str, Any]]]:
    """(maker of its reasons, container, its security context) of every container."""
    for kind in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(maps(spec.get(kind))):
            yield partial(LevelReason, items=kind, index=index), container, table(container.get("securityContext"))


def _annotated(annotations: Mapping[str, Any]) -> Iterator[LevelReason]:
    for key, profile in annotations.items():
        if key.startswith(_APPARMOR) and not re.fullmatch(r"(runtime/default|localhost/.*)?", str(profile)):
            yield LevelReason(f"metadata.annotations[{key}]", (str(profile),))


def _pod_not_baseline(spec: dict[str, Any]) -> Iterator[LevelReason]:
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(name):
            yield LevelReason(name, ("true",))
    for index, volume in enumerate(maps(spec.get("volumes"))):
        if "hostPath" in volume:
            yield LevelReason("hostPath", items="volumes", index=index)
    pod = table(spec.get("securityContext"))
    for sysctl in maps(pod.get("sysctls")):
        if str(sysctl.get("name")) not in _SYSCTLS:
            yield LevelReason("securityContext.sysctls", (str(sysctl.get("name")),))
    yield from _context(pod, LevelReason)


def _not_baseline(spec: dict[str, Any], *, relaxed: bool) -> Iterator[LevelReason]:
    for reason, container, context in _containers(spec):
        if context.get("privileged"):
            yield reason("securityContext.privileged", ("true",))
        added = texts(table(context.get("capabilities")).get("add"))
        beyond = [name for name in added if name not in _BASELINE_CAPABILITIES]
        if beyond:
            yield reason("securityContext.capabilities.add", tuple(beyond))
        # In a pod with a user namespace of its own, an unmasked /proc is that namespace's.
        if context.get("procMount", "Default") != "Default" and not relaxed:
            yield reason("securityContext.procMount", (str(context["procMount"]),))
        for index, port in enumerate(maps(container.get("ports"))):
            if port.get("hostPort"):
                yield reason(f"ports[{index}].hostPort", (str(port["hostPort"]),))
        yield from _context(context, reason)


def _context(context: dict[str, Any], reason: Make) -> Iterator[LevelReason]:
    options = table(context.get("seLinuxOptions"))
    if str(options.get("type") or "") not in _SELINUX:
        yield reason("securityContext.seLinuxOptions.type", (str(options["type"]),))
    for name in ("user", "role"):
        if options.get(name):
            yield reason(f"securityContext.seLinuxOptions.{name}", (str(options[name]),))
    for profile in ("seccompProfile", "appArmorProfile"):
        if table(context.get(profile)).get("type") == "Unconfined":
            yield reason(f"securityContext.{profile}.type", ("Unconfined",))


def _not_restricted(spec: dict[str, Any], *, relaxed: bool) -> Iterator[LevelReason]:
    for index, volume in enumerate(maps(spec.get("volumes"))):
        for kind in volume:
            if kind != "name" and kind not in VOLUMES:
                yield LevelReason(kind, items="volumes", index=index)
    pod = table(spec.get("securityContext"))
    for reason, _, context in _containers(spec):
        if context.get("allowPrivilegeEscalation") is not False:
            yield reason("securityContext.allowPrivilegeEscalation", lacks=" is not false")
        # With a user namespace of its own, root in the pod is nobody on the node.
        if not relaxed:
            if context.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
                yield reason("securityContext.runAsNonRoot", lacks=" is not true")
            if context.get("runAsUser", pod.get("runAsUser")) == 0:
                yield reason("securityContext.runAsUser", ("0",))
        if not (table(context.get("seccompProfile")) or table(pod.get("seccompProfile"))).get("type"):
            yield reason("securityContext.seccompProfile", lacks=" is not set")
        capabilities = table(context.get("capabilities"))
        if "ALL" not in texts(capabilities.get("drop")):
            yield reason("securityContext.capabilities.drop", lacks=" is not [ALL]")
        added = texts(capabilities.get("add"))
        if set(added) - {"NET_BIND_SERVICE"}:
            yield reason("securityContext.capabilities.add", tuple(added))
