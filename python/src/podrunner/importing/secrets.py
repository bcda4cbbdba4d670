"""Secrets in a configuration: taken out, and the command that puts them where they belong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.chart import find_chart
from podrunner.config.keys import Key, load_keys
from podrunner.diagnose.censor import censor
from podrunner.dotted import dotted
from podrunner.importing.change import Changes, Kind
from podrunner.values.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.dotted import Path

# Names of variables whose values are for nobody to read.
_NAMES = ("TOKEN", "PASSWORD", "PASSWD", "SECRET", "CREDENTIAL", "DOCKER_AUTH_CONFIG", "ACCESS_KEY", "PRIVATE_KEY")
_NAME = re.compile("|".join((*_NAMES, "ACCOUNT_KEY", "API_?KEY")), re.IGNORECASE)
# What `runners.<name>.credentials` takes: the end of the Secret's name, and the key there.
CREDENTIALS = {
    "cache.s3.AccessKey": ("cache", "accesskey"),
    "cache.s3.SecretKey": ("cache", "secretkey"),
    "cache.s3.SessionToken": ("cache", "sessiontoken"),
    "cache.gcs.PrivateKey": ("cache", "gcs-private-key"),
    "cache.azure.AccountKey": ("cache", "azure-account-key"),
    "kubernetes.bearer_token": ("cluster", "bearer-token"),
}
Reference = dict[str, str]


def take_secrets(runner: dict[str, Any], path: Path, secret: str, changes: Changes) -> dict[str, Reference]:
    """Take every secret but the token out of a [[runners]] table.

    `path` is that of the table, `secret` the Secret of its token: others are called after it. Each is noted, with
    where to put it instead and without its value. Returns the `credentials` of the runner.
    """
    found = []
    credentials = {}
    for below, key, value in list(_texts(runner, load_keys().root.children["runners"], ())):
        message = _reason(below, key, value)
        suffix, name = CREDENTIALS.get(dotted(below), ("", ""))
        if suffix:
            credentials[dotted(below)] = {"name": f"{secret}-{suffix}", "key": name}
            message = f"a secret, left out: it comes from the Secret {secret}-{suffix}, by the command below."
        if message:
            changes.add(Kind.SECRET, (*path, *below), message)
            found.append(below)
    if "cache.s3.AccessKey" in credentials and "AuthenticationType" not in runner["cache"]["s3"]:
        changes.add(Kind.ADDED, (*path, "cache", "s3", "AuthenticationType"), "set by credentials.")
    for below in reversed(found):
        _delete(runner, below)
    return credentials


def _texts(data: Any, key: Key | None, path: Path) -> Iterator[tuple[Path, Key | None, str]]:
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _texts(value, key.find(name) if key else None, (*path, name))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from _texts(item, key, (*path, index))
    elif isinstance(data, str) and data and path != ("token",):
        yield path, key, data


def _reason(path: Path, key: Key | None, value: str) -> str:
    name = path[-1]
    if key and key.secret:
        return f"a secret, left out: {_advice(path)}."
    if path[0] == "environment" and is_secret_assignment(value):
        name = value.partition("=")[0]
        return f"{name} is a secret and left out: set it in GitLab, as a masked CI/CD variable of the group or project."
    if censor(value) != value:
        return "looks as if it held a secret and is left out: take the secret from a variable, and add the key again."
    return ""


def _advice(path: Path) -> str:
    """What the chart's schema says of a key that must not be in config.toml."""
    loaded = load_schema(find_chart())
    part = loaded[0]["$defs"]["runners"] if loaded else {}
    for name in path:
        part = part.get("properties", {}).get(name, {})
    return str(part.get("description", "config.toml is a ConfigMap"))


def _delete(data: Any, path: Path) -> None:
    for part in path[:-1]:
        data = data[part]
    del data[path[-1]]


def is_secret_assignment(text: str) -> bool:
    """Whether `NAME=value` of an environment holds a secret, and not a reference to a variable or a switch."""
    name, _, value = text.partition("=")
    harmless = not value or value.lstrip().startswith("$") or value.isdigit() or value.lower() in ("true", "false")
    return bool(_NAME.search(name)) and not harmless


def holds_secret(value: Any) -> bool:
    """Whether a text, or one in a map or a list, looks as if it held a secret."""
    if isinstance(value, dict):
        return any(holds_secret(item) for item in value.values())
    if isinstance(value, list):
        return any(holds_secret(item) for item in value)
    return isinstance(value, str) and censor(value) != value


def kubectl_secret(secret: str, keys: Sequence[str], namespace: str) -> str:
    """The command that makes a Secret of what is typed, pasted or piped in: one value, or a line KEY=VALUE for each."""
    source = f"--from-file={keys[0]}=" if len(keys) == 1 else "--from-env-file="
    return f"kubectl create secret generic {secret} --namespace {namespace} {source}/dev/stdin"
