"""What values are for is said once, above them in values.yaml."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ci.generate import comments, schema

ROOT = Path(__file__).parents[2]


def values(text: str) -> list[comments.Value]:
    return comments.read(text)


def test_a_comment_of_several_lines_describes_the_key_below_it() -> None:
    (head, value) = values("# Of all.\nimage:\n  # Where it\n  # comes from.\n  registry: quay.io\n")

    assert head.text == "Of all."
    assert (value.path, value.line, value.text, value.default) == (
        "image.registry",
        5,
        "Where it comes from.",
        "quay.io",
    )


def test_examples_are_no_part_of_the_sentence() -> None:
    (value,) = values("# By registry, for example\n#   docker.io: []\n# and so on.\nmirrors: {}\n")

    assert value.text == "By registry, for example and so on."


def test_a_comment_after_an_empty_line_is_not_of_the_key() -> None:
    (value,) = values("# Of the file.\n\nimage: a\n")

    assert value.comment == ()


SCHEMA = "{$defs: {name: {type: string}}, properties: {image: {$ref: '#/$defs/name'}}}"


@pytest.mark.parametrize(
    ("text", "source", "problem"),
    [
        ("image: a\n", SCHEMA, "chart/values.yaml:1: image: has no comment above it"),
        (
            "# An image.\nimage: a\n",
            SCHEMA.replace("name'", "name', description: Other"),
            "chart/values.yaml:2: image: described by its",
        ),
        ("# An image.\nimages: a\n", SCHEMA, "chart/values.yaml:2: images: not in chart/values.schema.yaml"),
    ],
    ids=["undescribed", "described twice", "unknown"],
)
def test_each_value_is_described_once(text: str, source: str, problem: str) -> None:
    with pytest.raises(SystemExit, match=problem):
        schema.describe(yaml.safe_load(source), values(text))


@pytest.mark.process
def test_the_reference_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ci.generate", "docs", "--check"], cwd=ROOT, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")
