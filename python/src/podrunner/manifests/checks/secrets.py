"""Secrets where everybody reads them: in ConfigMaps, annotations, environment and arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.finding import Finding
from podrunner.findings.rules.manifests import SECRET_IN_PLAIN_SIGHT
from podrunner.manifests.objects import maps, table, texts
from podrunner.secrets.find import is_known, is_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.manifests.objects import Pod
    from podrunner.manifests.rendering import Document

_ANNOTATIONS = ("metadata", "annotations")


def check_secrets(documents: Sequence[Document], pods: Sequence[Pod]) -> Iterator[Finding]:
    """A warning for each, without the secret."""
    for document in documents:
        if document.data.get("kind") == "ConfigMap":
            yield from _in_map(document, ("data",), "everybody who may read ConfigMaps can read it")
        for place in (_ANNOTATIONS, ("spec", "template", *_ANNOTATIONS)):
            yield from _in_map(document, place, "everybody who may read the object can read it")
    for pod in pods:
        for path, container in pod.containers():
            for index, one in enumerate(maps(container.get("env"))):
                if _looks_secret(str(one.get("name")), one.get("value")):
                    why = "everybody who may read pods can read it"
                    yield _finding(pod.document, f"{path}.env[{index}]", f"{one.get('name')}: {why}")
            for part in ("command", "args"):
                for index, text in enumerate(texts(container.get(part))):
                    if is_known(text):
                        yield _finding(
                            pod.document, f"{path}.{part}[{index}]", "arguments are visible to all processes"
                        )


def _in_map(document: Document, place: tuple[str, ...], why: str) -> Iterator[Finding]:
    part: Any = document.data
    for name in place:
        part = table(table(part).get(name))
    for key, value in part.items():
        if _looks_secret(str(key), value):
            yield _finding(document, ".".join((*place, str(key))), why)


def _looks_secret(name: str, value: Any) -> bool:
    return isinstance(value, str) and (is_known(value) or is_secret(name, value))


def _finding(document: Document, path: str, why: str) -> Finding:
    message = f"{path}: a secret in plain sight: {why}. Put it into a Secret."
    return Finding(SECRET_IN_PLAIN_SIGHT, message, object=document.name, path=path, file=document.template)
