"""Whether the pod of a job is what its mode promises: judged by its fields, patches applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import containers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from podrunner.manifests.objects import Object

ALL = "ALL"


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
    problems = [wrong_uid("runAsUser", uid, promise)]
    said = pod["spec"].get("hostUsers", True)
    # What is neither true nor false the API server does not take: no promise is broken by it.
    if isinstance(said, bool) and promise.host_users not in (None, said):
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


def wrong_uid(name: str, uid: int | None, promise: Promise) -> str:
    """What is wrong with the user of the build container; empty when nothing is."""
    if promise.uid is None:
        return f"{name} is 0, promised is any other" if uid == 0 else ""
    return "" if uid == promise.uid else f"{name} is {uid}, promised is {promise.uid}"


def _wrong_lists(capabilities: Mapping[str, Any], promise: Promise) -> list[str]:
    added, dropped = set(capabilities.get("add") or []), set(capabilities.get("drop") or [])
    if added == promise.capabilities and ALL in dropped:
        return []
    has = f"drop {', '.join(sorted(dropped)) or 'nothing'}, add {', '.join(sorted(added)) or 'nothing'}"
    return [f"capabilities: {has}; promised is drop ALL, add {', '.join(sorted(promise.capabilities))}"]


def _shown(context: Mapping[str, Any], privileged: bool) -> str:
    if privileged:
        return "all"
    capabilities = context.get("capabilities") or {}
    return ", ".join(sorted(capabilities.get("add") or [])) or "none added"


def _word(value: object) -> str:
    return str(value).lower()
