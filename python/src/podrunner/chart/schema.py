"""Values against the chart's values.schema.json, with every finding at its line."""

from __future__ import annotations

import json
from functools import lru_cache
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
from podrunner.formats.placed import Values, load_values
from podrunner.schema.mistakes import MistakeKind, explain
from podrunner.values.merge import coalesce, merge
from podrunner.values.places import find_layer, locate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import jsonschema_rs

    from podrunner.findings.path import Path as Parts
    from podrunner.schema.mistakes import Mistake


_RULES = {
    MistakeKind.UNKNOWN_KEY: VALUES_UNKNOWN_KEY,
    MistakeKind.REQUIRED: VALUES_REQUIRED,
    MistakeKind.TYPE: VALUES_TYPE,
    MistakeKind.ENUM: VALUES_ENUM,
    MistakeKind.VALUE: VALUES_VALUE,
    MistakeKind.KEY: VALUES_KEY,
    MistakeKind.NOT_ALLOWED: VALUES_NOT_ALLOWED,
}


def load_defaults(chart: Path) -> Values:
    """The chart's own values.yaml as the lowest layer."""
    return _defaults(chart / "values.yaml")


@lru_cache
def _defaults(path: Path) -> Values:
    return load_values(path) if path.is_file() else Values({}, str(path))


@lru_cache
def load_schema(chart: Path) -> tuple[dict[str, Any], jsonschema_rs.Validator] | None:
    """The chart's schema and its compiled validator, None for a chart without one. Raises UsageError."""
    import jsonschema_rs

    path = chart / "values.schema.json"
    if not path.is_file():
        return None
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
        # Like Helm: the newest draft unless the schema says another, formats are not asserted.
        return schema, jsonschema_rs.validator_for(schema, validate_formats=False)
    except (ValueError, jsonschema_rs.ValidationError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise UsageError(f"{path}: not a JSON schema: {reason}") from None


def check_schema(chart: Path, layers: Sequence[Values]) -> list[Finding]:
    """What is wrong with the values when laid over each other and over the chart's defaults.

    Each finding has the place in the layer that says it: a file, a line of a matrix file or a `--set`.
    """
    loaded = load_schema(chart)
    if loaded is None:
        return []
    schema, validator = loaded
    defaults = load_defaults(chart)
    values = coalesce(defaults.data, merge(*(layer.data for layer in layers)))
    every = [defaults, *layers]
    foreign = [locate(finding, every, path) for path, finding in check_official(chart, values)]
    if validator.is_valid(values):
        return foreign

    def written(path: Parts) -> str | None:
        layer = find_layer(every, path)
        return layer.texts.get(path) if layer else None

    found: dict[Mistake, Finding] = {}
    for error in validator.iter_errors(values):
        for mistake in explain(error, schema, written):
            finding = Finding(_RULES[mistake.kind], mistake.message, path=mistake.dotted)
            found.setdefault(mistake, locate(finding, every, mistake.path))
    # What dependencies add to the values, only Helm knows: it says itself what is missing.
    knows_all = not (chart / "charts").is_dir()
    return [*foreign, *(finding for finding in found.values() if knows_all or finding.rule != VALUES_REQUIRED)]
