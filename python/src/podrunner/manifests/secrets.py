"""Secrets where everybody reads them: in ConfigMaps, environment and arguments."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.findings import Finding, Severity
from podrunner.manifests.pods import maps, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.helm import Document
    from podrunner.manifests.pods import Pod

_KNOWN = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgl(?:pat|rt|dt|cbt)-[\w-]{16,}|\bgh[pousr]_\w{30,}|\bAKIA[0-9A-Z]{16}\b"
)
_NAME = re.compile(r"(?:^|_)(?:PASSWORD|PASSWD|TOKEN|API_?KEY|ACCESS_KEY|SECRET_KEY|SECRET)$", re.IGNORECASE)
# A path, a reference to a variable, a switch: not the secret itself.
_HARMLESS = re.compile(r"(?:[/$].*|true|false|yes|no|on|off|\d*)\Z", re.IGNORECASE)


def check_secrets(documents: Sequence[Document], pods: Sequence[Pod]) -> Iterator[Finding]:
    """A warning for each, without the secret."""
    for document in documents:
        if document.data.get("kind") == "ConfigMap":
            for key, value in table(document.data.get("data")).items():
                if _looks_secret(key, value):
                    yield _finding(document, f"data.{key}", "everybody who may read ConfigMaps can read it")
    for pod in pods:
        for path, container in pod.containers():
            for index, one in enumerate(maps(container.get("env"))):
                if _looks_secret(str(one.get("name")), one.get("value")):
                    why = "everybody who may read pods can read it"
                    yield _finding(pod.document, f"{path}.env[{index}]", f"{one.get('name')}: {why}")
            for part in ("command", "args"):
                for index, text in enumerate(container.get(part) or []):
                    if isinstance(text, str) and _KNOWN.search(text):
                        yield _finding(
                            pod.document, f"{path}.{part}[{index}]", "arguments are visible to all processes"
                        )


def _looks_secret(name: str, value: Any) -> bool:
    return isinstance(value, str) and _is_secret(name, value)


@lru_cache(maxsize=4096)
def _is_secret(name: str, value: str) -> bool:
    return bool(_KNOWN.search(value)) or bool(_NAME.search(name) and not _HARMLESS.match(value))


def _finding(document: Document, path: str, why: str) -> Finding:
    message = f"{path}: a secret in plain sight: {why}. Put it into a Secret."
    return Finding(
        "secret-in-plain-sight", Severity.WARNING, message, object=document.name, path=path, file=document.template
    )
