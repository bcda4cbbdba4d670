"""What objects other than pods name: the workload that an autoscaler scales, the service behind an ingress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.manifests.checks.reference import ObjectReference
from podrunner.manifests.objects import is_built_in, maps, namespace_of, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podrunner.manifests.rendering import Document

    Find = Callable[[Document, str], Iterator[ObjectReference]]

# Kind of an autoscaler → the field of its spec that names what it scales.
_SCALERS = {"HorizontalPodAutoscaler": "scaleTargetRef", "VerticalPodAutoscaler": "targetRef"}


def find_targets(document: Document, namespace: str) -> Iterator[ObjectReference]:
    """Every reference of an object that is not a pod. `namespace` is that of the release."""
    find = _FINDERS.get(str(document.data.get("kind")))
    if find is not None:
        yield from find(document, namespace)


def _scaled(document: Document, namespace: str) -> Iterator[ObjectReference]:
    field = _SCALERS[str(document.data["kind"])]
    target = table(table(document.data.get("spec")).get(field))
    # A custom workload may be made by its operator.
    custom = not is_built_in(str(target.get("apiVersion", "apps/v1")))
    here = namespace_of(document, namespace)
    kind, name = str(target.get("kind") or ""), target.get("name")
    yield ObjectReference(document, f"spec.{field}", kind, name, here, elsewhere=custom or here != namespace)


def _governing_service(document: Document, namespace: str) -> Iterator[ObjectReference]:
    name = table(document.data.get("spec")).get("serviceName")
    # Many name one that nobody made: the pods run, only their names are not in the DNS.
    yield ObjectReference(
        document, "spec.serviceName", "Service", name, namespace_of(document, namespace), elsewhere=True
    )


def _binding(document: Document, namespace: str) -> Iterator[ObjectReference]:
    role = table(document.data.get("roleRef"))
    here = namespace_of(document, namespace)
    yield ObjectReference(
        document, "roleRef", str(role.get("kind") or ""), role.get("name"), here, elsewhere=here != namespace
    )
    for index, subject in enumerate(maps(document.data.get("subjects"))):
        if subject.get("kind") == "ServiceAccount":
            home = str(subject.get("namespace") or here)
            path, name = f"subjects[{index}]", subject.get("name")
            yield ObjectReference(document, path, "ServiceAccount", name, home, elsewhere=home != namespace)


def _ingress(document: Document, namespace: str) -> Iterator[ObjectReference]:
    here = namespace_of(document, namespace)
    for path, service in ingress_services(document):
        yield ObjectReference(document, path, "Service", service.get("name"), here)
    for index, entry in enumerate(maps(table(document.data.get("spec")).get("tls"))):
        yield ObjectReference(document, f"spec.tls[{index}].secretName", "Secret", entry.get("secretName"), here)


def ingress_services(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """(path, name and port) of every service that an Ingress leads to."""
    spec = table(document.data.get("spec"))
    backends = [("spec.defaultBackend", table(spec.get("defaultBackend")))]
    for index, rule in enumerate(maps(spec.get("rules"))):
        for place, way in enumerate(maps(table(rule.get("http")).get("paths"))):
            backends.append((f"spec.rules[{index}].http.paths[{place}].backend", table(way.get("backend"))))
    for path, backend in backends:
        service = table(backend.get("service"))
        # For the load balancer of AWS this is the name of an annotation with what to do.
        if service and table(service.get("port")).get("name") != "use-annotation":
            yield f"{path}.service", service


def _webhooks(document: Document, namespace: str) -> Iterator[ObjectReference]:
    for index, webhook in enumerate(maps(document.data.get("webhooks"))):
        service = table(table(webhook.get("clientConfig")).get("service"))
        yield _of_service(document, f"webhooks[{index}].clientConfig.service", service, namespace)


def _api_service(document: Document, namespace: str) -> Iterator[ObjectReference]:
    yield _of_service(document, "spec.service", table(table(document.data.get("spec")).get("service")), namespace)


def _of_service(document: Document, path: str, service: dict[str, Any], namespace: str) -> ObjectReference:
    home = str(service.get("namespace") or namespace)
    return ObjectReference(document, path, "Service", service.get("name"), home, elsewhere=home != namespace)


_FINDERS: dict[str, Find] = {
    **dict.fromkeys(_SCALERS, _scaled),
    "StatefulSet": _governing_service,
    "RoleBinding": _binding,
    "ClusterRoleBinding": _binding,
    "Ingress": _ingress,
    "ValidatingWebhookConfiguration": _webhooks,
    "MutatingWebhookConfiguration": _webhooks,
    "APIService": _api_service,
}
