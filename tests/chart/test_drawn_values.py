"""Values that nobody thought of, drawn from the schema: they render to what Kubernetes and GitLab Runner take."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from podrunner.cases.case import Case
from podrunner.check.checker import Checker
from podrunner.findings.finding import Finding, errors
from podrunner.formats.placed import Values
from tests.matrix_cases import CHART, helm

SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())
# Objects of the schema have hundreds of keys: a few at a time.
FEW = 4
# YAML forbids most control characters, and what is no character at all.
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("\n\t")
TEXT = st.text(LETTERS, max_size=12)
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "integer": st.integers(0, 2**31 - 1),
    "number": st.integers(0, 10**6) | st.floats(0, 10**6, width=32),
    "null": st.none(),
}


# Part of the schema by its identity, with its strategy: to make one, above all of a pattern, takes longer than to draw.
DRAWN: dict[int, tuple[dict[str, Any], st.SearchStrategy[Any]]] = {}


def draw_from(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """What a part of the schema allows; of texts and numbers a handy range."""
    if id(schema) not in DRAWN:
        DRAWN[id(schema)] = (schema, _draw_from(schema))
    return DRAWN[id(schema)][1]


def _draw_from(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return st.deferred(lambda: draw_from(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]))
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_typed(one, schema) for one in types])


def _typed(name: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if name == "object":
        return _object(schema)
    if name == "array":
        return st.lists(draw_from(schema["items"]), min_size=schema.get("minItems", 0), max_size=2)
    if name == "string":
        return _string(schema)
    if name == "integer" and "minimum" in schema:
        return st.integers(schema["minimum"], schema.get("maximum", 2**31 - 1))
    return SCALARS[name]


def _string(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    if "pattern" not in schema:
        return TEXT.filter(lambda text: len(text) >= schema.get("minLength", 0))
    # Python's $ also matches before a line break at the end, which Go's does not.
    found = st.from_regex(
        schema["pattern"].replace("$", r"\Z").replace(r"\d", "[0-9]"), alphabet=st.characters(codec="ascii")
    )
    refused = [_pattern(part["not"]) for part in schema.get("allOf", [])]
    return found.filter(
        lambda text: (
            schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 60)
            and not any(pattern.search(text) for pattern in refused)
        )
    )


def _pattern(schema: dict[str, Any]) -> re.Pattern[str]:
    target = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return re.compile(target["pattern"].replace("$", r"\Z"))


def _object(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    known = {key: part for key, part in (schema.get("properties") or {}).items() if "not" not in part}
    # Whole objects, which are not the chart's.
    known.pop("extraObjects", None)
    if not known and "additionalProperties" not in schema:
        # What is in it is for Kubernetes to say.
        return st.just({})
    if not known:
        keys = (
            _draw_from({"type": "string", **schema["propertyNames"]})
            if "propertyNames" in schema
            else st.from_regex(r"\A[a-z]{1,8}\Z")
        )
        return st.dictionaries(keys, draw_from(schema["additionalProperties"]), max_size=2)
    required = schema.get("required") or []
    optional = st.lists(st.sampled_from(sorted(known)), unique=True, max_size=FEW)
    return optional.flatmap(
        lambda chosen: st.fixed_dictionaries({key: draw_from(known[key]) for key in sorted({*chosen, *required})})
    )


@pytest.fixture(scope="module")
def checker() -> Checker:
    """Load the chart once."""
    return Checker(helm(), helm().chart.file.app_version)


@settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(draw_from({**SCHEMA, "required": []}))
@example({})
@example({"manager": {"serviceAccount": {"name": "m"}}, "jobs": {"serviceAccount": {"name": "m"}}})
@example({"manager": {"extraContainers": [{"name": "a"}, {"name": "a"}]}})
@example({"metrics": {"serviceMonitor": {"enabled": True, "interval": "1ms", "scrapeTimeout": "2ms"}}})
@example({"fullnameOverride": "000", "trust": {"caBundle": {"kind": "ConfigMap", "name": "000", "key": "0"}}})
def test_what_the_schema_allows_renders_or_is_refused_in_words(checker: Checker, drawn: dict[str, Any]) -> None:
    values = {**drawn, "gitlab": {"url": "https://gitlab.example.com"}}

    result = checker.check(Case("drawn", (Values(values, "drawn values"),)))

    told = [
        one for one in errors(result.findings) if not is_refused_in_words(one) and not is_one_name_twice(one, drawn)
    ]
    assert [str(one) for one in told] == []


# A null took away what has to be there, an old key, a format, a field that the API server refuses, two durations of which
# no schema can say that one is within the other.
IN_WORDS = {
    "values-required",
    "values-official",
    "config-format",
    "kubernetes-field",
    "job-pod-field",
    "scrape-timeout",
}


def is_refused_in_words(finding: Finding) -> bool:
    """Whether it is told by value: by the chart itself, for its format, or as what the API server would refuse."""
    sections = tuple(f"{section}." for section in SCHEMA["properties"])
    by_chart = finding.rule.code == "render" and finding.message.startswith(sections)
    return by_chart or finding.rule.code in IN_WORDS


def is_one_name_twice(finding: Finding, drawn: dict[str, Any]) -> bool:
    """Whether one name was drawn for two things: for somebody else's object and this release, or for two containers."""
    name = drawn.get("fullnameOverride")
    if finding.rule.code == "container-name":
        manager = drawn.get("manager") or {}
        names = [one["name"] for key in ("extraContainers", "extraInitContainers") for one in manager.get(key) or []]
        return len(names) > len(set(names))
    return finding.rule.code == "reference-key" and bool(name) and f"/{name} has no key" in finding.message
