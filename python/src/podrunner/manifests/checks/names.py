"""Names and labels too long for Kubernetes, or for what its controllers append to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podrunner.findings.finding import Finding
from podrunner.findings.path import dotted, parse_dotted
from podrunner.findings.rules.manifests import LABEL, NAME_FORM, NAME_LENGTH
from podrunner.manifests.admission.forms import DNS, DNS_LABEL, DNS_LIMIT, LABEL_LIMIT, label_key, label_value
from podrunner.manifests.checks.object_finding import object_finding
from podrunner.manifests.objects import find_pods, is_built_in, name_of, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.manifests.rendering import Document

# Kind → (longest name, why).
_LIMITS = {
    "Service": (63, "it is a DNS label"),
    "Namespace": (63, "it is a DNS label"),
    "Job": (63, "its pods carry it as a label"),
    "CronJob": (52, "its jobs are called after it, with 11 characters more"),
    "StatefulSet": (52, "its pods carry it as a label, with 11 characters more"),
}
# Of these a name may be any part of a path, however long.
_PATH_NAMED = (
    *("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "PodDisruptionBudget"),
    "CertificateSigningRequest",
)
_NOT_IN_A_PATH = re.compile(r"[/%]|\A\.{1,2}\Z")
# A StatefulSet's pods are called after it, and so are their hosts.
_DNS_LABEL_NAMED = ("Namespace", "Service", "StatefulSet")
# The feature gate RelaxedServiceNameValidation is on from here.
_SERVICES_BEGIN_WITH_A_DIGIT = (1, 36)


def check_names(documents: Sequence[Document]) -> Iterator[Finding]:
    """An error for each name or label that the API server, or a controller later, refuses."""
    for document in documents:
        limit, why = _LIMITS.get(str(document.data.get("kind")), (DNS_LIMIT, "longer names are refused"))
        name = name_of(document)
        if not isinstance(table(document.data.get("metadata")).get("name", ""), (str, type(None))):
            # The schema says that it has to be text.
            continue
        if len(name) > limit and not _is_of(document, _PATH_NAMED):
            message = f"{len(name)} characters, at most {limit}: {why}. Shorten the release name."
            yield object_finding(document, NAME_LENGTH, "metadata.name", message)
        yield from _form(document, name)
        yield from _labels(document)


def check_service_name(document: Document, version: tuple[int, int]) -> Iterator[Finding]:
    """An error for a Service whose name begins with a digit, where Kubernetes of this version refuses that."""
    name = name_of(document)
    if document.data.get("kind") == "Service" and name[:1].isdigit() and version < _SERVICES_BEGIN_WITH_A_DIGIT:
        message = f"`{name}` begins with a digit: Kubernetes before 1.36 wants a letter there."
        yield object_finding(document, NAME_FORM, "metadata.name", message)


def _form(document: Document, name: str) -> Iterator[Finding]:
    kind = str(document.data.get("kind"))
    if not name and not table(document.data.get("metadata")).get("generateName"):
        message = "missing. Every object needs a name."
    elif _is_of(document, _PATH_NAMED):
        if not _NOT_IN_A_PATH.search(name):
            return
        message = f"`{name}` is not a name of a {kind}: no slash, no percent sign, and not dots alone."
    elif not _is_of(document, _DNS_LABEL_NAMED) and name and not DNS.match(name):
        message = (
            f"`{name}` is not a name of a {kind}: lower-case letters, digits, dashes and dots, "
            "the first and last, also beside a dot, a letter or digit."
        )
    elif _is_of(document, _DNS_LABEL_NAMED) and name and not DNS_LABEL.match(name):
        message = (
            f"`{name}` is not a name of a {kind}: lower-case letters, digits and dashes, without dots, "
            "the first and last a letter or digit."
        )
    else:
        return
    yield object_finding(document, NAME_FORM, "metadata.name", message)


def _is_of(document: Document, kinds: tuple[str, ...]) -> bool:
    """Whether an object is of one of Kubernetes' own kinds."""
    return document.data.get("kind") in kinds and is_built_in(str(document.data.get("apiVersion")))


def _labels(document: Document) -> Iterator[Finding]:
    """Labels and annotations of an object and of its pods, and the labels of the nodes they want."""
    pods = find_pods([document], "")
    ways = [pod.path.split(".")[:-1] for pod in pods]
    for way in [[], *(way for way in ways if way)]:
        part = document.data
        for name in [*way, "metadata"]:
            part = table(part.get(name))
        path = ".".join([*way, "metadata"])
        # Upper case is fine in annotations: Kubernetes compares them in lower case.
        annotations = {str(key).lower(): value for key, value in table(part.get("annotations")).items()}
        yield from _keys(document, f"{path}.annotations", annotations)
        yield from _values(document, f"{path}.labels", part.get("labels"))
    for pod in pods:
        yield from _values(document, f"{pod.path}.nodeSelector", pod.spec.get("nodeSelector"))


def _keys(document: Document, path: str, found: object) -> Iterator[Finding]:
    for key in table(found):
        if not label_key(str(key)):
            continue
        reason = (
            f"`{key}` is not a key: at most {LABEL_LIMIT} letters, digits, dashes, dots and underscores, "
            "the first and last a letter or digit, and before them a domain and a slash, or nothing."
        )
        message = f"{path}: {reason}"
        yield Finding(LABEL, message, "", document.name, path, document.template, about=str(key), reason=reason)


def _values(document: Document, path: str, found: object) -> Iterator[Finding]:
    yield from _keys(document, path, found)
    for key, value in table(found).items():
        if isinstance(value, str) and label_value(value):
            reason = (
                f"`{value}` is not a label value: at most {LABEL_LIMIT} letters, digits, "
                "dashes, dots and underscores, the first and last a letter or digit."
            )
            at = dotted((*parse_dotted(path), str(key)))
            message = f"{path}.{key}: {reason}"
            yield Finding(LABEL, message, "", document.name, at, document.template, about=value, reason=reason)
