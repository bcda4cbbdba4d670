"""One case: everything one render needs, and what is expected of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.formats.placed import Values, load_layer
from podrunner.secrets.find import find_secrets
from podrunner.secrets.redact import Redactor
from podrunner.values.merge import merge
from podrunner.values.set_expression import parse_set, parse_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from podrunner.findings.finding import Finding

RELEASE = "podrunner"
NAMESPACE = "podrunner"
KUBE_VERSION = "1.34.0"


@dataclass(frozen=True, slots=True)
class Case:
    """What to render. `layers` are values, each over the one before; `expect_fail` a text that an error must contain.

    Further documents of a values file are layers of their own, as Helm 4 reads them. From `revision` 2 on, it is rendered
    for an upgrade. `chart_version` and `app_version` are in place of those of Chart.yaml, as `helm package` sets them;
    empty: those of Chart.yaml. `lookup` are the objects that templates find, see `podrunner.cases.lookup`.
    """

    name: str
    layers: tuple[Values, ...] = ()
    release: str = RELEASE
    namespace: str = NAMESPACE
    kube_version: str = KUBE_VERSION
    api_versions: tuple[str, ...] = ()
    revision: int = 1
    chart_version: str = ""
    app_version: str = ""
    lookup: tuple[str, ...] = ()
    include_crds: bool = False
    skip_schema_validation: bool = False
    expect_fail: str = ""
    # Whether a matrix file made it: what one of its cases says need not change anything in every other.
    is_of_matrix: bool = False
    # Where an explicit case of a matrix file is written.
    file: str = ""
    line: int = 0

    def __post_init__(self) -> None:
        if any(layer.later for layer in self.layers):
            every = [one for layer in self.layers for one in (replace(layer, later=()), *layer.later)]
            object.__setattr__(self, "layers", tuple(every))

    @property
    def values(self) -> dict[str, Any]:
        """The layers merged, without the chart's defaults."""
        return merge(*(layer.data for layer in self.layers))

    @property
    def redactor(self) -> Redactor:
        """Knows what is a secret in the values of this case."""
        return _redactor(self.layers, self.lookup)

    def redact(self, text: str) -> str:
        """A text about this case without what is a secret in its values, or looks like one."""
        return _redacted(text, self.layers, self.lookup)

    def without_secrets(self, finding: Finding) -> Finding:
        """A finding about this case that can be told: a `--set` option may stand in the place of an object."""
        return replace(finding, message=self.redact(finding.message), object=self.redact(finding.object))

    def with_layers(self, *layers: Values) -> Case:
        """The case with more layers over its own."""
        return replace(self, layers=(*self.layers, *layers))

    def over(self, *layers: Values) -> Case:
        """The case with more layers below its own."""
        return replace(self, layers=(*layers, *self.layers))

    def over_values(self, values: Mapping[str, Any], source: str) -> Case:
        """The case with values below its own that are in no file."""
        return self.over(Values(dict(values), source))

    def with_values(self, values: Mapping[str, Any], source: str) -> Case:
        """The case with values over its own that are in no file; `source` is how people call them."""
        return self.with_layers(Values(dict(values), source))

    def with_file(self, file: Path | str) -> Case:
        """The case with a values file over its own; what `--set` says stays above it. Raises UsageError without the file."""
        end = next((at for at, layer in enumerate(self.layers) if layer.source.startswith("--set")), len(self.layers))
        return replace(self, layers=(*self.layers[:end], load_layer(file), *self.layers[end:]))

    def with_settings(self, expressions: Iterable[str]) -> Case:
        """The case with expressions of `--set` over its own values. Raises UsageError."""
        return self.with_layers(*parse_set(expressions))

    def with_expressions(self, expressions: Mapping[str, Iterable[str]]) -> Case:
        """The case with what `--set`, `--set-string` and so on say over its own values, by option. Raises UsageError."""
        return self.with_layers(*parse_settings(expressions))


@lru_cache(maxsize=4096)
def _redacted(text: str, layers: tuple[Values, ...], lookup: tuple[str, ...]) -> str:
    return _redactor(layers, lookup).redact(text)


@lru_cache(maxsize=512)
def _redactor(layers: tuple[Values, ...], lookup: tuple[str, ...]) -> Redactor:
    given = [*(layer.data for layer in layers), *map(json.loads, lookup)]
    return Redactor(*(one.text for data in given for one in find_secrets(data)))


@dataclass(frozen=True, slots=True)
class Settings:
    """A part of a case: what one entry of an axis says. None where it says nothing."""

    preset: Values | None = None
    layers: tuple[Values, ...] = ()
    release: str | None = None
    namespace: str | None = None
    kube_version: str | None = None
    api_versions: tuple[str, ...] | None = None
    revision: int | None = None
    chart_version: str | None = None
    app_version: str | None = None
    lookup: tuple[str, ...] | None = None
    include_crds: bool | None = None
    skip_schema_validation: bool | None = None
    expect_fail: str | None = None
    line: int | None = None


def combine(name: str, parts: Iterable[Settings], *, file: str = "") -> Case:
    """One case from settings, each over the ones before. A preset lies under all other values."""
    every = list(parts)
    presets = [part.preset for part in every if part.preset is not None]
    layers = [layer for part in every for layer in part.layers]

    def last(attribute: str, default: Any) -> Any:
        said = [value for part in every if (value := getattr(part, attribute)) is not None]
        return said[-1] if said else default

    return Case(
        name=name,
        layers=(*presets[-1:], *layers),
        release=last("release", RELEASE),
        namespace=last("namespace", NAMESPACE),
        kube_version=last("kube_version", KUBE_VERSION),
        api_versions=last("api_versions", ()),
        revision=last("revision", 1),
        chart_version=last("chart_version", ""),
        app_version=last("app_version", ""),
        lookup=last("lookup", ()),
        include_crds=last("include_crds", False),
        skip_schema_validation=last("skip_schema_validation", False),
        expect_fail=last("expect_fail", ""),
        is_of_matrix=True,
        file=file,
        line=last("line", 0),
    )
