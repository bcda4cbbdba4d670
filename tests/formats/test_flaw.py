"""Why a text is not YAML or not TOML: one wording for all who read some."""

from __future__ import annotations

import tomllib

import pytest
import yaml

from podrunner.formats.flaw import NOT_YAML, Flaw, toml_flaw, yaml_flaw
from podrunner.formats.yaml import GoLoader


def flaw_of(text: str) -> Flaw:
    with pytest.raises(NOT_YAML) as error:
        list(yaml.compose_all(text, Loader=GoLoader))
    return yaml_flaw(error.value, text)


def test_a_bracket_that_is_not_closed_is_found_where_it_begins_and_where_the_reader_gave_up() -> None:
    flaw = flaw_of("a: 1\nb: [1\nc: 2\n")

    assert (flaw.start, flaw.place) == ((2, 4), (3, 2))
    assert flaw.sentence("not YAML") == (
        "not YAML: while parsing a flow sequence, did not find expected ',' or ']'. Is a bracket not closed?"
    )


def test_a_tab_is_named() -> None:
    assert flaw_of("a:\n\tb: 1\n").hint == "This is a tab. Indent with spaces."


def test_a_forbidden_character_has_its_place() -> None:
    assert flaw_of("a: 1\nb: x\x07\n") == Flaw("a character that YAML forbids, U+0007", (2, 5), (2, 5))


def test_a_text_that_is_nested_too_deeply_says_so() -> None:
    assert flaw_of("[" * 20_000).reason == "nested too deeply"


def test_the_words_around_the_reason_are_the_callers() -> None:
    flaw = Flaw("a tab", hint="Use spaces.")

    assert flaw.sentence("rendered to text that is not YAML", ", at `image:`") == (
        "rendered to text that is not YAML: a tab, at `image:`. Use spaces."
    )


def test_toml_has_its_place_apart_from_the_reason() -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as error:
        tomllib.loads("a = 1\nb = many\n")

    assert toml_flaw(error.value) == Flaw("Invalid value", (2, 5), (2, 5))
