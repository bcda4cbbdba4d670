"""Secrets where everybody reads them: in ConfigMaps, annotations, environment and arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.manifests import SECRET_IN_PLAIN_SIGHT
from podrunner.formats.patch import patch_at
from podrunner.formats.toml import read_toml
from podrunner.manifests.checks.object_finding import object_finding
from podrunner.manifests.objects import maps, table
from podrunner.manifests.rendering import CONFIG_TOML, is_of_a_runner
from podrunner.secrets.find import find_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.manifests.objects import Pod
    from podrunner.manifests.rendering import Document
    from podrunner.secrets.find import PlainSecret

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
                if any(find_secrets(one)):
                    why = "everybody who may read pods can read it"
                    yield _finding(pod.document, f"{path}.env[{index}]", f"{one.get('name')}: {why}")
            for part in ("command", "args"):
                for secret in find_secrets(container.get(part)):
                    at = f"{path}.{part}[{secret.path[0]}]" if secret.path else f"{path}.{part}"
                    yield _finding(pod.document, at, "arguments are visible to all processes")


def secrets_of_config(text: str) -> list[PlainSecret]:
    """Secrets by their names in the text of a config.toml, its patches included; none in what is not TOML."""
    return list(find_secrets(read_toml(text).data, read=patch_at))


def _in_map(document: Document, place: tuple[str, ...], why: str) -> Iterator[Finding]:
    part: Any = document.data
    for name in place:
        part = table(table(part).get(name))
    # What is in a config.toml of a runner is told by its own check, with its line.
    texts = {key: text for key, text in part.items() if key != CONFIG_TOML or not is_of_a_runner(str(text))}
    for secret in find_secrets(texts, place):
        yield _finding(document, ".".join(map(str, secret.path)), why)


def _finding(document: Document, path: str, why: str) -> Finding:
    return object_finding(
        document, SECRET_IN_PLAIN_SIGHT, path, f"a secret in plain sight: {why}. Put it into a Secret."
    )
