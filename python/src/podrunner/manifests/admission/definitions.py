"""Definitions of kinds, and of APIs that another server has: what their names are, and which version is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import FieldFault
from podrunner.manifests.admission.forms import dns_name
from podrunner.manifests.admission.structural import schema_faults, schema_parts
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.manifests.admission.fault import Faults

_APPROVED = "api-approved.kubernetes.io"


def definition_faults(data: Mapping[str, Any]) -> Faults:
    """What of a CustomResourceDefinition is refused."""
    spec = table(data.get("spec"))
    names, versions = table(spec.get("names")), maps(spec.get("versions"))
    yield from _named(data, f"{names.get('plural')}.{spec.get('group')}", "names.plural, a dot and group")
    kept = [one for one in versions if one.get("storage") is True]
    if versions and len(kept) != 1:
        yield FieldFault("spec.versions", f"must have one version with storage: true, {len(kept)} have it")
    yield from _approved(str(spec.get("group")), table(table(data.get("metadata")).get("annotations")))
    for index, version in enumerate(versions):
        schema = table(table(version.get("schema")).get("openAPIV3Schema"))
        if schema.get("type") != "object":
            at = f"spec.versions[{index}].schema.openAPIV3Schema.type"
            yield FieldFault(at, "must be object: that is what every custom object is", schema.get("type"))
        yield from _metadata(f"spec.versions[{index}].schema.openAPIV3Schema.properties.metadata", schema)
        for where, below in schema_parts(f"spec.versions[{index}].schema.openAPIV3Schema", schema):
            yield from schema_faults(where, below)


def _approved(group: str, annotations: Mapping[str, Any]) -> Faults:
    """Groups of Kubernetes' own domains need an annotation; see GetAPIApprovalState of k8s.io/apiextensions-apiserver."""
    said = str(annotations.get(_APPROVED) or "")
    if f".{group}".endswith((".k8s.io", ".kubernetes.io")) and not (
        said.startswith("unapproved") or re.match(r"[a-z]+://[^/]", said)
    ):
        reason = f"must have {_APPROVED} with a URL, or `unapproved` and why: {group} is of a domain of Kubernetes"
        yield FieldFault("metadata.annotations", reason, said or None)


def _metadata(at: str, schema: Mapping[str, Any]) -> Faults:
    """What every object has need not be said, and cannot, but for its name."""
    metadata = table(table(schema.get("properties")).get("metadata"))
    wrong = [name for name in table(metadata.get("properties")) if name not in ("name", "generateName")]
    wrong += ["required"] if metadata.get("required") else []
    if wrong:
        yield FieldFault(at, f"cannot say anything but of name and generateName, and has {', '.join(map(str, wrong))}")


def api_service_faults(data: Mapping[str, Any]) -> Faults:
    """What of an APIService is refused."""
    spec = table(data.get("spec"))
    yield from _named(data, f"{spec.get('version')}.{spec.get('group') or ''}", "version, a dot and group")
    if table(spec).get("service") is None and spec.get("insecureSkipTLSVerify") is True:
        yield FieldFault("spec.insecureSkipTLSVerify", "is for an API that has a service")


def _named(data: Mapping[str, Any], wanted: str, what: str) -> Faults:
    name = table(data.get("metadata")).get("name")
    if name and name != wanted and not dns_name(str(name)):
        yield FieldFault("metadata.name", f"must be {what}, which is {wanted}", name)
