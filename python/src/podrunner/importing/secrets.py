"""Secrets in a configuration: taken out, and the command that puts them where they belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.path import delete_at, dotted
from podrunner.formats.patch import patch_at
from podrunner.importing.change import Changes, Fate
from podrunner.runner.keys import Key, load_keys
from podrunner.secrets.find import PlainSecret, find_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.findings.path import Path

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
_MASKED = "is a secret and left out: set it in GitLab, as a masked CI/CD variable of the group or project."


def take_secrets(
    runner: dict[str, Any], path: Path, secret: str, schema: Mapping[str, Any], changes: Changes
) -> dict[str, Reference]:
    """Take every secret but the token out of a [[runners]] table.

    `path` is that of the table, `secret` the Secret of its token: others are called after it. `schema` is the chart's,
    which describes the keys that must not be in config.toml. Each is noted, with
    where to put it instead and without its value. Returns the `credentials` of the runner.
    """
    places: list[Path] = []
    credentials = {}
    plain = {one.path: one for one in find_secrets(runner, read=patch_at)}
    for below, key in list(_texts(runner, load_keys().root.children["runners"], ())):
        message = f"a secret, left out: {_advice(below, schema)}." if key and key.secret else _reason(plain.get(below))
        suffix, name = CREDENTIALS.get(dotted(below), ("", ""))
        if suffix:
            credentials[dotted(below)] = {"name": f"{secret}-{suffix}", "key": name}
            message = f"a secret, left out: it comes from the Secret {secret}-{suffix}, by the command below."
        if message:
            changes.add(Fate.SECRET, (*path, *below), message)
            # A patch without one of its keys is none.
            places.append(below[:3] if below[:2] == ("kubernetes", "pod_spec") else below)
    if "cache.s3.AccessKey" in credentials and "AuthenticationType" not in runner["cache"]["s3"]:
        changes.add(Fate.ADDED, (*path, "cache", "s3", "AuthenticationType"), "set by credentials.")
    for place in reversed(dict.fromkeys(places)):
        delete_at(runner, place)
    return credentials


def _texts(data: Any, key: Key | None, path: Path) -> Iterator[tuple[Path, Key | None]]:
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _texts(value, key.find(name) if key else None, (*path, name))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from _texts(item, key, (*path, index))
    elif isinstance(data, str) and data and path != ("token",):
        yield path, key


def _reason(found: PlainSecret | None) -> str:
    if found is None:
        return ""
    *_, around, last = ("", *found.path)
    if around == "environment":
        return f"{found.name or 'this'} {_MASKED}"
    if last == "patch":
        what = found.name or "what looks like one"
        return f"holds a secret, {what}, and is left out: take it by valueFrom.secretKeyRef, and add the patch again."
    if found.text:
        return (
            "a secret by its name, left out: config.toml is a ConfigMap. Name a Secret of the jobs' namespace instead."
        )
    return "looks as if it held a secret and is left out: take the secret from a variable, and add the key again."


def _advice(path: Path, schema: Mapping[str, Any]) -> str:
    """What the chart's schema says of a key that must not be in config.toml."""
    part = schema.get("$defs", {}).get("runners", {})
    for name in path:
        part = part.get("properties", {}).get(name, {})
    return str(part.get("description", "config.toml is a ConfigMap"))
