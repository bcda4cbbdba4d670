"""Values against a schema: what is wrong, where, and what to write instead."""

from __future__ import annotations

from pathlib import Path

import helm_python
import pytest
from podrunner.errors import UsageError, ValuesError
from podrunner.values import check_schema, load_values, parse_set, read_values

WRONG = [
    ("imge: x", "1:1: error: imge: unknown key. Did you mean `image`? [values-unknown-key]"),
    (
        "mode: lowd",
        '1:1: error: mode: "lowd" is not allowed. Did you mean `loud`? Allowed: quiet, loud. [values-enum]',
    ),
    ("mode: silent", '1:1: error: mode: "silent" is not allowed. Allowed: quiet, loud. [values-enum]'),
    ("image: 5", '1:1: error: image: must be text, is 5. For text write "5". [values-type]'),
    (
        "image: 0644",
        '1:1: error: image: must be text, is 0644, which YAML reads as 420. For text write "0644". [values-type]',
    ),
    (
        "image: no",
        '1:1: error: image: must be text, is no, which YAML reads as false. For text write "no". [values-type]',
    ),
    ("image: [x]", "1:1: error: image: must be text, is a list. [values-type]"),
    ("replicas: many", '1:1: error: replicas: must be a whole number, is the text "many". [values-type]'),
    ("replicas: 1.5", "1:1: error: replicas: must be a whole number, is 1.5. [values-type]"),
    ("replicas: -1", "1:1: error: replicas: -1 is less than 0. [values-value]"),
    ("labels: {a: 1}", '1:10: error: labels.a: must be text, is 1. For text write "1". [values-type]'),
    ("objects:\n  - a: 1\n  - b", '3:5: error: objects[1]: must be a map, is the text "b". [values-type]'),
    (
        "name: A",
        '1:1: error: name: "A" does not match the pattern ^[a-z]+$. Lower-case letters. [values-value]',
    ),
    ("limit: 5", '1:1: error: limit: must be a map or text, is 5. For text write "5". [values-type]'),
    ("limit: {cpu: 5}", '1:9: error: limit.cpu: must be text, is 5. For text write "5". [values-type]'),
    ("limit: {memory: x}", "1:9: error: limit.memory: unknown key. Allowed: cpu. [values-unknown-key]"),
    ("gone: 1", "1:1: error: gone: not allowed here: remove it. [values-not-allowed]"),
    ("token: abcdef", "1:1: error: token: (a secret, not shown) is longer than 3. [values-value]"),
]


@pytest.mark.parametrize(("text", "line"), WRONG, ids=[text for text, _ in WRONG])
def test_a_mistake_is_named_with_its_place_and_the_way_out(small_chart: Path, text: str, line: str) -> None:
    findings = check_schema(small_chart, [read_values(text, "team.yaml")])

    assert line.replace("1:1", "team.yaml:1:1", 1) in [
        str(finding).replace("team.yaml:", "team.yaml:", 1) if line.startswith("1:1") else str(finding).removeprefix("team.yaml:")
        for finding in findings
    ]
