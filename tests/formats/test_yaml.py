"""YAML as Helm reads it: every line of the table is compared with Helm's own parser, too."""

from __future__ import annotations

from typing import Any

import helm_python
import pytest
import yaml

from podrunner.findings.errors import ValuesError
from podrunner.formats.placed import read_values
from podrunner.formats.yaml import GoLoader

READ: list[tuple[str, Any]] = [
    # octal, in the old notation and the new one, and what only looks like it
    ("0644", 420),
    ("0o644", 420),
    ("0644_1", 3361),
    ("08", 8),
    ("0o8", "0o8"),
    ("0x1F", 31),
    ("-0x1f", -31),
    ("0b11", 3),
    ("-0b11", -3),
    ("0b", "0b"),
    # underscores
    ("1_000", 1000),
    ("1__0", 10),
    ("_1", "_1"),
    # floats, and floats that are integers
    ("1e3", 1000),
    ("1E3", 1000),
    ("1e+3", 1000),
    ("1.5e3", 1500),
    (".5", 0.5),
    ("1.", 1),
    ("1.0", 1),
    ("1e21", 1e21),
    ("1e400", "1e400"),
    ("0x1.8p3", "0x1.8p3"),
    ("+5", 5),
    ("-0", 0),
    ("1000650000", 1000650000),
    ("123456789012.0", 123456789012),
    ("99999999999999999999", 100000000000000000000),
    # what other YAML libraries make times and dates of
    ("1:30", "1:30"),
    ("22:22:22", "22:22:22"),
    ("2001-01-01", "2001-01-01"),
    ("2001-01-01T00:00:00Z", "2001-01-01T00:00:00Z"),
    ("!!timestamp 2001-01-01", "2001-01-01"),
    # booleans and null
    ("y", True),
    ("N", False),
    ("yes", True),
    ("Off", False),
    ("TRUE", True),
    ("tRue", "tRue"),
    ("~", None),
    ("NULL", None),
    ("nULL", "nULL"),
    ("", None),
    # quotes and tags
    ('"yes"', "yes"),
    ("'0644'", "0644"),
    ("!!str 5", "5"),
    ("!!int '5'", 5),
    ("!!float 5", 5),
    ("!!bool yes", True),
    ('!!null ""', None),
    ("!!binary aGk=", "hi"),
    ("!foo x", "x"),
    ("=", "="),
    ("<", "<"),
    # maps and lists
    ("{a: 1, a: 2}", {"a": 2}),
    ("[0644, yes, '1']", [420, True, "1"]),
    ("{on: 1, 0x10: 2, 1e3: 3, 2001-01-01: 4}", {"true": 1, "16": 2, "1000": 3, "2001-01-01": 4}),
]


@pytest.mark.parametrize(("text", "value"), READ, ids=[text or "nothing" for text, _ in READ])
def test_a_scalar_is_read_as_helm_reads_it(text: str, value: Any) -> None:
    line = f"a: {text}"

    ours = read_values(line, "values.yaml").data

    assert ours == {"a": value}
    assert type(ours["a"]) is type(value)
    assert ours == helm_python.values_from_yaml(line)


def test_anchors_and_merge_keys_are_followed_as_helm_follows_them() -> None:
    text = "base: &base {b: 0644, c: 1}\nuse: {<<: *base, c: 2}\n"

    ours = read_values(text, "values.yaml").data

    assert ours == {"base": {"b": 420, "c": 1}, "use": {"b": 420, "c": 2}}
    assert ours == helm_python.values_from_yaml(text)


def test_only_the_first_document_counts_as_for_helm() -> None:
    text = "a: 1\n---\nb: 2\n"

    ours = read_values(text, "values.yaml").data

    assert ours == {"a": 1}
    assert ours == helm_python.values_from_yaml(text)


@pytest.mark.parametrize("text", ["a: .inf", "a: -.INF", "a: .nan", "~: 1", "? [a]\n: 1", "[1]", "a", 'a: !!float "x"'])
def test_what_helm_refuses_is_refused(text: str) -> None:
    with pytest.raises(helm_python.HelmError):
        helm_python.values_from_yaml(text)

    with pytest.raises(ValuesError):
        read_values(text, "values.yaml")


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{below}'] * 10)}]\n" for below, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: &a\n  b: *a\n", "1:4: error: not YAML: an anchor is used inside itself."),
        (BOMB, "error: not YAML: more than 1000000 nodes by aliases."),
    ],
    ids=["an anchor inside itself", "aliases that multiply"],
)
def test_aliases_that_never_end_are_refused_as_helm_refuses_them(text: str, reason: str) -> None:
    with pytest.raises(helm_python.HelmError):
        helm_python.values_from_yaml(text)

    with pytest.raises(ValuesError) as error:
        read_values(text, "values.yaml")

    assert reason in str(error.value)


def test_a_stream_of_documents_is_loaded_with_the_same_rules() -> None:
    documents = list(yaml.load_all("mode: 0644\n---\nday: 2001-01-01\n---\n", Loader=GoLoader))

    assert documents == [{"mode": 420}, {"day": "2001-01-01"}, None]
