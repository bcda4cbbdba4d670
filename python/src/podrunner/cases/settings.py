"""One map of settings in a matrix file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import yaml

from podrunner.cases.case import Settings
from podrunner.cases.lookup import load_objects, read_objects
from podrunner.cases.names import chart_version, namespace_name, read_revision, release_name
from podrunner.findings.errors import UsageError, ValuesError
from podrunner.findings.rules.matrix_file import (
    MATRIX_CHART_VERSION,
    MATRIX_EXPECTATION,
    MATRIX_KUBE_VERSION,
    MATRIX_LOOKUP,
    MATRIX_NAMESPACE,
    MATRIX_PRESET,
    MATRIX_RELEASE,
    MATRIX_REVISION,
    MATRIX_SETTING,
    MATRIX_TYPE,
    MATRIX_VALUES,
)
from podrunner.formats.kube_version import full_version
from podrunner.formats.nodes import is_null
from podrunner.formats.placed import Values, load_values, values_from_node
from podrunner.formats.yaml import GoLoader, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.chart.chart import Chart
    from podrunner.formats.nodes import NodeReader

SETTINGS = (
    *("apiVersions", "appVersion", "chartVersion", "includeCrds", "kubeVersion", "lookup", "namespace", "preset"),
    *("release", "revision", "skipSchemaValidation", "values"),
)
# Settings that are true or false → the field of a case.
SWITCHES = {"includeCrds": "include_crds", "skipSchemaValidation": "skip_schema_validation"}
# Of settings that are a name.
_RULES = {
    "chartVersion": MATRIX_CHART_VERSION,
    "kubeVersion": MATRIX_KUBE_VERSION,
    "namespace": MATRIX_NAMESPACE,
    "preset": MATRIX_PRESET,
    "release": MATRIX_RELEASE,
    "revision": MATRIX_REVISION,
}


def read_settings(reader: NodeReader, chart: Chart, node: yaml.Node, where: str, *, expect: bool = False) -> Settings:
    """The settings in a map; mistakes go to the reader. `expect` says whether `expect:` is allowed here."""
    allowed = (*SETTINGS, "expect") if expect else SETTINGS
    said: dict[str, Any] = {"line": node.start_mark.line + 1}
    for key, name, value in reader.items(node, where):
        if reader.known(key, name, f"{where}: ", "setting", MATRIX_SETTING, allowed):
            said |= read_setting(reader, chart, name, value, f"{where}.{name}")
    return Settings(**said)


def read_setting(reader: NodeReader, chart: Chart, name: str, node: yaml.Node, where: str) -> dict[str, Any]:
    """One setting as fields of `Settings`; empty after a mistake."""
    if name == "values":
        return {"layers": tuple(_layers(reader, node, where))}
    if name == "apiVersions":
        return {"api_versions": tuple(_texts(reader, node, where))}
    if name == "lookup":
        return {"lookup": tuple(_lookup(reader, node, where))}
    if name == "expect":
        return _expect(reader, node, where)
    if name in SWITCHES:
        return _switch(reader, name, node, where)
    text = reader.text(node, where)
    if text is None:
        return {}
    try:
        return _named(chart, name, text)
    except UsageError as error:
        reader.wrong(node, _RULES[name], f"{where}: {error}")
    except ValuesError as error:
        reader.findings += error.findings
    return {}


def _named(chart: Chart, name: str, text: str) -> dict[str, Any]:
    if name == "preset":
        return {"preset": chart.preset(text)}
    if name == "kubeVersion":
        return {"kube_version": full_version(text)}
    if name == "revision":
        return {"revision": read_revision(text)}
    if name == "chartVersion":
        return {"chart_version": chart_version(text)}
    if name == "appVersion":
        return {"app_version": text}
    return {name: release_name(text) if name == "release" else namespace_name(text)}


def _switch(reader: NodeReader, name: str, node: yaml.Node, where: str) -> dict[str, Any]:
    said = scalar(node) if isinstance(node, yaml.ScalarNode) else None
    if isinstance(said, bool):
        return {SWITCHES[name]: said}
    reader.wrong(node, MATRIX_TYPE, f"{where}: must be true or false.")
    return {}


def _lookup(reader: NodeReader, node: yaml.Node, where: str) -> Iterator[str]:
    """Objects written here, and those of files."""
    for item in node.value if isinstance(node, yaml.SequenceNode) else [node]:
        if is_null(item):
            continue
        try:
            if isinstance(item, yaml.ScalarNode):
                yield from load_objects(reader.file.parent / item.value)
            else:
                yield from read_objects([GoLoader("").construct_like_go(item)])
        except UsageError as error:
            reader.wrong(item, MATRIX_LOOKUP, f"{where}: {error}")


def _texts(reader: NodeReader, node: yaml.Node, where: str) -> list[str]:
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return [text for item in items if (text := reader.text(item, where)) is not None]


def _layers(reader: NodeReader, node: yaml.Node, where: str) -> list[Values]:
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    layers = [_layer(reader, item, where) for item in items if not is_null(item)]
    return [layer for layer in layers if layer is not None]


def _layer(reader: NodeReader, node: yaml.Node, where: str) -> Values | None:
    if isinstance(node, yaml.MappingNode):
        return replace(values_from_node(node, str(reader.file)), remarks=reader.remarks)
    if not isinstance(node, yaml.ScalarNode):
        reader.wrong(node, MATRIX_TYPE, f"{where}: must be a map of values, a file name, or a list of those.")
        return None
    try:
        return load_values(reader.file.parent / node.value)
    except UsageError as error:
        message = f"{where}: {error} File names are relative to the matrix file."
        reader.wrong(node, MATRIX_VALUES, message)
    except ValuesError as error:
        reader.findings += error.findings
    return None


def _expect(reader: NodeReader, node: yaml.Node, where: str) -> dict[str, Any]:
    before = len(reader.findings)
    for key, name, value in reader.items(node, where, 'fail: "text"'):
        if reader.known(key, name, f"{where}: ", "expectation", MATRIX_EXPECTATION, ("fail",)):
            text = reader.text(value, f"{where}.fail")
            if text == "":
                reader.wrong(
                    value, MATRIX_EXPECTATION, f"{where}.fail: is empty. Write a part of the message expected."
                )
            return {"expect_fail": text}
    if len(reader.findings) == before:
        message = f'{where}: expects nothing. Write `fail: "a part of the message expected"`, or remove it.'
        reader.wrong(node, MATRIX_EXPECTATION, message)
    return {}
