"""ServiceMonitors and PodMonitors: what they select, and the ports they scrape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.manifests import REFERENCE_PORT, SELECTOR_EMPTY
from podrunner.findings.severity import Severity
from podrunner.findings.suggest import did_you_mean
from podrunner.manifests.checks.object_finding import object_finding
from podrunner.manifests.checks.selectors import selects, written
from podrunner.manifests.objects import maps, name_of, namespace_of, table, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.manifests.objects import Pod
    from podrunner.manifests.rendering import Document

_GROUP = "monitoring.coreos.com/"
# Kind → (where its endpoints are, what it selects).
_KINDS = {"ServiceMonitor": ("endpoints", "service"), "PodMonitor": ("podMetricsEndpoints", "pod")}


def check_monitors(documents: Sequence[Document], pods: Sequence[Pod], namespace: str) -> Iterator[Finding]:
    """A warning for each monitor that finds nothing to scrape in a release that has something to be scraped."""
    for document in documents:
        kind = str(document.data.get("kind"))
        if kind not in _KINDS or not str(document.data.get("apiVersion")).startswith(_GROUP):
            continue
        spec, here = table(document.data.get("spec")), namespace_of(document, namespace)
        if _looks_elsewhere(table(spec.get("namespaceSelector")), namespace):
            continue
        home = here if not spec.get("namespaceSelector") else namespace
        targets = _services(documents, home, namespace) if kind == "ServiceMonitor" else _pods(pods, home)
        yield from _check(document, spec, targets)


def _looks_elsewhere(chosen: dict[str, Any], namespace: str) -> bool:
    return bool(chosen.get("any")) or bool(chosen.get("matchNames") and chosen["matchNames"] != [namespace])


def _services(documents: Sequence[Document], home: str, namespace: str) -> list[tuple[dict[str, Any], set[str]]]:
    """(labels, names of the ports) of each service."""
    found = [one for one in documents if one.data.get("kind") == "Service" and namespace_of(one, namespace) == home]
    return [
        (
            table(table(one.data.get("metadata")).get("labels")),
            _names(table(one.data.get("spec"))),
        )
        for one in found
    ]


def _pods(pods: Sequence[Pod], home: str) -> list[tuple[dict[str, Any], set[str]]]:
    return [
        (pod.labels, {name for _, one in pod.containers() for name in _names(one)})
        for pod in pods
        if pod.namespace == home
    ]


def _names(part: dict[str, Any]) -> set[str]:
    return set(texts([port.get("name") for port in maps(part.get("ports"))]))


def _check(
    monitor: Document, spec: dict[str, Any], targets: Sequence[tuple[dict[str, Any], set[str]]]
) -> Iterator[Finding]:
    endpoints, what = _KINDS[str(monitor.data["kind"])]
    selector = table(spec.get("selector"))
    chosen = [ports for labels, ports in targets if selects(selector, labels)]
    if targets and not chosen:
        message = f"selects no {what} of this release: {written(selector)}."
        yield object_finding(monitor, SELECTOR_EMPTY, "spec.selector", message)
    there = sorted(port for ports in chosen for port in ports if port)
    for index, endpoint in enumerate(maps(spec.get(endpoints))):
        port = endpoint.get("port")
        if chosen and isinstance(port, str) and port and port not in there:
            message = f"no selected {what} has a port `{port}`, {name_of(monitor)} scrapes nothing there."
            path = f"spec.{endpoints}[{index}].port"
            yield object_finding(
                monitor, REFERENCE_PORT, path, f"{message}{did_you_mean(port, there)}", Severity.WARNING
            )
