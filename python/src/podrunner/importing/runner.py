"""One [[runners]] table on its way into values: what the chart writes itself, and what a cluster has no use for."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from podrunner.findings.path import delete_at
from podrunner.importing.change import Changes, Fate
from podrunner.importing.mode import PATCHES_FLAG
from podrunner.importing.secrets import Reference, take_secrets
from podrunner.manifests.objects import table, texts
from podrunner.runner.feature_flags import feature_flag
from podrunner.runner.keys import Key, load_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from podrunner.findings.path import Path

EXECUTOR = "kubernetes"
# Identity: the chart writes these from other values.
_IDENTITY = ("name", "url", "token", "executor")
_ELSEWHERE = ("host", "context", "cert_file", "key_file", "ca_file")
# Files that the old manager has: what to do instead of naming them.
_MOUNT = "mount it by manager.extraVolumes and manager.extraVolumeMounts, and add the key again"
_FILES: dict[Path, str] = {
    ("tls-ca-file",): "put the certificate into a ConfigMap, and name it by trust.caBundle",
    ("tls-cert-file",): _MOUNT,
    ("tls-key-file",): _MOUNT,
    ("cache", "gcs", "CredentialsFile"): "put it into a Secret, as gcs-application-credentials-file, and name that by "
    "cache.existingSecret, with the bucket in cache.gcs",
    ("kubernetes", "pod_spec", "*", "patch_path"): "write what is in it as patch",
}
# How tokens of before GitLab 16 differ: these stand for the whole runner, not for each of its managers.
_OF_MANAGERS = "glrt-"
_TOKEN = re.compile(r"[\w.-]{16,}")
SHARED_TOKEN = (
    f"does not begin with {_OF_MANAGERS}: do not share it with the old manager, at whose end GitLab may delete the runner. "
    "Create a runner in GitLab, and use its token."
)
_NEVER = "0001-01-01"


@dataclass(slots=True)
class ImportedRunner:
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
    # What other builders were told of registries, as podman.registries.
    registries: dict[str, Any] = field(default_factory=dict)

    @property
    def kubernetes(self) -> dict[str, Any]:
        """The table of the executor."""
        return table(self.own.get("kubernetes"))


def read_runner(
    data: dict[str, Any], index: int, name: str, mounts: Iterable[str], schema: Mapping[str, Any], changes: Changes
) -> ImportedRunner:
    """A [[runners]] table of the Kubernetes executor, with what was taken out of it noted in `changes`.

    `mounts` are folders that the new manager will have, too.
    """
    path: Path = ("runners", index)
    own = deepcopy(data)
    _leave_executors(own, path, changes)
    _leave_cluster(own, path, changes)
    _leave_files(own, path, mounts, changes)
    if is_shared_token(str(own.get("token", ""))):
        changes.add(Fate.SECRET, (*path, "token"), SHARED_TOKEN)
    _patches(own, path, changes)
    credentials = take_secrets(own, path, f"gitlab-runner-{name}", schema, changes)
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
        delete_at(own, below[2:])
        changes.add(Fate.EMPTY, below, "nothing, which GitLab Runner takes for not set.")
    own.setdefault("kubernetes", {})
    return ImportedRunner(index, name, url, own, secret=f"gitlab-runner-{name}", credentials=credentials)


def is_shared_token(token: str) -> bool:
    """Whether a token is that of a whole runner, which GitLab deletes when one of its managers unregisters."""
    return _TOKEN.fullmatch(token) is not None and not token.startswith(_OF_MANAGERS)


def _leave_executors(own: dict[str, Any], path: Path, changes: Changes) -> None:
    for name in list(own):
        key = load_keys().root.children["runners"].find(name)
        # Tables whose keys are not known are those of other executors.
        if key and key.type == "table" and not key.children:
            del own[name]
            changes.add(Fate.REMOVED, (*path, name), "belongs to another executor than kubernetes.")


def _patches(own: dict[str, Any], path: Path, changes: Changes) -> None:
    """Patches whose flag the configuration does not turn on, as the chart does."""
    flags = [*table(own.get("feature_flags")), *(entry.partition("=")[0] for entry in texts(own.get("environment")))]
    if not table(own.get("kubernetes")).get("pod_spec") or feature_flag(own, PATCHES_FLAG):
        return
    if PATCHES_FLAG in flags:
        del own["kubernetes"]["pod_spec"]
        changes.add(Fate.REMOVED, (*path, "kubernetes", "pod_spec"), f"has no effect, because {PATCHES_FLAG} is off.")
    else:
        message = "is on where there is a pod_spec, which so far only jobs had that set the flag."
        changes.add(Fate.ADDED, (*path, "feature_flags", PATCHES_FLAG), message)


def _leave_files(own: dict[str, Any], path: Path, mounts: Iterable[str], changes: Changes) -> None:
    folders = [f"{mount.rstrip('/')}/" for mount in mounts]
    for place, way in _FILES.items():
        for below, file in reversed(list(_at(own, place))):
            if file and not any(str(file).startswith(folder) or f"{file}/" == folder for folder in folders):
                # A patch without its file is none.
                delete_at(own, below[:-1] if "*" in place else below)
                message = f"left out: {file} is a file of the old manager. Instead, {way}."
                changes.add(Fate.UNSUPPORTED, (*path, *below), message)


def _at(data: Any, place: Path, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if not place:
        yield path, data
    elif place[0] == "*" and isinstance(data, list):
        for index, item in enumerate(data):
            yield from _at(item, place[1:], (*path, index))
    elif isinstance(data, dict) and place[0] in data:
        yield from _at(data[place[0]], place[1:], (*path, place[0]))


def _leave_cluster(own: dict[str, Any], path: Path, changes: Changes) -> None:
    kubernetes = table(own.get("kubernetes"))
    # Without a host, the token is for the cluster that the manager runs in.
    for key in (*_ELSEWHERE, *(["bearer_token"] if kubernetes.get("host") else [])):
        if kubernetes.get(key):
            del kubernetes[key]
            message = "left out: the manager talks to the cluster it runs in, with its own service account."
            changes.add(Fate.UNSUPPORTED, (*path, "kubernetes", key), message)


def _leave_expiry(own: dict[str, Any], path: Path, changes: Changes) -> None:
    expiry = own.pop("token_expires_at", None)
    if expiry is not None and not str(expiry).startswith(_NEVER):
        message = "left out: GitLab Runner would write a new token into config.toml, which is read only here. "
        changes.add(Fate.UNSUPPORTED, (*path, "token_expires_at"), message + "Renew the Secret before the token ends.")
    elif expiry is not None:
        changes.add(Fate.REMOVED, (*path, "token_expires_at"), "says that the token never expires: nothing to keep.")


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
