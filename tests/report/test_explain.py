"""Errors of a JSON schema in words, for the keywords that our own schema does not use."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from podrunner.schema.mistakes import explain

WORDS: dict[str, tuple[dict[str, Any], Any, str]] = {
    "oneOf without a fit": (
        {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        [],
        "x: must be a whole number or text, is a list.",
    ),
    "oneOf with two fits": (
        {"oneOf": [{"type": "integer"}, {"minimum": 1}]},
        3,
        "x: 3 fits more than one of the forms that are allowed.",
    ),
    "const": ({"const": 5}, 4, "x: 4 must be 5."),
    "not": ({"not": {"type": "string"}}, "a", 'x: "a" is not allowed here.'),
    "propertyNames": (
        {"propertyNames": {"pattern": "^a"}},
        {"b": 1},
        'x: a key does not fit: "b" does not match "^a".',
    ),
    "exclusiveMinimum": ({"exclusiveMinimum": 3}, 3, "x: 3 is not more than 3."),
    "multipleOf": ({"multipleOf": 2}, 3, "x: 3 is not a multiple of 2."),
    "uniqueItems": ({"uniqueItems": True}, [1, 1], "x: [1, 1] has an item twice."),
    "dependentRequired": ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, "x.b: missing."),
    "minProperties": ({"minProperties": 1}, {}, "x: {} has fewer than 1 keys."),
    "contains": ({"contains": {"type": "string"}}, [1], "x: [1] is refused by `contains` of the schema."),
    "an item too many": ({"prefixItems": [{}], "items": False}, [1, 2], "x[1]: not allowed here. Remove it."),
    "unevaluatedProperties": (
        {"allOf": [{"properties": {"name": {}}}], "unevaluatedProperties": False},
        {"nam": 1},
        "x.nam: unknown key. Did you mean `name`? Allowed: name.",
    ),
    "a long value": ({"type": "array"}, "y" * 90, f'x: must be a list, is the text "{"y" * 56}….'),
}


@pytest.mark.parametrize("name", WORDS)
def test_every_keyword_has_its_words(name: str) -> None:
    rule, value, message = WORDS[name]
    schema = {"properties": {"x": rule}}

    (error,) = jsonschema_rs.validator_for(schema).iter_errors({"x": value})

    assert [mistake.message for mistake in explain(error, schema, lambda _: None)] == [message]
