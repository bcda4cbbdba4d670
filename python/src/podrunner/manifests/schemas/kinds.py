"""Kubernetes' own schemas for each of its versions, without a network: the data inside `kubernetes-validate`.

Only its files are used. Its `validate()` reads a file of 1.5 MB for each object.
"""

from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import UsageError
from podrunner.formats.kube_version import minor_version
from podrunner.manifests.schemas.constraints import with_constraints
from podrunner.manifests.schemas.stricter import with_formats, with_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    import jsonschema_rs

_FOLDER = re.compile(r"v(\d+)\.(\d+)\.0-local-strict\Z")
# What can be a part of a file's name. Others are not looked for: `../Pod`, or hundreds of characters.
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{0,99}\Z")
_NO_FILE = "none.json"
_SERVED_AS = "x-kubernetes-group-version-kind"
_SERVED = re.compile(rf'"{_SERVED_AS}":\s*')
_DEFINITIONS = "_definitions.json"
_REF = '"/api/_definitions.json#/$defs/'


@dataclass(frozen=True, slots=True)
class KindSchema:
    """One kind in one Kubernetes version: unknown fields are errors."""

    schema: dict[str, Any]
    validator: jsonschema_rs.Validator


@lru_cache
def _root() -> Path:
    # Found, not imported: importing it takes longer than all the work here.
    spec = importlib.util.find_spec("kubernetes_validate")
    if spec is None or spec.origin is None:
        raise UsageError("kubernetes-validate is not installed; it holds the schemas of Kubernetes.")
    return Path(spec.origin).parent / "kubernetes-json-schema"


@lru_cache
def _folders() -> dict[tuple[int, int], Path]:
    found = ((_FOLDER.match(path.name), path) for path in _root().iterdir())
    return dict(sorted(((int(match[1]), int(match[2])), path) for match, path in found if match))


def known_versions() -> list[tuple[int, int]]:
    """Kubernetes versions there are schemas for, oldest first, as (1, 25)."""
    return list(_folders())


@lru_cache(maxsize=4096)
def versions_with(api_version: str, kind: str) -> list[tuple[int, int]]:
    """The Kubernetes versions that know this kind in this API version."""
    return [version for version in _folders() if _knows(version, api_version, kind)]


@lru_cache(maxsize=4096)
def last_version_with(api_version: str, kind: str) -> tuple[int, int] | None:
    """The newest of them, None when there is none. Most kinds are in the newest version: one file is read, not one each."""
    return next((version for version in reversed(_folders()) if _knows(version, api_version, kind)), None)


def _knows(version: tuple[int, int], api_version: str, kind: str) -> bool:
    file = _folders()[version] / _file_name(api_version, kind)
    return file.is_file() and api_version in _group_versions(file, kind)


@lru_cache(maxsize=4096)
def api_versions_of(kind: str, kube_version: str) -> list[str]:
    """Every API version that has this kind in one Kubernetes version: `batch/v1`."""
    folder = _folders().get(minor_version(kube_version))
    files = folder.glob(f"{kind.lower()}-*.json") if folder and _WORD.match(kind) else []
    return sorted(group_version for file in files for group_version in _group_versions(file, kind))


@cache
def kinds_of(version: tuple[int, int]) -> dict[str, list[str]]:
    """Kind → its API versions in one Kubernetes version, for kinds of objects. Reads every schema: half a second."""
    found: dict[str, set[str]] = {}
    for file in _folders()[version].glob("*.json"):
        schema = json.loads(file.read_text(encoding="utf-8"))
        if "metadata" in schema.get("properties", {}):
            for kind, group_version in _served_as(schema):
                found.setdefault(kind, set()).add(group_version)
    return {kind: sorted(versions) for kind, versions in found.items() if not kind.endswith("List")}


def _group_versions(file: Path, kind: str) -> Iterator[str]:
    # A schema has those of its parts in it: half a megabyte to read for the few words about the kind.
    text, decoder = file.read_text(encoding="utf-8"), json.JSONDecoder()
    for found in _SERVED.finditer(text):
        served = _served_as({_SERVED_AS: decoder.raw_decode(text, found.end())[0]})
        yield from (group_version for known, group_version in served if known == kind)


def _served_as(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(kind, API version) of a schema."""
    for known in schema.get(_SERVED_AS, []):
        yield known["kind"], f"{known['group']}/{known['version']}".removeprefix("/")


def _file_name(api_version: str, kind: str) -> str:
    if not _WORD.match(kind) or not _WORD.match(api_version):
        return _NO_FILE
    group, _, version = api_version.rpartition("/")
    # Files carry the first part of the group only: rbac.authorization.k8s.io/v1 is `rbac-v1`.
    return "-".join(part for part in (kind.lower(), group.partition(".")[0], version) if part) + ".json"


@cache
def find_schema(api_version: str, kind: str, version: tuple[int, int]) -> KindSchema | None:
    """The schema of a kind, None when this Kubernetes version does not have it or there is no data for it."""
    import jsonschema_rs

    name = _names(version).get((kind, api_version)) if version in _folders() else None
    if name is None:
        return None
    # Where it is part of another, nothing may stand in its place.
    schema = {**_definition(name, version), "type": "object"}
    schema["$defs"] = {below: _definition(below, version) for below in _reached(name, version)}
    return KindSchema(schema, jsonschema_rs.validator_for(schema, validate_formats=False))


def type_of(api_version: str, kind: str, version: tuple[int, int]) -> str:
    """The name of the definition of a kind; empty when this version does not have it, or there is no data for it."""
    return _names(version).get((kind, api_version), "") if version in _folders() else ""


def properties_of(name: str, version: tuple[int, int]) -> dict[str, Any]:
    """Field → schema of a definition as it is published; empty for one that is not a type with fields."""
    found: dict[str, Any] = _definitions(version).get(name, {}).get("properties", {})
    return found


@cache
def _names(version: tuple[int, int]) -> dict[tuple[str, str], str]:
    """(kind, API version) → the name of its definition."""
    return {served: name for name, one in _definitions(version).items() for served in _served_as(one)}


@cache
def _definitions(version: tuple[int, int]) -> dict[str, Any]:
    text = (_folders()[version] / _DEFINITIONS).read_text(encoding="utf-8").replace(_REF, '"#/$defs/')
    definitions: dict[str, Any] = json.loads(text)["$defs"]
    return with_types(definitions)


@cache
def _definition(name: str, version: tuple[int, int]) -> dict[str, Any]:
    return with_formats(with_constraints(name, _definitions(version), version))


def _reached(name: str, version: tuple[int, int]) -> set[str]:
    """Names of all definitions that one needs; the rest would only take time to compile."""
    reached: set[str] = set()
    waiting = [*_refs_of(name, version)]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _refs_of(name, version)
    return reached


@cache
def _refs_of(name: str, version: tuple[int, int]) -> frozenset[str]:
    return frozenset(_refs(_definition(name, version)))


def _refs(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        ref = part.get("$ref")
        if isinstance(ref, str):
            yield ref.rpartition("/")[2]
        for value in part.values():
            yield from _refs(value)
    elif isinstance(part, list):
        for value in part:
            yield from _refs(value)
