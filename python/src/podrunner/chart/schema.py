"""Values against the chart's values.schema.json, with every finding at its line."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from podrunner.chart.official import check_official
from podrunner.findings.errors import UsageError
from podrunner.findings.finding import Finding
from podrunner.findings.rules.values import (
    VALUES_ENUM,
    VALUES_KEY,
    VALUES_NOT_ALLOWED,
    VALUES_REQUIRED,
    VALUES_TYPE,
    VALUES_UNKNOWN_KEY,
    VALUES_VALUE,
)
from podrunner.formats.runner_version import is_older, version_of_tag
from podrunner.schema.mistakes import MistakeKind, explain
from podrunner.values.places import find_layer, locate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import jsonschema_rs

    from podrunner.chart.chart import Chart
    from podrunner.findings.path import Path as Parts
    from podrunner.formats.placed import Values
    from podrunner.schema.mistakes import Mistake


SCHEMA = "values.schema.json"
_RULES = {
    MistakeKind.UNKNOWN_KEY: VALUES_UNKNOWN_KEY,
    MistakeKind.REQUIRED: VALUES_REQUIRED,
    MistakeKind.TYPE: VALUES_TYPE,
    MistakeKind.ENUM: VALUES_ENUM,
    MistakeKind.VALUE: VALUES_VALUE,
    MistakeKind.KEY: VALUES_KEY,
    MistakeKind.NOT_ALLOWED: VALUES_NOT_ALLOWED,
}


# Marks maps that are tables of config.toml, and the newest GitLab Runner whose keys they have.
_TABLE, _KNOWN = "x-configToml", "x-knownRunner"
_TABLE_CLOSED = ("additionalProperties", False)


class Schema:
    """A JSON schema, and its compiled validator.

    Maps that are tables of config.toml are closed in both: Helm lets all their keys pass, for those of a newer runner.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        """Compile what values.schema.json says. Raises ValueError or ValidationError when it is not a schema."""
        self._written = data
        self.data: dict[str, Any] = _closed(data) if _KNOWN in data else data
        self.validator = _compile(self.data)

    def validator_for(self, values: Mapping[str, Any]) -> jsonschema_rs.Validator:
        """The validator, for a runner that is newer than known as Helm has it."""
        image = values.get("image")
        tag = str(image.get("tag") or "") if isinstance(image, dict) else ""
        is_newer = _KNOWN in self.data and is_older(self.data[_KNOWN], version_of_tag(tag))
        return self._open if is_newer else self.validator

    def is_valid(self, values: Mapping[str, Any]) -> bool:
        """Whether values fit."""
        return self.validator_for(values).is_valid(values)

    @cached_property
    def _open(self) -> jsonschema_rs.Validator:
        return _compile(self._written)


def _compile(data: dict[str, Any]) -> jsonschema_rs.Validator:
    import jsonschema_rs

    # Like Helm: the newest draft unless the schema says another, formats are not asserted.
    return jsonschema_rs.validator_for(data, validate_formats=False)


def _closed(part: Any) -> Any:
    if isinstance(part, list):
        return [_closed(item) for item in part]
    if not isinstance(part, dict):
        return part
    # In the place of the mark: findings come in the order of the keywords.
    return dict(_TABLE_CLOSED if name == _TABLE else (name, _closed(below)) for name, below in part.items())


def load_schema(path: Path, shown: Path) -> Schema | None:
    """The schema in a file that people call `shown`, None when there is no such file. Raises UsageError."""
    import jsonschema_rs

    if not path.is_file():
        return None
    try:
        return Schema(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, jsonschema_rs.ValidationError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise UsageError(f"{shown}: not a JSON schema: {reason}") from None


def check_schema(chart: Chart, layers: Sequence[Values]) -> list[Finding]:
    """What is wrong with the values when laid over each other and over the chart's defaults.

    Each finding has the place in the layer that says it: a file, a line of a matrix file or a `--set`.
    """
    schema = chart.schema
    if schema is None:
        return []
    values = chart.effective(layers)
    every = [chart.defaults, *layers]
    foreign = [locate(finding, every, path) for path, finding in check_official(chart.official, values)]
    validator = schema.validator_for(values)
    if validator.is_valid(values):
        return foreign

    def written(path: Parts) -> str | None:
        layer = find_layer(every, path)
        return layer.texts.get(path) if layer else None

    found: dict[Mistake, Finding] = {}
    for error in validator.iter_errors(values):
        for mistake in explain(error, schema.data, written):
            finding = Finding(_RULES[mistake.kind], mistake.message, path=mistake.dotted)
            found.setdefault(mistake, locate(finding, every, mistake.path))
    # What dependencies add to the values, only Helm knows: it says itself what is missing.
    knows_all = not (chart.path / "charts").is_dir()
    return [*foreign, *(finding for finding in found.values() if knows_all or finding.rule != VALUES_REQUIRED)]
