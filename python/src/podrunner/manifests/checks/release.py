"""Checks of all objects of a release together and of each for itself, beyond what a schema can say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.finding import Finding
from podrunner.findings.rules.manifests import POD_SECURITY
from podrunner.manifests.checks.budgets import check_budgets
from podrunner.manifests.checks.containers import check_containers
from podrunner.manifests.checks.definitions import check_definitions
from podrunner.manifests.checks.hooks import check_hooks
from podrunner.manifests.checks.images import check_images
from podrunner.manifests.checks.monitors import check_monitors
from podrunner.manifests.checks.names import check_names
from podrunner.manifests.checks.rbac import check_rbac
from podrunner.manifests.checks.references import check_references
from podrunner.manifests.checks.role_rules import check_role_rules
from podrunner.manifests.checks.scrapes import check_scrapes
from podrunner.manifests.checks.secrets import check_secrets
from podrunner.manifests.checks.selectors import check_selectors
from podrunner.manifests.objects import find_pods
from podrunner.manifests.security.pod_security import level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.manifests.rendering import Rendering


def check_release(rendering: Rendering, written: Mapping[str, Any]) -> list[Finding]:
    """Everything that is wrong or risky in a rendering, on every Kubernetes.

    `written` are the values that users wrote, without the chart's defaults: what these name is there.
    """
    documents = rendering.documents
    pods = find_pods(documents, rendering.namespace)
    return [
        *check_names(documents),
        *check_hooks(documents),
        *check_definitions(documents),
        *check_containers(pods),
        *check_selectors(documents, pods, rendering.namespace),
        *check_monitors(documents, pods, rendering.namespace),
        *check_scrapes(documents),
        *check_references(documents, pods, rendering.namespace, written),
        *check_rbac(documents),
        *check_role_rules(documents),
        *check_budgets(documents, pods, rendering.namespace),
        *check_images(pods),
        *check_secrets(documents, pods),
    ]


def check_pod_security(rendering: Rendering, kube_version: str) -> Iterator[Finding]:
    """A note for each pod that the Pod Security level restricted refuses."""
    for pod in find_pods(rendering.documents, rendering.namespace):
        found, reasons = level(pod.spec, kube_version, pod.annotations)
        if found != "restricted":
            why = "; ".join(f"{pod.path}.{reason}" for reason in reasons[:4])
            more = f" and {len(reasons) - 4} more" if len(reasons) > 4 else ""
            elsewhere = "" if pod.namespace == rendering.namespace else f" in namespace {pod.namespace}"
            message = f"Pod Security level {found}{elsewhere}: {why}{more}."
            yield Finding(
                POD_SECURITY,
                message,
                object=pod.document.name,
                path=pod.path,
                file=pod.document.template,
            )
