"""Selectors that select nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.manifests import SELECTOR_EMPTY, SELECTOR_OWN
from podrunner.findings.severity import Severity
from podrunner.manifests.checks.object_finding import object_finding
from podrunner.manifests.objects import is_built_in, maps, name_of, namespace_of, table, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.manifests.objects import Pod
    from podrunner.manifests.rendering import Document

_OWN = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job")
# Kind → where its selector of pods is.
_PODS = {"Service": ("selector",), "PodDisruptionBudget": ("selector",), "NetworkPolicy": ("podSelector",)}


def check_selectors(documents: Sequence[Document], pods: Sequence[Pod], namespace: str) -> Iterator[Finding]:
    """Workloads that do not select their own pods, and objects that select no pod of the release."""
    for document in documents:
        kind, spec = str(document.data.get("kind")), table(document.data.get("spec"))
        if kind in _OWN:
            yield from _own(document, kind, table(spec.get("selector")), pods)
        elif kind in _PODS:
            selector = table(spec.get(_PODS[kind][0]))
            here = namespace_of(document, namespace)
            chosen = [pod for pod in pods if pod.namespace == here and selects(selector, pod.labels, kind)]
            if selector and not chosen:
                own = kind != "NetworkPolicy" and here == namespace and not _is_made_by_an_operator(selector, documents)
                yield _nothing(document, _PODS[kind][0], selector, Severity.WARNING if own else Severity.NOTE)


def selects(selector: dict[str, Any], labels: dict[str, Any], kind: str = "") -> bool:
    """Whether a selector takes an object of these labels. A Service's is a plain map, all others have matchLabels."""
    wanted = selector if kind in ("Service", "ReplicationController") else table(selector.get("matchLabels"))
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    return all(_matches(one, labels) for one in maps(selector.get("matchExpressions")))


def written(selector: dict[str, Any]) -> str:
    """A selector as kubectl takes it: `app=web,tier in (a,b),!old`."""
    by_labels = "matchLabels" in selector or "matchExpressions" in selector
    labels = table(selector.get("matchLabels")) if by_labels else selector
    said = [f"{key}={value}" for key, value in labels.items()]
    for one in maps(selector.get("matchExpressions")) if by_labels else ():
        key, values = one.get("key"), ",".join(texts(one.get("values")))
        forms = {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "DoesNotExist": f"!{key}"}
        said.append(forms.get(str(one.get("operator")), str(key)))
    return ",".join(said)


def _matches(expression: dict[str, Any], labels: dict[str, Any]) -> bool:
    key, values = str(expression.get("key")), texts(expression.get("values"))
    return {
        "In": labels.get(key) in values,
        "NotIn": labels.get(key) not in values,
        "Exists": key in labels,
        "DoesNotExist": key not in labels,
    }.get(str(expression.get("operator")), True)


def _own(document: Document, kind: str, selector: dict[str, Any], pods: Sequence[Pod]) -> Iterator[Finding]:
    # Without a template there are no labels: the schema says that it is missing.
    has_template = table(document.data.get("spec")).get("template") is not None
    for pod in pods if has_template else ():
        if pod.document is document and selector and not selects(selector, pod.labels, kind):
            message = "does not select the labels of spec.template. Kubernetes refuses this."
            yield object_finding(document, SELECTOR_OWN, "spec.selector", message)


def _is_made_by_an_operator(selector: dict[str, Any], documents: Sequence[Document]) -> bool:
    """Whether a custom object of the release gives the pods its name: its operator makes them later."""
    custom = {name_of(one) for one in documents if not is_built_in(str(one.data.get("apiVersion")))}
    return any(value in custom for value in texts([*table(selector.get("matchLabels", selector)).values()]) if value)


def _nothing(document: Document, field: str, selector: dict[str, Any], severity: Severity) -> Finding:
    """A note where the pods may well be somebody else's, a warning where they hardly ever are."""
    message = f"selects no pod of this release: {written(selector)}."
    return object_finding(document, SELECTOR_EMPTY, f"spec.{field}", message, severity)
