"""Every name and every format is a secret; what only looks like one is not, neither as data nor in a text."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from podrunner.secrets.find import find_secrets, holds_secret
from podrunner.secrets.redact import redact
from podrunner.secrets.show import show
from podrunner.secrets.value import is_secret

from .samples import FORMATS, HARMLESS, NAMES, TEXTS, VALUES, alnum

SEEDS = st.integers(0, 2**32).map(Random)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
# A name with its value as texts of all kinds have it.
WRITTEN = (
    *("{n}={v}", "{n}: {v}", "{n} = '{v}'", 'export {n}="{v}"', '{{"a": 1, "{n}":"{v}", "b": 2}}', "- {n}: {v}"),
    *("2026-01-01T00:00:00Z INFO connect {n}={v} host=db", "failed: {n}: {v}, retrying", "a=b;{n}={v};c=d"),
    *(
        "https://a.example.com/?x=1&{n}={v}&y=2",
        "helm install --set db.{n}={v} ci",
        "tool --{n} {v} run",
        "tool --{n}={v}",
    ),
    *('["--{n}", "{v}"]', '{{\\"{n}\\":\\"{v}\\"}}', "map[{n}:{v} a:b]", "{{{n}: {v}, a: b}}", "<{n}>{v}</{n}>"),
    *("- name: {n}\n  value: {v}\n", '{{"name":"{n}","value":"{v}"}}', "{n}: |\n  {v}\n  {v}\nb: 1", "the {n} is {v}"),
    *("-D{n}={v}", "{n}: !!str {v}", '"{n}" => "{v}"', "npm config set //a.example.com/:{n} {v}"),
)


@given(SEEDS)
@settings(max_examples=10, deadline=None, phases=PHASES)
def test_a_value_is_redacted_by_its_name_wherever_it_is_written(random: Random) -> None:
    value = alnum(random, 16)

    left = [
        text for name in NAMES for text in (one.format(n=name, v=value) for one in WRITTEN) if value in redact(text)
    ]

    assert left == []


@given(SEEDS)
@settings(max_examples=10, deadline=None, phases=PHASES)
def test_a_format_is_redacted_without_any_name(random: Random) -> None:
    texts = {what: make(random) for what, make in FORMATS.items()}

    left = [
        around.format(text)
        for text, secret in texts.values()
        for around in ("{}", "see {}, please", '"{}"', "x: {}", "$ run '{}' | tee a.log", "[{}]", "x={}\ny=1")
        if secret in redact(around.format(text))
    ]

    assert left == []


@given(SEEDS)
@settings(max_examples=10, deadline=None, phases=PHASES)
def test_data_tells_its_secrets_by_key_by_variable_and_by_look(random: Random) -> None:
    values = {kind: make(random) for kind, make in VALUES.items()}
    cases = [
        *((name, value) for name in NAMES for value in values.values()),
        *(("note", make(random)[0]) for make in FORMATS.values()),
    ]

    missed = [
        (name, value)
        for name, value in cases
        for data in (
            {name: value},
            [f"{name}={value}"],
            [{"name": name, "value": value}],
            {"a": [{name: {"value": value}}]},
        )
        if not any(find_secrets(data))
    ]

    assert missed == []


@given(SEEDS)
@settings(max_examples=10, deadline=None, phases=PHASES)
def test_a_message_shows_no_secret_of_any_type(random: Random) -> None:
    texts = [(name, make(random)) for name in NAMES for make in VALUES.values()]

    shown = [
        (name, value)
        for name, value in texts
        for path, whole in (
            ((name,), value),
            (("db", name), [value]),
            (("env", 0), f"{name}={value}"),
            ((), {name: {"value": value}}),
        )
        if value[:12] in show(path, whole)
    ]

    assert shown == []
    assert show(("db", "passphrase"), 123456789) == "[redacted]"
    assert show(("db", "passphrase"), True) == "true"
    assert show(("db", "port"), 123456789) == "123456789"


@pytest.mark.parametrize(("name", "value"), HARMLESS)
def test_a_reference_and_a_name_that_only_sounds_so_are_not_secrets(name: str, value: str) -> None:
    texts = [
        f"{name}={value}",
        f"{name}: {value}",
        f'"{name}": {json.dumps(value)}',
        f"- name: {name}\n  value: {value}\n",
    ]

    assert not is_secret(name, value)
    assert list(find_secrets({name: value})) == []
    assert [redact(text) for text in texts] == texts


@pytest.mark.parametrize("text", TEXTS)
def test_a_hash_an_address_and_a_sentence_are_not_secrets(text: str) -> None:
    assert redact(text) == text
    assert not holds_secret(text)
