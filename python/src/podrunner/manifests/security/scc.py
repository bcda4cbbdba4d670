"""A pod against OpenShift's SecurityContextConstraints: why it would be refused, and the ids that it would get.

From the descriptions of the fields in github.com/openshift/api, security/v1. Judged: users, groups, SELinux, privileges,
capabilities, the node's namespaces, volumes, seccomp and the root file system. Not judged: sysctls and FlexVolumes;
who may use the constraints (RBAC's verb `use`); which of several the platform prefers. The constraints have no field for
procMount and AppArmor, so neither is ever a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.findings.finding import Finding
from podrunner.findings.rules.manifests import SCC
from podrunner.manifests.objects import maps, table, texts
from podrunner.manifests.security.scc_ranges import Ranges, group_ranges, selinux_options, user_range

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_Reason = tuple[str, str]
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
_PROFILES = {"RuntimeDefault": "runtime/default", "Unconfined": "unconfined"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of a pod under constraints.

    `findings` are the reasons for which it is refused. `uid` is what containers get that name none, `fs_group` the
    same for volumes; None where the image decides.
    """

    findings: tuple[Finding, ...]
    uid: int | None = None
    fs_group: int | None = None

    @property
    def admitted(self) -> bool:
        """Whether there is no reason to refuse the pod."""
        return not self.findings


def judge(
    spec: Mapping[str, Any], constraints: Mapping[str, Any], annotations: Mapping[str, str] | None, whose: str = ""
) -> Judgement:
    """Judge a pod spec by SecurityContextConstraints; `annotations` are those of the pod's namespace.

    `whose` begins each sentence. Where the annotations are not known (None), ids and SELinux levels that the namespace would give are not judged.
    """
    users, groups = user_range(constraints, annotations), group_ranges("fsGroup", constraints, annotations)
    pod = table(spec.get("securityContext"))
    reasons = [
        *_host(spec, constraints),
        *_volumes(spec, constraints),
        *_groups(pod, groups, group_ranges("supplementalGroups", constraints, annotations)),
        *_seccomp(pod, "securityContext", constraints),
    ]
    for path, container in _containers(spec):
        context = table(container.get("securityContext"))
        at = f"{path}.securityContext"
        reasons += [
            *_user({**pod, **context}, at, users),
            *_selinux({**pod, **context}, at, selinux_options(constraints, annotations)),
            *_privileges(context, at, constraints),
            *_capabilities(table(context.get("capabilities")), f"{at}.capabilities", constraints),
            *_seccomp(context, at, constraints),
            *_ports(container, path, constraints),
        ]
    name = f"SecurityContextConstraints/{table(constraints.get('metadata')).get('name', '')}"
    findings = [Finding(SCC, f"{whose}{path}: {why}", object=name, path=path) for path, why in reasons]
    return Judgement(tuple(findings), _first(users), _first(groups))


def _first(ranges: Ranges) -> int | None:
    return ranges.allowed[0][0] if ranges.allowed else None


def _containers(spec: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in _CONTAINERS:
        for index, container in enumerate(maps(spec.get(kind))):
            yield f"{kind}[{index}]", container


def _host(spec: Mapping[str, Any], constraints: Mapping[str, Any]) -> Iterator[_Reason]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        allow = f"allow{field[0].upper()}{field[1:]}"
        if spec.get(field) and not constraints.get(allow):
            yield field, f"true, {allow} is false."
    if constraints.get("userNamespaceLevel") == "RequirePodLevel" and spec.get("hostUsers") is not False:
        yield "hostUsers", "not false, userNamespaceLevel is RequirePodLevel."


def _volumes(spec: Mapping[str, Any], constraints: Mapping[str, Any]) -> Iterator[_Reason]:
    allowed = texts(constraints.get("volumes"))
    for index, volume in enumerate(maps(spec.get("volumes"))):
        for kind in volume:
            if kind == "name":
                continue
            if kind not in allowed and "*" not in allowed:
                yield f"volumes[{index}].{kind}", f"not among volumes: {', '.join(allowed) or 'none'}."
            elif kind == "hostPath" and not constraints.get("allowHostDirVolumePlugin"):
                yield f"volumes[{index}].hostPath", "allowHostDirVolumePlugin is false."


def _groups(pod: Mapping[str, Any], fs_group: Ranges, supplemental: Ranges) -> Iterator[_Reason]:
    asked = [pod["fsGroup"]] if pod.get("fsGroup") is not None else []
    yield from _ids("securityContext.fsGroup", asked, fs_group)
    yield from _ids("securityContext.supplementalGroups", pod.get("supplementalGroups") or [], supplemental)


def _user(context: Mapping[str, Any], at: str, users: Ranges) -> Iterator[_Reason]:
    asked = context.get("runAsUser")
    yield from _ids(f"{at}.runAsUser", [] if asked is None else [asked], users)
    if users.strategy == "MustRunAsNonRoot" and (asked == 0 or context.get("runAsNonRoot") is False):
        yield f"{at}.runAsUser", "root, runAsUser is MustRunAsNonRoot."


def _ids(path: str, asked: list[int], ranges: Ranges) -> Iterator[_Reason]:
    if ranges.problem:
        yield path, ranges.problem
        return
    for number in asked:
        if ranges.allowed is not None and not any(low <= number <= high for low, high in ranges.allowed):
            yield path, f"{number} is not in {ranges} ({ranges.source}, strategy {ranges.strategy})."


def _selinux(context: Mapping[str, Any], at: str, must: Mapping[str, str] | None) -> Iterator[_Reason]:
    asked = table(context.get("seLinuxOptions"))
    if must is None or not asked:
        return
    for part in ("user", "role", "type", "level"):
        wanted, has = must.get(part, ""), asked.get(part, "")
        if has and has != wanted:
            yield f"{at}.seLinuxOptions.{part}", f"{has}, seLinuxContext wants {wanted or 'none'}."


def _privileges(context: Mapping[str, Any], at: str, constraints: Mapping[str, Any]) -> Iterator[_Reason]:
    if context.get("privileged") and not constraints.get("allowPrivilegedContainer"):
        yield f"{at}.privileged", "true, allowPrivilegedContainer is false."
    # Where a container does not say, the platform sets what the constraints allow.
    if context.get("allowPrivilegeEscalation") and constraints.get("allowPrivilegeEscalation") is False:
        yield f"{at}.allowPrivilegeEscalation", "true, allowPrivilegeEscalation is false."
    if constraints.get("readOnlyRootFilesystem") and context.get("readOnlyRootFilesystem") is False:
        yield f"{at}.readOnlyRootFilesystem", "false, readOnlyRootFilesystem is true."


def _capabilities(own: Mapping[str, Any], at: str, constraints: Mapping[str, Any]) -> Iterator[_Reason]:
    dropped = texts(constraints.get("requiredDropCapabilities"))
    allowed = [
        name for part in ("allowedCapabilities", "defaultAddCapabilities") for name in texts(constraints.get(part))
    ]
    for name in texts(own.get("add")):
        if name in dropped:
            yield f"{at}.add", f"{name} is among requiredDropCapabilities: {', '.join(dropped)}."
        elif name not in allowed and "*" not in allowed:
            yield f"{at}.add", f"{name} is not among allowedCapabilities: {', '.join(allowed) or 'none'}."


def _seccomp(context: Mapping[str, Any], at: str, constraints: Mapping[str, Any]) -> Iterator[_Reason]:
    profile = table(context.get("seccompProfile"))
    kind, allowed = profile.get("type"), texts(constraints.get("seccompProfiles"))
    if not kind or "*" in allowed:
        return
    name = _PROFILES.get(kind) or f"localhost/{profile.get('localhostProfile', '')}"
    if name not in allowed:
        yield f"{at}.seccompProfile", f"{name} is not among seccompProfiles: {', '.join(allowed) or 'none'}."


def _ports(container: Mapping[str, Any], path: str, constraints: Mapping[str, Any]) -> Iterator[_Reason]:
    for index, port in enumerate(maps(container.get("ports"))):
        if port.get("hostPort") and not constraints.get("allowHostPorts"):
            yield f"{path}.ports[{index}].hostPort", f"{port['hostPort']}, allowHostPorts is false."
