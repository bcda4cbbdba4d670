"""Names and labels too long for Kubernetes, or for what its controllers append to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podrunner.findings import Finding, Severity
from podrunner.manifests.pods import name_of, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.helm import Document

# Kind → (longest name, why).
_LIMITS = {
    "Service": (63, "it is a DNS label"),
    "Namespace": (63, "it is a DNS label"),
    "Job": (63, "its pods carry it as a label"),
    "CronJob": (52, "its jobs are called after it, with 11 characters more"),
    "StatefulSet": (52, "its pods carry it as a label, with 11 characters more"),
}
_NAME_LIMIT = 253
_LABEL = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\Z")
_LABEL_LIMIT = 63


def check_names(documents: Sequence[Document]) -> Iterator[Finding]:
    """An error for each name or label value that the API server, or a controller later, refuses."""
    for document in documents:
        limit, why = _LIMITS.get(str(document.data.get("kind")), (_NAME_LIMIT, "longer names are refused"))
        name = name_of(document)
        if len(name) > limit:
            message = f"metadata.name: {len(name)} characters, at most {limit}: {why}. Shorten the release name."
            yield Finding(
                "name-length",
                Severity.ERROR,
                message,
                object=document.name,
                path="metadata.name",
                file=document.template,
            )
        yield from _labels(document)


def _labels(document: Document) -> Iterator[Finding]:
    for key, value in table(table(document.data.get("metadata")).get("labels")).items():
        text = str(value)
        if isinstance(value, str) and (len(text) > _LABEL_LIMIT or not _LABEL.match(text)):
            message = (
                f"metadata.labels.{key}: `{text}` is not a label value: at most {_LABEL_LIMIT} letters, digits, "
                "dashes, dots and underscores, the first and last a letter or digit."
            )
            yield Finding("label", Severity.ERROR, message, object=document.name, file=document.template)
