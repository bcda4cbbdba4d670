"""Checks of rendered objects: their schema in one Kubernetes version, duplicate keys, duplicate objects."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.findings.finding import Finding
from podrunner.findings.path import dotted, value_at
from podrunner.findings.rules.manifests import (
    CRD_SCHEMA,
    CRD_UNREADABLE,
    KUBERNETES_API_VERSION,
    KUBERNETES_DEPRECATED,
    KUBERNETES_SCHEMA,
    KUBERNETES_UNKNOWN_KIND,
    KUBERNETES_VERSION,
    MANIFEST_DUPLICATE,
    MANIFEST_DUPLICATE_KEY,
)
from podrunner.findings.suggest import is_misspelt, listed, nearest
from podrunner.formats.kube_version import minor_version
from podrunner.manifests.admission.fault import FieldFault
from podrunner.manifests.admission.forms import DNS, DNS_LABEL
from podrunner.manifests.admission.objects import object_faults
from podrunner.manifests.admission.pod import pod_faults
from podrunner.manifests.checks.list_items import check_list_items
from podrunner.manifests.checks.names import check_service_name
from podrunner.manifests.objects import HOOK_ANNOTATION, find_pods, is_built_in, table
from podrunner.manifests.rendering import Document
from podrunner.manifests.schemas.constraints import MARK
from podrunner.manifests.schemas.crds import Crds
from podrunner.manifests.schemas.kinds import (
    KindSchema,
    api_versions_of,
    find_schema,
    kinds_of,
    known_versions,
    last_version_with,
    versions_with,
)
from podrunner.schema.mistakes import MistakeKind, explain
from podrunner.schema.parts import subschema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.findings.rules.rule import Rule
    from podrunner.manifests.rendering import Rendering
    from podrunner.schema.mistakes import Mistake


# Kinds that are gone, with nothing of their name after them.
_SUCCESSORS = {
    "PodSecurityPolicy": "It is gone since 1.25: label namespaces with a level of Pod Security, pod-security.kubernetes.io/enforce."
}


def check_manifests(rendering: Rendering, kube_version: str, crds: Crds | None = None) -> list[Finding]:
    """All that Kubernetes of this version would refuse in a rendering. `file` of a finding is the template."""
    # A chart that brings its CRDs is checked with them.
    known = (crds or Crds()).with_documents(document.data for document in rendering.documents)
    version = minor_version(kube_version)
    if version not in known_versions():
        return [_no_data(version), *_duplicate_objects(rendering)]
    found = [finding for one in rendering.documents for finding in _check_document(one, kube_version, known)]
    return [*found, *_duplicate_objects(rendering)]


def _check_document(document: Document, kube_version: str, crds: Crds) -> list[Finding]:
    if _kind(document) in crds.schemas:
        return [*_duplicate_keys(document), *_custom_findings(document, crds)]
    return list(_cached_check(document, minor_version(kube_version)))


def _kind(document: Document) -> tuple[str, str]:
    return str(document.data.get("apiVersion")), str(document.data.get("kind"))


def _custom_findings(document: Document, crds: Crds) -> Iterator[Finding]:
    known = _custom_schema(crds, _kind(document))
    if isinstance(known, str):
        message = f"{document.data.get('kind')}: not checked, the schema in its CRD cannot be read: {known}."
        yield _finding(document, CRD_UNREADABLE, message)
        return
    found = {
        (mistake.dotted, mistake.message)
        for error in known.validator.iter_errors(document.data)
        for mistake in explain(error, known.schema, lambda _: None)
    }
    for path, message in sorted(found):
        yield _finding(document, CRD_SCHEMA, message, path=path)


@lru_cache(maxsize=1024)
def _custom_schema(crds: Crds, kind: tuple[str, str]) -> KindSchema | str:
    """The schema and its validator, or why there is none."""
    import jsonschema_rs

    schema = crds.schemas[kind]
    try:
        return KindSchema(schema, jsonschema_rs.validator_for(schema, validate_formats=False))
    except (jsonschema_rs.ValidationError, ValueError) as error:
        return str(error).partition("\n")[0].rstrip(".")


@lru_cache(maxsize=65536)
def _cached_check(document: Document, version: tuple[int, int]) -> tuple[Finding, ...]:
    wrong = list(_schema_findings(document, version))
    return (
        *_duplicate_keys(document),
        *wrong,
        *check_list_items(document, version, wrong),
        *check_service_name(document, version),
    )


def _schema_findings(document: Document, version: tuple[int, int]) -> Iterator[Finding]:
    api_version, kind = document.data.get("apiVersion"), document.data.get("kind")
    if not isinstance(api_version, str) or not isinstance(kind, str):
        missing = "apiVersion" if not isinstance(api_version, str) else "kind"
        yield _finding(document, KUBERNETES_SCHEMA, f"{missing}: missing. Every object needs apiVersion and kind.")
        return
    found = find_schema(api_version, kind, version)
    if found is None:
        yield _unknown_kind(document, api_version, kind, version)
        return
    yield from _deprecated(document, api_version, kind)
    for mistake in _mistakes(document, found):
        told = _without_value(mistake) if kind == "Secret" else mistake
        in_version = f"(Kubernetes {_dots(version)})"
        found_there = _finding(document, KUBERNETES_SCHEMA, f"{told.message} {in_version}", path=mistake.dotted)
        about, reason = _about(document, mistake), f"{told.reason} {in_version}"
        yield replace(found_there, about=about, missing=mistake.missing, reason=reason)


def pod_faults_by_schema(pod: Mapping[str, Any], kube_version: str) -> Iterator[FieldFault]:
    """The same of a whole pod that is not rendered, as faults below its spec: GitLab Runner makes those of jobs."""
    version = minor_version(kube_version)
    found = find_schema("v1", "Pod", version) if version in known_versions() else None
    if found is None:
        return
    document = Document("", "", dict(pod))
    for mistake in _mistakes(document, found):
        # GitLab Runner sends what later versions know: the API server leaves that out, and makes the pod.
        if mistake.kind is MistakeKind.UNKNOWN_KEY and _is_known_later(document, mistake):
            continue
        path = dotted((*mistake.path, mistake.missing) if mistake.missing else mistake.path).removeprefix("spec.")
        words = f"{mistake.reason} (Kubernetes {_dots(version)})"
        yield FieldFault(path, mistake.what, _about(document, mistake), words=words)


def _is_known_later(document: Document, mistake: Mistake) -> bool:
    newest = find_schema("v1", "Pod", known_versions()[-1])
    return newest is not None and mistake.path not in {one.path for one in _mistakes(document, newest)}


def _about(document: Document, mistake: Mistake) -> str:
    """The key that is wrong, or the scalar."""
    if mistake.missing or mistake.kind is MistakeKind.UNKNOWN_KEY:
        return mistake.missing or str(mistake.path[-1])
    value = value_at(document.data, mistake.path)
    return str(value) if isinstance(value, str | int | float) else ""


def _mistakes(document: Document, kind: KindSchema) -> list[Mistake]:
    """What is wrong by the schema; of a field that is wrong in several ways, the one that says most of it."""
    found: dict[Mistake, None] = {}
    of_field: dict[object, Mistake] = {}
    told: set[str] | None = None
    for error in kind.validator.iter_errors(document.data):
        is_constraint = MARK in subschema(kind.schema, error.schema_path[:-1])
        for mistake in explain(error, kind.schema, _as_is):
            if isinstance(error.instance, dict):
                found[mistake] = None
                continue
            told = _paths_of_faults(document) if told is None else told
            # Said by checks of fields, at the value where that is written; a status is not read when an object is made.
            is_told = mistake.dotted in told or mistake.path[:1] == ("status",)
            if is_constraint and mistake.kind is not MistakeKind.TYPE and is_told:
                continue
            known = of_field.setdefault(mistake.path, mistake)
            if _RANKS.get(mistake.kind, 0) < _RANKS.get(known.kind, 0):
                of_field[mistake.path] = mistake
    return [*found, *of_field.values()]


# k8s, with a number of letters that it does not have.
_NUMERONYM = re.compile(r"\.k[0-9]+s\.io\Z")
_RANKS = {MistakeKind.TYPE: -2, MistakeKind.ENUM: -1}


def _as_is(_: object) -> None:
    """What was written is not known of what is rendered."""


def _paths_of_faults(document: Document) -> set[str]:
    of_pods = (
        f"{pod.path}.{fault.path}"
        for pod in find_pods([document], "")
        for fault in pod_faults(pod.spec)
        if not fault.is_absent
    )
    return {*of_pods, *(fault.path for fault in object_faults(document.data) if not fault.is_absent)}


def _without_value(mistake: Mistake) -> Mistake:
    """What is wrong with a Secret, without a value out of it."""
    if mistake.path[:1] not in (("data",), ("stringData",)):
        return mistake
    if mistake.kind is MistakeKind.KEY:
        return mistake
    if mistake.kind is MistakeKind.TYPE:
        return replace(mistake, found="", hint=" The value is not shown, it is a secret.")
    return replace(mistake, what="not base64", found="", hint=" Encode it, or write it into stringData as it is.")


def _deprecated(document: Document, api_version: str, kind: str) -> Iterator[Finding]:
    last = last_version_with(api_version, kind)
    if last is None or last == known_versions()[-1]:
        return
    later = known_versions()[known_versions().index(last) + 1]
    others = [one for one in api_versions_of(kind, _dots(later)) if one != api_version]
    instead = f" Use apiVersion: {listed(others)}." if others else ""
    message = f"{api_version} {kind} is gone from Kubernetes {_dots(later)} on.{instead}"
    yield _finding(document, KUBERNETES_DEPRECATED, message)


def _unknown_kind(document: Document, api_version: str, kind: str, version: tuple[int, int]) -> Finding:
    what, kube = f"{api_version} {kind}", f"Kubernetes {_dots(version)}"
    if (wrong := _wrong_group(api_version, kind, version)) is not None:
        return _finding(document, KUBERNETES_API_VERSION, f"{what}: {wrong}")
    if not is_built_in(api_version):
        message = f"{what}: not checked, it is not one of Kubernetes' own kinds. Give its CRD with --crds."
        return _finding(document, KUBERNETES_UNKNOWN_KIND, message)
    elsewhere = versions_with(api_version, kind)
    others = api_versions_of(kind, _dots(version))
    if not elsewhere and not others:
        return _finding(document, KUBERNETES_API_VERSION, f"{what} is not in {kube}.{_successor(kind, version)}")
    served = f" {what} is in {_dots(elsewhere[0])} to {_dots(elsewhere[-1])}." if elsewhere else ""
    instead = f" Use apiVersion: {listed(others)}." if others else ""
    return _finding(document, KUBERNETES_API_VERSION, f"{what} is not in {kube}.{served}{instead}")


def _wrong_group(api_version: str, kind: str, version: tuple[int, int]) -> str | None:
    """Why an API version cannot be one, or how Kubernetes spells the group of this kind; None where neither is known."""
    group, _, name = api_version.rpartition("/")
    own = api_versions_of(kind, _dots(version))
    groups = [one.rpartition("/")[0] for one in own]
    meant = _NUMERONYM.sub(".k8s.io", group)
    near = (meant if meant in groups else nearest(group, groups)) if "." in group else None
    instead = f" Did you mean `{next(one for one in own if one.startswith(f'{near}/'))}`?" if near else ""
    if (group and not DNS.match(group)) or not DNS_LABEL.match(name):
        return f"not an API version: a domain, a slash and a version such as v1, in lower case.{instead}"
    if near and not group.endswith(f".{near}") and (is_misspelt(group, near) or near == meant != group):
        return f"Kubernetes has no group {group}.{instead}"
    return None


def _no_data(version: tuple[int, int]) -> Finding:
    first, *_, last = known_versions()
    message = f"nothing is checked: there is no data for Kubernetes {_dots(version)}, only for {_dots(first)} to {_dots(last)}."
    return Finding(KUBERNETES_VERSION, message)


def _successor(kind: str, version: tuple[int, int]) -> str:
    if kind in _SUCCESSORS:
        return f" {_SUCCESSORS[kind]}"
    kinds = kinds_of(version)
    near = nearest(kind, kinds)
    return f" Did you mean `{near}` of {listed(kinds[near])}?" if near else ""


def _dots(version: tuple[int, int]) -> str:
    return ".".join(str(number) for number in version)


def _finding(document: Document, rule: Rule, message: str, *, path: str = "") -> Finding:
    return Finding(rule, message, object=document.name, path=path, file=document.template)


def _duplicate_keys(document: Document) -> Iterator[Finding]:
    for key, line in document.duplicate_keys:
        place = f"at line {line} of the rendered document"
        message = f"key `{key}` is there twice in one map, {place}. Kubernetes refuses this or keeps only the last."
        yield _finding(document, MANIFEST_DUPLICATE_KEY, message)


def _duplicate_objects(rendering: Rendering) -> Iterator[Finding]:
    first: dict[tuple[str, ...], Document] = {}
    for document in rendering.documents:
        metadata = table(document.data.get("metadata"))
        group = str(document.data.get("apiVersion", "")).rpartition("/")[0]
        namespace = str(metadata.get("namespace") or rendering.namespace)
        # A hook lives at its own time: another object may have its name before or after.
        hook = str(table(metadata.get("annotations")).get(HOOK_ANNOTATION, ""))
        key = (group, str(document.data.get("kind")), namespace, str(metadata.get("name")), hook)
        if key in first:
            message = (
                f"a second object of this kind and name in namespace {namespace}; "
                f"the first is in {first[key].template}. One of them would be lost."
            )
            yield _finding(document, MANIFEST_DUPLICATE, message)
        first.setdefault(key, document)
