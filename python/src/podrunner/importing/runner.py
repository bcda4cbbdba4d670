"""One [[runners]] table on its way into values: what the chart writes itself, and what a cluster has no use for."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from podrunner.config.keys import Key, load_keys
from podrunner.importing.change import Changes, Kind
from podrunner.importing.secrets import Reference, take_secrets
from podrunner.manifests.pods import table

if TYPE_CHECKING:
    from podrunner.dotted import Path

EXECUTOR = "kubernetes"
# Identity: the chart writes these from other values.
_IDENTITY = ("name", "url", "token", "executor")
_ELSEWHERE = ("host", "context", "cert_file", "key_file", "ca_file")
_NEVER = "0001-01-01"


@dataclass(slots=True)
class Runner:
    """One runner: `own` is its table without identity and secrets, `index` its place in the source."""

    index: int
    name: str
    url: str
    own: dict[str, Any]
    mode: str = "none"
    secret: str = ""
    secret_key: str = "token"
    # Secret keys of the table, by dotted path: where they come from.
    credentials: dict[str, Reference] = field(default_factory=dict)

    @property
    def kubernetes(self) -> dict[str, Any]:
        """The table of the executor."""
        return table(self.own.get("kubernetes"))


def read_runner(data: dict[str, Any], index: int, name: str, changes: Changes) -> Runner:
    """A [[runners]] table of the Kubernetes executor, with what was taken out of it noted in `changes`."""
    path: Path = ("runners", index)
    own = deepcopy(data)
    _leave_cluster(own, path, changes)
    credentials = take_secrets(own, path, f"gitlab-runner-{name}", changes)
    _leave_expiry(own, path, changes)
    url = str(own.get("url", ""))
    own = {key: value for key, value in own.items() if key not in _IDENTITY}
    own["kubernetes"] = table(own.get("kubernetes"))
    for part, key in ((own, "environment"), (own["kubernetes"], "pod_spec")):
        if not part.get(key, True):
            # All that was in it is named already.
            del part[key]
    empty = _empty(own, load_keys().root.children["runners"], path)
    for below in empty:
        _delete(own, below[2:])
        changes.add(Kind.EMPTY, below, "nothing, which GitLab Runner takes for not set.")
    own.setdefault("kubernetes", {})
    return Runner(index, name, url, own, secret=f"gitlab-runner-{name}", credentials=credentials)


def _leave_cluster(own: dict[str, Any], path: Path, changes: Changes) -> None:
    kubernetes = table(own.get("kubernetes"))
    # Without a host, the token is for the cluster that the manager runs in.
    for key in (*_ELSEWHERE, *(["bearer_token"] if kubernetes.get("host") else [])):
        if kubernetes.get(key):
            del kubernetes[key]
            message = "left out: the manager talks to the cluster it runs in, with its own service account."
            changes.add(Kind.UNSUPPORTED, (*path, "kubernetes", key), message)


def _leave_expiry(own: dict[str, Any], path: Path, changes: Changes) -> None:
    expiry = own.pop("token_expires_at", None)
    if expiry is not None and not str(expiry).startswith(_NEVER):
        message = "left out: GitLab Runner would write a new token into config.toml, which is read only here. "
        changes.add(Kind.UNSUPPORTED, (*path, "token_expires_at"), message + "Renew the Secret before the token ends.")
    elif expiry is not None:
        changes.add(Kind.REMOVED, (*path, "token_expires_at"), "says that the token never expires: nothing to keep.")


def _empty(data: dict[str, Any], key: Key | None, path: Path) -> list[Path]:
    """Paths of what is the same as not there, those inside first. Items of lists stay as they are."""
    found: list[Path] = []
    for name, value in data.items():
        below, child = (*path, name), key.find(name) if key else None
        if isinstance(value, dict):
            inside = _empty(value, child, below)
            found += inside
            gone = {one[len(below)] for one in inside if len(one) == len(below) + 1}
            if set(value) <= gone:
                found.append(below)
        elif value in ("", 0, False) and child and child.zero_is_unset:
            found.append(below)
    return found


def _delete(data: dict[str, Any], path: Path) -> None:
    for part in path[:-1]:
        data = data[part]  # type: ignore[index]
    del data[path[-1]]  # type: ignore[arg-type]
