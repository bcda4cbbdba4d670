"""`kind: Runner` of GitLab's operator as values of GitLab's chart, each key in its own line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yaml.nodes import Node

KIND, API = "Runner", "apps.gitlab.com/"
# Keys of spec that GitLab's chart has, too, by their name there.
_VALUES = {
    "gitlabUrl": "gitlabUrl",
    "concurrent": "concurrent",
    "interval": "checkInterval",
    "logLevel": "logLevel",
    "imagePullPolicy": "imagePullPolicy",
}
# Those that its manager writes into config.toml, below [runners.kubernetes].
_KUBERNETES = {"buildImage": "image", "helperImage": "helper_image"}
_IN_GITLAB = "belongs to the runner in GitLab: set it there."
_UNREAD = {
    "config": "names a ConfigMap with a config.toml: import that file, too.",
    "env": "names a ConfigMap with variables of the manager: write them as manager.env.",
    "ca": "names a Secret with a CA: name it by trust.caBundle.",
    "serviceaccount": "is manager.serviceAccount.name here, with create: false.",
    "runnerImage": "is image.registry, image.repository and image.tag here.",
    "podSpec": "patches the manager's pod: manager.patches does it here.",
    **dict.fromkeys(("tags", "runUntagged", "locked", "protected"), _IN_GITLAB),
}
_ELSEWHERE = "has no place here: set it by the key of config.toml that it stood for, below runners.<name>.config."
# Where the operator runs jobs without a buildImage.
_NO_IMAGE = "registry.access.redhat.com/ubi8/ubi:latest"


def values_of_operator(spec: list[tuple[Node, Node]], namespace: str) -> tuple[str, dict[str, tuple[int, str]]]:
    """(values of GitLab's chart as text, name → (line, why) of keys that are none); `spec` are the manifest's entries."""
    rows: dict[int, str] = {}
    unread: dict[str, tuple[int, str]] = {}
    kubernetes = {"namespace": namespace, "image": _NO_IMAGE}
    secret, at = "", 0
    for key, node in spec:
        name, line = str(key.value), key.start_mark.line
        if name in _VALUES:
            rows[_free(rows, line)] = f"{_VALUES[name]}: {node.value}"
        elif name in _KUBERNETES:
            kubernetes[_KUBERNETES[name]] = str(node.value)
        elif name == "token":
            secret, at = str(node.value), line
        else:
            unread[name] = (line + 1, _UNREAD.get(name, _ELSEWHERE))
    keys = "".join(f"{key} = {json.dumps(value)}\n" for key, value in kubernetes.items())
    runners = {"secret": secret, "config": f"[[runners]]\n[runners.kubernetes]\n{keys}"}
    rows[_free(rows, at)] = f"runners: {json.dumps(runners)}"
    rows[_free(rows, max(rows))] = "rbac: {create: true}"
    return "\n".join(rows.get(line, "") for line in range(max(rows) + 1)) + "\n", unread


def _free(rows: dict[int, str], line: int) -> int:
    """The line, or one after it where that has a key already, as in a flow map."""
    while line in rows:
        line += 1
    return line
