"""A reference from one object to another, and what is said of one that leads nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.manifests import REFERENCE, REFERENCE_KEY
from podrunner.findings.severity import Severity
from podrunner.findings.suggest import did_you_mean
from podrunner.formats.patch import patch_at
from podrunner.manifests.checks.object_finding import object_finding
from podrunner.manifests.objects import all_texts, name_of, namespace_of, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.manifests.rendering import Document

_NO_NAMESPACE = ("ClusterRole", "PriorityClass", "RuntimeClass")
# What Kubernetes itself makes, in every namespace or in one.
_GIVEN: dict[str, tuple[str, ...]] = {
    "ServiceAccount": ("default",),
    "ConfigMap": ("kube-root-ca.crt",),
    "ClusterRole": ("admin", "cluster-admin", "edit", "view"),
    "Role": ("extension-apiserver-authentication-reader",),
    "PriorityClass": ("system-cluster-critical", "system-node-critical"),
    "Service": ("kubernetes",),
}
# Made by hand, by other tools or by the cluster's admin as a rule.
_OFTEN_THERE = ("Secret", "PriorityClass", "RuntimeClass")


@dataclass(frozen=True, slots=True)
class ObjectReference:
    """What `document` names at `path`: an object, and a `key` in it. `elsewhere` is what others may well have made."""

    document: Document
    path: str
    kind: str
    name: Any
    namespace: str
    key: Any = None
    optional: bool = False
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseObjects:
    """Everything a release makes, by kind, namespace and name, and every text in the values that users wrote."""

    made: Mapping[tuple[str, str, str], Document]
    named: frozenset[str]
    namespace: str

    @classmethod
    def of(cls, documents: Sequence[Document], namespace: str, written: Mapping[str, Any]) -> ReleaseObjects:
        """All objects; `namespace` is that of those that name none."""
        made = {
            (kind := str(one.data.get("kind")), _home(kind, namespace_of(one, namespace)), name_of(one)): one
            for one in documents
        }
        return cls(made, frozenset(all_texts(written, read=patch_at)), namespace)

    def find(self, kind: str, name: Any, namespace: str) -> Document | None:
        """The object, None when this release does not make it."""
        return self.made.get((kind, _home(kind, namespace), str(name)))

    def dangling(self, reference: ObjectReference) -> Iterator[Finding]:
        """What is said of a reference; nothing when it leads somewhere, or may."""
        target = self.find(reference.kind, reference.name, reference.namespace)
        if reference.optional or not (reference.kind and reference.name) or _is_given(reference):
            return
        # The schema refuses what is not text.
        if not isinstance(reference.name, str):
            return
        # Somebody who writes its name into the values has it already.
        if target is None and reference.name not in self.named:
            yield self._not_there(reference)
        if target is not None and reference.key is not None:
            yield from _no_key(reference, target)

    def _not_there(self, reference: ObjectReference) -> Finding:
        home = (reference.kind, _home(reference.kind, reference.namespace))
        there = [name for kind, namespace, name in self.made if (kind, namespace) == home]
        quiet = reference.elsewhere or reference.kind in _OFTEN_THERE
        message = (
            f"{reference.kind}/{reference.name} is not made by this release: it has to be there before."
            f"{did_you_mean(str(reference.name), there)}"
        )
        severity = Severity.NOTE if quiet else Severity.WARNING
        return object_finding(reference.document, REFERENCE, reference.path, message, severity)


def _no_key(reference: ObjectReference, target: Document) -> Iterator[Finding]:
    keys = [key for part in ("data", "stringData", "binaryData") for key in table(target.data.get(part))]
    if keys and reference.key not in keys:
        message = (
            f"{reference.kind}/{reference.name} has no key `{reference.key}`.{did_you_mean(str(reference.key), keys)}"
        )
        yield object_finding(reference.document, REFERENCE_KEY, reference.path, message)


def _home(kind: str, namespace: str) -> str:
    return "" if kind in _NO_NAMESPACE else namespace


def _is_given(reference: ObjectReference) -> bool:
    is_system = reference.kind in ("ClusterRole", "Role") and str(reference.name).startswith("system:")
    return is_system or reference.name in _GIVEN.get(reference.kind, ())
