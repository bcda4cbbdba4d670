"""Definitions of kinds among the templates, beside objects of these kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.findings.rules.manifests import CRD_OF_OBJECT
from podrunner.manifests.checks.object_finding import object_finding
from podrunner.manifests.objects import HOOK_ANNOTATION, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.manifests.rendering import Document


def check_definitions(documents: Sequence[Document]) -> Iterator[Finding]:
    """An error for each object whose kind is made by a template: Helm asks for all kinds before it makes anything.

    Seen with Helm 3 and 4: `no matches for kind "Bar" in version "example.com/v1", ensure CRDs are installed first`.
    What is in crds/ is there before, and hooks are looked at when their time comes.
    """
    made = {}
    for document in documents:
        if document.data.get("kind") == "CustomResourceDefinition" and not _is_before(document):
            spec = table(document.data.get("spec"))
            made[str(spec.get("group")), str(table(spec.get("names")).get("kind"))] = document
    for document in documents:
        group, kind = str(document.data.get("apiVersion")).rpartition("/")[0], str(document.data.get("kind"))
        definition = made.get((group, kind))
        if definition and not _is_before(document) and not _is_hook(document):
            reason = (
                f"{definition.name} of {definition.template} is made by the same release, so that the first install ends "
                f'with `no matches for kind "{kind}"`. Move the definition to crds/, or to a chart that is installed before.'
            )
            yield object_finding(document, CRD_OF_OBJECT, "kind", reason)


def _is_before(document: Document) -> bool:
    return "crds" in document.template.split("/")[:-1][::2]


def _is_hook(document: Document) -> bool:
    return HOOK_ANNOTATION in table(table(document.data.get("metadata")).get("annotations"))
