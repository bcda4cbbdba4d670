"""The Pod Security level of a pod, and what keeps it from the next one.

https://kubernetes.io/docs/concepts/security/pod-security-standards/, checked field by field.
"""

from __future__ import annotations

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
_VOLUMES = frozenset(
    ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"]
)


def level(spec: dict[str, Any], kube_version: str) -> tuple[str, list[str]]:
    """(level, fields that keep it from the next stricter one) of a pod spec, on a Kubernetes such as `1.34`."""
    relaxed = spec.get("hostUsers") is False and minor_version(kube_version) >= _RELAXED_FOR_USER_NAMESPACES
    reasons = list(_not_baseline(spec, relaxed=relaxed))
    if reasons:
        return "privileged", reasons
    reasons = list(_not_restricted(spec, relaxed=relaxed))
    return ("baseline", reasons) if reasons else ("restricted", [])


def _containers(spec: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for kind in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(maps(spec.get(kind))):
            yield f"{kind}[{index}]", container, table(container.get("securityContext"))


def _not_baseline(spec: dict[str, Any], *, relaxed: bool) -> Iterator[str]:
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(name):
            yield f"{name}: true"
    for index, volume in enumerate(maps(spec.get("volumes"))):
        if "hostPath" in volume:
            yield f"volumes[{index}].hostPath"
    pod = table(spec.get("securityContext"))
    for sysctl in maps(pod.get("sysctls")):
        if str(sysctl.get("name")) not in _SYSCTLS:
            yield f"securityContext.sysctls: {sysctl.get('name')}"
    yield from _context(pod, "securityContext")
    for where, container, context in _containers(spec):
        at = f"{where}.securityContext"
        if context.get("privileged"):
            yield f"{at}.privileged: true"
        added = texts(table(context.get("capabilities")).get("add"))
        beyond = [name for name in added if name not in _BASELINE_CAPABILITIES]
        if beyond:
            yield f"{at}.capabilities.add: {', '.join(beyond)}"
        # In a pod with a user namespace of its own, an unmasked /proc is that namespace's.
        if context.get("procMount", "Default") != "Default" and not relaxed:
            yield f"{at}.procMount: {context['procMount']}"
        for index, port in enumerate(maps(container.get("ports"))):
            if port.get("hostPort"):
                yield f"{where}.ports[{index}].hostPort: {port['hostPort']}"
        yield from _context(context, at)


def _context(context: dict[str, Any], at: str) -> Iterator[str]:
    options = table(context.get("seLinuxOptions"))
    if str(options.get("type") or "") not in _SELINUX:
        yield f"{at}.seLinuxOptions.type: {options['type']}"
    for name in ("user", "role"):
        if options.get(name):
            yield f"{at}.seLinuxOptions.{name}: {options[name]}"
    for profile in ("seccompProfile", "appArmorProfile"):
        if table(context.get(profile)).get("type") == "Unconfined":
            yield f"{at}.{profile}.type: Unconfined"


def _not_restricted(spec: dict[str, Any], *, relaxed: bool) -> Iterator[str]:
    for index, volume in enumerate(maps(spec.get("volumes"))):
        for kind in volume:
            if kind != "name" and kind not in _VOLUMES:
                yield f"volumes[{index}].{kind}"
    pod = table(spec.get("securityContext"))
    for where, _, context in _containers(spec):
        at = f"{where}.securityContext"
        if context.get("allowPrivilegeEscalation") is not False:
            yield f"{at}.allowPrivilegeEscalation is not false"
        # With a user namespace of its own, root in the pod is nobody on the node.
        if not relaxed:
            if context.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
                yield f"{at}.runAsNonRoot is not true"
            if context.get("runAsUser", pod.get("runAsUser")) == 0:
                yield f"{at}.runAsUser: 0"
        if not (table(context.get("seccompProfile")) or table(pod.get("seccompProfile"))).get("type"):
            yield f"{at}.seccompProfile is not set"
        capabilities = table(context.get("capabilities"))
        if "ALL" not in texts(capabilities.get("drop")):
            yield f"{at}.capabilities.drop is not [ALL]"
        added = texts(capabilities.get("add"))
        if set(added) - {"NET_BIND_SERVICE"}:
            yield f"{at}.capabilities.add: {', '.join(added)}"
