"""Custom kinds: the schemas of CustomResourceDefinitions, made strict as Kubernetes' own are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from podrunner.findings.errors import UsageError
from podrunner.formats.flaw import NOT_YAML, yaml_flaw
from podrunner.formats.yaml import GoLoader
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_KEPT = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}
_LEFT_OUT = ("properties", "default", "example")
# They speak of some of the fields; all that there are is said beside them.
_CONDITIONS = ("allOf", "anyOf", "oneOf", "not")


@dataclass(frozen=True, slots=True, eq=False)
class Crds:
    """(apiVersion, kind) → JSON schema."""

    schemas: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def with_documents(self, documents: Iterable[Any]) -> Crds:
        """Those of some objects, too."""
        found = {key: schema for data in documents for one in _each(data) for key, schema in _schemas(one).items()}
        return Crds({**self.schemas, **found}) if found else self


def load_crds(folders: Sequence[Path]) -> Crds:
    """The CRDs in all YAML files of some folders, subfolders too. Raises UsageError."""
    schemas: dict[tuple[str, str], dict[str, Any]] = {}
    for folder in folders:
        schemas |= _of_folder(folder).schemas
    return Crds(schemas)


def _of_folder(folder: Path) -> Crds:
    if not folder.exists():
        raise UsageError(f"--crds {folder}: no such folder.")
    files = [folder] if folder.is_file() else sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")])
    crds = Crds()
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except (ValueError, OSError) as error:
            raise UsageError(f"--crds {file}: cannot be read: {error}.") from None
        crds = read_crds(crds, text, f"--crds {file}")
    if not crds.schemas:
        raise UsageError(f"--crds {folder}: no CustomResourceDefinition in {len(files)} YAML files.")
    return crds


def read_crds(crds: Crds, text: str, name: str) -> Crds:
    """Those of a YAML text, too; `name` is for messages. Raises UsageError."""
    try:
        return crds.with_documents(yaml.load_all(text, Loader=GoLoader))
    except NOT_YAML as error:
        flaw = yaml_flaw(error, text)
        place = ":".join(str(part) for part in (name, *flaw.place) if part)
        raise UsageError(f"{place}: {flaw.sentence('not YAML')}") from None


def _each(data: Any) -> list[dict[str, Any]]:
    """The object, or the items of a list of objects: `kubectl get crds -o yaml` gives one."""
    return maps(table(data).get("items")) or [table(data)]


def _schemas(data: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    if data.get("kind") != "CustomResourceDefinition":
        return {}
    spec = table(data.get("spec"))
    kind, found = str(table(spec.get("names")).get("kind")), {}
    for version in maps(spec.get("versions")):
        schema = table(table(version.get("schema")).get("openAPIV3Schema"))
        strict = _strict(schema)
        if "properties" in strict:
            strict["properties"] = {**strict["properties"], **_KEPT}
        found[f"{spec.get('group')}/{version.get('name')}", kind] = strict
    return found


def _strict(part: Any, *, open_: bool = False) -> Any:
    """OpenAPI as JSON schema: nullable, int-or-string, and no field beside the known ones, unless `open_`."""
    if isinstance(part, list):
        return [_strict(item, open_=open_) for item in part]
    if not isinstance(part, dict):
        return part
    properties = {name: _strict(below, open_=open_) for name, below in table(part.get("properties")).items()}
    plain = {
        key: _strict(value, open_=open_ or key in _CONDITIONS) for key, value in part.items() if key not in _LEFT_OUT
    }
    if properties:
        plain["properties"] = {**properties, **(_KEPT if part.get("x-kubernetes-embedded-resource") else {})}
        if not (open_ or part.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in part):
            plain["additionalProperties"] = False
    if part.get("x-kubernetes-int-or-string"):
        plain["type"] = ["integer", "string"]
        plain.pop("anyOf", None)
    if part.get("nullable") and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    return plain
