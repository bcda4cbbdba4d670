"""Is the build container what its mode promises? Judged by the pod as the API server had it, and from inside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import containers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from podrunner.manifests.objects import Object

# Printed by the build container at the end of the built-in pipeline's job; the numbers make it differ from its own
# echo in the log.
INSIDE_SCRIPT = (
    "while read -r key value; do case $key in CapBnd:) bounding=$value ;; NoNewPrivs:) no_new=$value ;;"
    " Seccomp:) seccomp=$value ;; esac; done < /proc/self/status; read -r _ root _ < /proc/self/uid_map;"
    # podman calls both overlay; only the options name the program that mounts.
    " driver=$(podman info --format '{{.Store.GraphDriverName}} {{.Store.GraphOptions}}');"
    " case $driver in *fuse-overlayfs*) driver=fuse-overlayfs ;; *) driver=${driver%% *} ;; esac;"
    ' echo "podrunner-inside uid=$(id -u) CapBnd=$bounding NoNewPrivs=$no_new Seccomp=$seccomp root=$root driver=$driver"'
)
# What the kernel calls 0, 1 and 2.
_SECCOMP = ("off", "strict", "filtered")
_INSIDE = re.compile(
    r"^podrunner-inside uid=(?P<uid>\d+) CapBnd=(?P<bounding>[0-9a-f]{16}) NoNewPrivs=(?P<no_new>[01])"
    r" Seccomp=(?P<seccomp>[012]) root=(?P<root>\d+) driver=(?P<driver>\S*)\r?$",
    re.MULTILINE,
)

# Bit numbers of linux/capability.h that a promise can name.
_CAPABILITIES = {
    "CHOWN": 0,
    "DAC_OVERRIDE": 1,
    "FOWNER": 3,
    "FSETID": 4,
    "KILL": 5,
    "SETGID": 6,
    "SETUID": 7,
    "SETPCAP": 8,
    "NET_BIND_SERVICE": 10,
    "NET_RAW": 13,
    "SYS_CHROOT": 18,
    "SYS_ADMIN": 21,
    "MKNOD": 27,
    "AUDIT_WRITE": 29,
    "SETFCAP": 31,
}
_ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Promise:
    """Security state of the build container that a mode promises.

    `capabilities` is {"ALL"} for the node's full set. A `uid` of None is whatever the platform assigns, but not 0.
    `host_users` is False for a pod whose user namespace is not the node's, None where the platform decides.
    """

    uid: int | None
    privileged: bool
    no_new_privileges: bool
    capabilities: frozenset[str]
    host_users: bool | None = True

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Promise:
        """From `promise` of the table of modes."""
        capabilities = data["capabilities"]
        names = [capabilities] if isinstance(capabilities, str) else capabilities
        host_users = data.get("hostUsers", True)
        return cls(data["uid"], data["privileged"], data["noNewPrivileges"], frozenset(names), host_users)


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was looked at; `problem` is empty when it holds."""

    text: str
    problem: str = ""


def check_pods(pods: Iterable[Object], promise: Promise) -> list[Check]:
    """Compares the pods of a job, as the API server had them, with the promise."""
    pods = list(pods)
    if not pods:
        return [Check("the job's pod", "no pod of the job was seen: nothing is known of its security")]
    return [check for pod in pods for check in (_check_privileged(pod, promise), _check_build(pod, promise))]


def check_inside(log: str, promise: Promise) -> Check:
    """Compares what the build container printed of itself with the promise."""
    found = _INSIDE.search(log)
    if not found:
        return Check(
            "inside the build container", "the job's log does not say what the build container's process may do"
        )
    uid, bounding, root = int(found["uid"]), int(found["bounding"], 16), int(found["root"])
    problems = [_wrong_uid("uid", uid, promise)]
    if (found["no_new"] == "1") != promise.no_new_privileges:
        problems.append(f"NoNewPrivs is {found['no_new']}, promised is {int(promise.no_new_privileges)}")
    problems.append(_wrong_capabilities(bounding, promise))
    if promise.host_users not in (None, root == 0):
        wanted = "the node's root" if promise.host_users else "nobody on the node"
        problems.append(f"root is uid {root} of the node, promised is {wanted}")
    text = (
        f"inside: uid {uid}, CapBnd {found['bounding']} ({_names(bounding)}), NoNewPrivs {found['no_new']}, "
        f"seccomp {_SECCOMP[int(found['seccomp'])]}, root is uid {root} of the node, storage driver {found['driver']}"
    )
    return Check(text, "; ".join(problem for problem in problems if problem))


def _check_privileged(pod: Object, promise: Promise) -> Check:
    """No container is privileged unless promised, and then the build container alone."""
    containers = containers_of(pod)
    privileged = [item["name"] for item in containers if (item.get("securityContext") or {}).get("privileged")]
    allowed = ["build"] if promise.privileged else []
    wrong = [name for name in privileged if name not in allowed]
    which = "only `build` is privileged" if promise.privileged else "none is privileged"
    text = f"{len(containers)} containers ({', '.join(item['name'] for item in containers)}): {which}"
    return Check(text, f"privileged: {', '.join(wrong)}" if wrong else "")


def _check_build(pod: Object, promise: Promise) -> Check:
    build = next((item for item in containers_of(pod) if item["name"] == "build"), None)
    if build is None:
        return Check("the build container", "the job's pod has none")
    own, shared = build.get("securityContext") or {}, pod["spec"].get("securityContext") or {}
    uid = own.get("runAsUser", shared.get("runAsUser"))
    problems = [_wrong_uid("runAsUser", uid, promise)]
    if promise.host_users not in (None, pod["spec"].get("hostUsers", True)):
        problems.append(f"hostUsers is {_word(not promise.host_users)}, promised is {_word(promise.host_users)}")
    privileged = bool(own.get("privileged"))
    if privileged != promise.privileged:
        problems.append(f"privileged is {_word(privileged)}, promised is {_word(promise.privileged)}")
    no_new_privileges = own.get("allowPrivilegeEscalation") is False
    if no_new_privileges != promise.no_new_privileges:
        allow = own.get("allowPrivilegeEscalation", "unset")
        problems.append(
            f"allowPrivilegeEscalation is {_word(allow)}, promised is {_word(not promise.no_new_privileges)}"
        )
    if not promise.privileged:
        problems += _wrong_lists(own.get("capabilities") or {}, promise)
    text = f"build container: runAsUser {uid}, privileged {_word(privileged)}, capabilities {_shown(own, privileged)}"
    return Check(text, "; ".join(problem for problem in problems if problem))


def _wrong_uid(name: str, uid: int | None, promise: Promise) -> str:
    if promise.uid is None:
        return f"{name} is 0, promised is any other" if uid == 0 else ""
    return "" if uid == promise.uid else f"{name} is {uid}, promised is {promise.uid}"


def _wrong_lists(capabilities: Mapping[str, Any], promise: Promise) -> list[str]:
    added, dropped = set(capabilities.get("add") or []), set(capabilities.get("drop") or [])
    if added == promise.capabilities and _ALL in dropped:
        return []
    has = f"drop {', '.join(sorted(dropped)) or 'nothing'}, add {', '.join(sorted(added)) or 'nothing'}"
    return [f"capabilities: {has}; promised is drop ALL, add {', '.join(sorted(promise.capabilities))}"]


def _wrong_capabilities(bounding: int, promise: Promise) -> str:
    if promise.capabilities == {_ALL}:
        # A node may withhold some from everybody; SYS_ADMIN is what tells a privileged container from others.
        return "" if bounding >> _CAPABILITIES["SYS_ADMIN"] & 1 else "CapBnd lacks SYS_ADMIN, promised are all"
    wanted = sum(1 << _CAPABILITIES[name] for name in promise.capabilities)
    return "" if bounding == wanted else f"CapBnd is {bounding:016x}, promised is {wanted:016x} ({_names(wanted)})"


def _shown(context: Mapping[str, Any], privileged: bool) -> str:
    if privileged:
        return "all"
    capabilities = context.get("capabilities") or {}
    return ", ".join(sorted(capabilities.get("add") or [])) or "none added"


def _names(bounding: int) -> str:
    known = sorted(name for name, bit in _CAPABILITIES.items() if bounding >> bit & 1)
    if bounding.bit_count() > len(known):
        return f"{bounding.bit_count()} capabilities"
    return " ".join(known) or "none"


def _word(value: object) -> str:
    return str(value).lower()
