"""All that the API server refuses in one object, whatever check it is of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from podrunner.findings.rules.manifests import LIST_DUPLICATE, NAME_LENGTH
from podrunner.findings.severity import Severity
from podrunner.manifests.admission.objects import object_faults
from podrunner.manifests.admission.pod import pod_faults
from podrunner.manifests.checks.check import check_manifests
from podrunner.manifests.checks.containers import check_containers
from podrunner.manifests.checks.definitions import check_definitions
from podrunner.manifests.checks.names import check_names
from podrunner.manifests.checks.selectors import check_selectors
from podrunner.manifests.objects import find_pods
from podrunner.secrets.find import find_secrets
from podrunner.secrets.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.finding import Finding
    from podrunner.manifests.admission.fault import FieldFault
    from podrunner.manifests.rendering import Document, Rendering
    from podrunner.manifests.schemas.crds import Crds


class Refused(NamedTuple):
    """`PATH: REASON`, without secrets; `by_apply` where server-side apply alone refuses it."""

    message: str
    by_apply: bool


def refused_fields(document: Document, rendering: Rendering, kube_version: str, crds: Crds) -> list[Refused]:
    """Each once. `rendering` is the one that the object is of, `crds` are the kinds that it may be of."""
    found = check_manifests(replace(rendering, documents=(document,)), kube_version, crds)
    pods = find_pods([document], rendering.namespace)
    found += [*check_names([document]), *check_definitions([document]), *check_containers(pods)]
    found += check_selectors([document], pods, rendering.namespace)
    said = [Refused(one.message, one.rule is LIST_DUPLICATE) for one in found if _is_refused(one, document)]
    said += [Refused(f"{path}: {_sentence(fault, document)}", by_apply=False) for path, fault in _faults(document)]
    redactor = Redactor()
    redactor.add(*(secret.text for secret in find_secrets(document.data)) if said else ())
    return [*dict.fromkeys(one._replace(message=redactor.redact(one.message)) for one in said)]


def _is_refused(finding: Finding, document: Document) -> bool:
    # Of this kind the pods are what cannot be made.
    if finding.rule is NAME_LENGTH and document.data.get("kind") == "StatefulSet":
        return False
    return bool(finding.object) and (finding.severity is Severity.ERROR or finding.rule is LIST_DUPLICATE)


def _faults(document: Document) -> Iterator[tuple[str, FieldFault]]:
    faults = [(fault.path, fault) for fault in object_faults(document.data)]
    faults += [(f"{pod.path}.{one.path}", one) for pod in find_pods([document], "") for one in pod_faults(pod.spec)]
    # What is not there at all, schemas say, too.
    faults = [(path, fault) for path, fault in faults if not fault.is_absent and not fault.is_dropped]
    return ((path, fault) for path, fault in faults if not _is_of_the_kubelet(fault))


def _is_of_the_kubelet(fault: FieldFault) -> bool:
    """An image that no kubelet can pull: the API server asks for a text without blanks around it."""
    is_text = isinstance(fault.value, str) and fault.value != ""
    return fault.path.endswith(".image") and is_text and fault.value == fault.value.strip()


def _sentence(fault: FieldFault, document: Document) -> str:
    is_secret = document.data.get("kind") == "Secret"
    return replace(fault, value=None).sentence if is_secret else fault.sentence
