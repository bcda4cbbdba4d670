"""What is around a configuration: a ConfigMap or Secret, or what installs GitLab's chart, with the release that it names."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from podrunner.findings.errors import UsageError
from podrunner.importing.application_set import fill_in
from podrunner.importing.nodes import below, entries, in_place, items, line_of, text_at
from podrunner.importing.operator_runner import API, KIND, values_of_operator
from podrunner.importing.unwrapped import FoundRelease, Unwrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yaml.nodes import Node

    from podrunner.importing.nodes import Place

# Fleet, Kustomize and helmfile have files without a kind.
_WITHOUT_KIND = re.compile(r"^(releases|helm|helmCharts):\s*(#.*)?$", re.MULTILINE)
_CHART = "gitlab-runner"
# What `helm get values` says before its values.
_TITLE = re.compile(r"\A\s*(USER-SUPPLIED|COMPUTED) VALUES:[ \t]*$", re.MULTILINE)
# Beside the values, in the same map: where more values come from.
_MORE = ("valuesFrom", "valueFiles", "valuesFiles", "valuesFile", "additionalValuesFiles", "fileParameters")
# GitLab's chart keeps runners apart from config.toml, until its manager has registered them.
_TEMPLATE = ("data", "config.template.toml")
_WHOLE = "Give its values (helm get values RELEASE --output yaml), or the config.toml of the running manager."
_CONFIGURATION = re.compile(r"config\.toml|.*\.toml|values\.ya?ml")


def unwrap(text: str, name: str) -> Unwrapped | None:
    """What a manifest holds; None for a text that is none. Raises UsageError for one without a configuration."""
    if _TITLE.search(text):
        return Unwrapped(_TITLE.sub("", text), is_toml=False)
    if not _KIND.search(text) and not _WITHOUT_KIND.search(text):
        return None
    import yaml

    try:
        documents = [document for document in yaml.compose_all(text) if document]
    except yaml.YAMLError:
        return None  # whoever reads it as values says where it is wrong
    for document in documents:
        if below(document, _TEMPLATE):
            raise UsageError(f"{name}: is the ConfigMap of GitLab's chart, and only half of it. {_WHOLE}")
        if text_at(document, ("kind",)) == KIND and text_at(document, ("apiVersion",)).startswith(API):
            return _of_operator(document)
    every = [release for document in documents for release in _releases(document, text, name)]
    releases = [one for one in every if one.values or one.text or one.parameters or one.more]
    named = [release for release in releases if release.chart.rpartition("/")[2] == _CHART]
    found = named or [release for release in releases if not release.chart or _is_path(release.chart)]
    if found:
        return found[0].unwrapped(text, name, found[1:])
    kinds = [kind for document in documents if (kind := text_at(document, ("kind",))) in _KINDS]
    if not kinds and not every:
        return None
    wanted = "; ".join(f"{kind}: {_WHERE[kind]}" for kind in kinds)
    where = f" ({wanted})" if wanted else ""
    raise UsageError(f"{name}: nothing to import where it would be{where}. Give a config.toml, or a values file.")


def _is_path(chart: str) -> bool:
    """Whether a chart is a folder, whose name says nothing: GitLab's chart may be a dependency of it."""
    return chart.startswith(".") or "/" in chart


def _releases(document: Node, text: str, name: str) -> Iterator[FoundRelease]:
    kind = text_at(document, ("kind",))
    if kind in _KINDS:
        yield from _KINDS[kind](document, text, name)
    elif below(document, ("helmCharts",)):
        yield from _kustomize(document)
    elif below(document, ("releases",)):
        yield from _helmfile(document)
    elif below(document, ("helm",)):
        yield from _fleet(document)


def _flux(document: Node, text: str, name: str) -> Iterator[FoundRelease]:
    del text, name
    spec = below(document, ("spec",))
    target, release = (text_at(spec, (key,)) for key in ("targetNamespace", "releaseName"))
    own = text_at(document, ("metadata", "name"))
    yield FoundRelease(
        _nodes(spec, ("values",)),
        # Flux puts the namespace before the name of its manifest.
        release=release or (f"{target}-{own}" if target else own),
        namespace=target or text_at(document, ("metadata", "namespace")),
        chart=text_at(spec, ("chart", "spec", "chart")),
        version=text_at(spec, ("chart", "spec", "version")),
        more=_more(spec),
    )


def _k3s(document: Node, text: str, name: str) -> Iterator[FoundRelease]:
    del text, name
    spec = below(document, ("spec",))
    yield FoundRelease(
        _nodes(spec, ("valuesContent",)),
        release=text_at(document, ("metadata", "name")),
        namespace=text_at(document, ("spec", "targetNamespace"), ("metadata", "namespace")),
        chart=text_at(spec, ("chart",)),
        version=text_at(spec, ("version",)),
        parameters=tuple((key, text_at(value, ()), False) for key, value, _ in entries(spec, ("set",))),
        more=_more(spec),
    )


def _argo(document: Node, text: str, name: str) -> Iterator[FoundRelease]:
    del text, name
    yield from _of_argo(document, below(document, ("spec",)))


def _of_argo(document: Node, spec: Node | None) -> Iterator[FoundRelease]:
    one = below(spec, ("source",))
    for source in [one] if one else items(spec, ("sources",)):
        helm = below(source, ("helm",))
        if helm is None:
            continue
        # Where both are there, Argo CD reads the first only.
        values = _nodes(helm, ("valuesObject",)) or _nodes(helm, ("values",))
        parameters = tuple(
            (text_at(item, ("name",)), text_at(item, ("value",)), text_at(item, ("forceString",)) == "true")
            for item in items(helm, ("parameters",))
        )
        yield FoundRelease(
            values,
            release=text_at(helm, ("releaseName",)) or text_at(document, ("metadata", "name")),
            namespace=text_at(helm, ("namespace",)) or text_at(spec, ("destination", "namespace")),
            chart=text_at(source, ("chart",), ("path",)),
            version=text_at(source, ("targetRevision",)),
            parameters=parameters,
            more=_more(helm),
        )


def _application_set(document: Node, text: str, name: str) -> Iterator[FoundRelease]:
    template = below(document, ("spec", "template"))
    for release in _of_argo(template, below(template, ("spec",))) if template else ():
        yield fill_in(release, document, text, name)


def _stored(document: Node, text: str, name: str) -> Iterator[FoundRelease]:
    """A ConfigMap, or a Secret, with a file in it."""
    for part in ("data", "stringData"):
        for key, node, line in entries(document, (part,)):
            if not _CONFIGURATION.fullmatch(key):
                continue
            is_encoded = part == "data" and text_at(document, ("kind",)) == "Secret"
            yield FoundRelease(
                () if is_encoded else (node,),
                text=_decoded(text_at(node, ()), f"{name}:{line}: {key}") if is_encoded else in_place(text, node),
                is_toml=key.endswith(".toml"),
            )


def _decoded(value: str, where: str) -> str:
    try:
        return base64.b64decode(value, validate=False).decode()
    except (binascii.Error, ValueError):
        raise UsageError(f"{where}: is not base64 of a text, as `data` of a Secret has to be.") from None


def _helmfile(document: Node) -> Iterator[FoundRelease]:
    for release in items(document, ("releases",)):
        every = items(release, ("values",))
        elsewhere = [line_of(one) for one in every if not list(entries(one))]
        settings = tuple((text_at(one, ("name",)), text_at(one, ("value",)), False) for one in items(release, ("set",)))
        yield FoundRelease(
            tuple(one for one in every if list(entries(one))),
            release=text_at(release, ("name",)),
            namespace=text_at(release, ("namespace",)),
            chart=text_at(release, ("chart",)),
            version=text_at(release, ("version",)),
            parameters=settings,
            more={"values": elsewhere[0]} if elsewhere else {},
        )


def _kustomize(document: Node) -> Iterator[FoundRelease]:
    for chart in items(document, ("helmCharts",)):
        yield FoundRelease(
            _nodes(chart, ("valuesInline",)),
            release=text_at(chart, ("releaseName",)),
            namespace=text_at(document, ("namespace",)) or text_at(chart, ("namespace",)),
            chart=text_at(chart, ("name",)),
            version=text_at(chart, ("version",)),
            more=_more(chart),
        )


def _kustomization(document: Node, text: str, name: str) -> Iterator[FoundRelease]:
    del text, name
    yield from _kustomize(document)


def _fleet(document: Node) -> Iterator[FoundRelease]:
    helm = below(document, ("helm",))
    customized = {key: line for key, _, line in entries(document) if key == "targetCustomizations"}
    yield FoundRelease(
        _nodes(helm, ("values",)),
        release=text_at(helm, ("releaseName",)),
        namespace=text_at(document, ("namespace",), ("defaultNamespace",)),
        chart=text_at(helm, ("chart",)),
        version=text_at(helm, ("version",)),
        more={**_more(helm), **customized},
    )


def _nodes(node: Node | None, place: Place) -> tuple[Node, ...]:
    found = below(node, place)
    return (found,) if found is not None and found.value else ()


def _more(node: Node | None) -> dict[str, int]:
    return {key: line for key, value, line in entries(node) if key in _MORE and value.value}


def _of_operator(document: Node) -> Unwrapped:
    release, namespace = (text_at(document, ("metadata", key)) for key in ("name", "namespace"))
    spec = getattr(below(document, ("spec",)), "value", [])
    values, unread = values_of_operator(spec, namespace or "default")
    return Unwrapped(values, is_toml=False, release=release, namespace=namespace, unread=unread)


_KINDS: dict[str, Callable[[Node, str, str], Iterator[FoundRelease]]] = {
    "ConfigMap": _stored,
    "Secret": _stored,
    "HelmRelease": _flux,
    "Application": _argo,
    "ApplicationSet": _application_set,
    "HelmChart": _k3s,
    "Kustomization": _kustomization,
}
_WHERE = {
    "ConfigMap": "data.config.toml",
    "Secret": "data.config.toml",
    "HelmRelease": "spec.values",
    "Application": "spec.source.helm.valuesObject",
    "ApplicationSet": "spec.template.spec.source.helm.valuesObject",
    "HelmChart": "spec.valuesContent",
    "Kustomization": "helmCharts",
}
_KIND = re.compile(rf"^kind:\s*({'|'.join(_KINDS)})\s*(#.*)?$|^apiVersion:\s*{API}", re.MULTILINE)
