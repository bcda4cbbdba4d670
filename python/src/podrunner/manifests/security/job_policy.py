"""A job's pod against the release's own ValidatingAdmissionPolicy for pods of the manager's account.

What each runner's pods may have stands in the policy's variable `runners`, as JSON. The rules are those of
chart/templates/jobs/_policy.tpl; that both agree with the API server, tests ask one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import containers_of, maps, table, texts
from podrunner.manifests.security.pod_security import VOLUMES, level_reasons

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from podrunner.manifests.objects import Object
    from podrunner.manifests.rendering import Document

    # What the pods of one runner may have: name → texts.
    May = Mapping[str, Sequence[str]]

RUNNER_LABEL = "manager.runner.gitlab.com/name"
# As strict as any: from Kubernetes 1.35 on, baseline lets pods with a user namespace of their own unmask /proc.
_STRICT = "1.30"
_PROFILES = {
    "securityContext.seccompProfile.type": "seccompUnconfined",
    "securityContext.appArmorProfile.type": "appArmorUnconfined",
    "securityContext.procMount": "procMount",
}


def denying_policies(documents: Sequence[Document]) -> Iterator[tuple[str, Mapping[str, May]]]:
    """(name, what pods may have by `namespace/runner`) of each policy for job pods whose binding refuses others."""
    denied = {
        str(table(one.data.get("spec")).get("policyName"))
        for one in documents
        if one.data.get("kind") == "ValidatingAdmissionPolicyBinding"
        and "Deny" in texts(table(one.data.get("spec")).get("validationActions"))
    }
    for one in documents:
        name = str(table(one.data.get("metadata")).get("name"))
        if one.data.get("kind") == "ValidatingAdmissionPolicy" and name in denied:
            variables = maps(table(one.data.get("spec")).get("variables"))
            runners = next((each.get("expression") for each in variables if each.get("name") == "runners"), None)
            if runners:
                yield one.name, json.loads(str(runners))


def refusals(pod: Object, namespace: str, runners: Mapping[str, May]) -> list[str]:
    """Why the policy refuses a pod of the manager's account in a namespace: fields of the pod; none when it takes it."""
    label = str(table(table(pod.get("metadata")).get("labels")).get(RUNNER_LABEL, ""))
    may = runners.get(f"{namespace}/{label}") or runners.get(f"/{label}")
    if not label or may is None:
        return [f"metadata.labels[{RUNNER_LABEL}]: {label or 'not set'}"]
    return [*_beyond_baseline(pod, may), *_volumes(pod["spec"], may), *_build(pod, may), *_pod(pod, may)]


def _beyond_baseline(pod: Object, may: May) -> Iterator[str]:
    """Fields beyond the Pod Security level baseline; the build container's capabilities are judged by themselves."""
    spec = pod["spec"]
    found, reasons = level_reasons(spec, _STRICT, table(table(pod.get("metadata")).get("annotations")))
    for reason in reasons if found == "privileged" else ():
        allowed = may.get(_PROFILES.get(reason.field, ""), ())
        if reason.items in ("initContainers", "containers", "ephemeralContainers"):
            names = {str(maps(spec.get(reason.items))[reason.index].get("name"))}
        else:
            # A profile of the whole pod is that of the containers that name none.
            part = reason.field.split(".")[-2:][0]
            names = {one["name"] for one in containers_of(pod) if part not in table(one.get("securityContext"))}
        of_build = reason.field == "securityContext.capabilities.add" and names == {"build"}
        profile = reason.field.startswith("metadata.annotations") and "build" in may["appArmorUnconfined"]
        of_profile = reason.field in _PROFILES and names <= set(allowed)
        if not (of_build or of_profile or profile or reason.field == "hostPath"):
            yield str(reason)


def _volumes(spec: Mapping[str, Any], may: May) -> Iterator[str]:
    for index, volume in enumerate(maps(spec.get("volumes"))):
        for kind, source in volume.items():
            path = table(source).get("path")
            if kind == "hostPath" and path not in may["hostPaths"]:
                yield f"volumes[{index}].hostPath: {path}"
            elif kind not in {"name", "hostPath", *VOLUMES, *may["volumes"]}:
                yield f"volumes[{index}].{kind}"


def _build(pod: Object, may: May) -> Iterator[str]:
    shared = table(pod["spec"].get("securityContext"))
    for container in (one for one in containers_of(pod) if one["name"] == "build"):
        own = table(container.get("securityContext"))
        uid = own.get("runAsUser", shared.get("runAsUser"))
        if uid == 0 if not may["uid"] else str(uid) not in may["uid"]:
            yield f"runAsUser of the build container: {uid}"
        capabilities = table(own.get("capabilities"))
        beyond = [name for name in texts(capabilities.get("add")) if name not in may["capabilities"]]
        if beyond or "ALL" not in texts(capabilities.get("drop")):
            yield f"capabilities of the build container: {', '.join(beyond) or 'ALL is not dropped'}"


def _pod(pod: Object, may: May) -> Iterator[str]:
    spec = pod["spec"]
    for container in containers_of(pod):
        gains = table(container.get("securityContext")).get("allowPrivilegeEscalation") is not False
        if gains and "true" not in may["escalation"]:
            yield f"allowPrivilegeEscalation of {container['name']} is not false"
        if table(table(container.get("securityContext")).get("windowsOptions")).get("hostProcess"):
            yield f"hostProcess of {container['name']}: true"
    if table(table(spec.get("securityContext")).get("windowsOptions")).get("hostProcess"):
        yield "securityContext.windowsOptions.hostProcess: true"
    if may["ownUserNamespace"] and spec.get("hostUsers") is not False:
        yield "hostUsers is not false"
    account = str(spec.get("serviceAccountName") or "default")
    if account not in may["accounts"] and not may["accountPatterns"]:
        yield f"serviceAccountName: {account}"
    if spec.get("ephemeralContainers"):
        yield "ephemeralContainers"
