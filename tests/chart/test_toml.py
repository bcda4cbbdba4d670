"""The chart's TOML template: what stands in values comes out of config.toml with its type and its text."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# What YAML can hold, which is what a values file can hold.
TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\ufffe\uffff"), max_size=60)


@pytest.mark.parametrize("number", [0, 1, 1000, 1000650000, 4294967295, -1])
def test_an_integer_stays_an_integer(runner_config: Any, number: int) -> None:
    context = runner_config({"kubernetes": {"pod_security_context": {"run_as_user": number}}})

    assert context["kubernetes"]["pod_security_context"] == {"run_as_user": number}
    assert type(context["kubernetes"]["pod_security_context"]["run_as_user"]) is int


def test_a_fraction_stays_a_fraction(runner_config: Any) -> None:
    policy = [{"scale_factor": 1.5}]
    kubernetes = runner_config({"kubernetes": {"autoscaler": {"policy": policy}}})["kubernetes"]

    assert kubernetes["autoscaler"]["policy"] == [{"scale_factor": 1.5}]


@pytest.mark.parametrize(
    "text",
    [
        "quotes \" and ' and \\ backslashes \\n",
        "two\nlines",
        "ends with a line break\n",
        "\nbegins with one",
        "trailing blanks  \n\n   \nand an empty line",
        "three ''' quotes\nin two lines",
        "ends with a quote\n'",
        "tabs\tand\r\nWindows line breaks",
        "Grüße, 世界 🚀",
        "zero width \ufeff, next line \u0085, separators \u2028 \u2029",
        "control \x01 \x7f characters\nin two lines",
        "{{ .Values.podman.mode }} is text",
        "# no comment",
        "2024-09-30T14:38:04Z",
        "0644",
        "yes",
        "1000.0",
    ],
)
def test_a_text_survives_as_it_is(runner_config: Any, text: str) -> None:
    assert runner_config({"pre_build_script": text})["pre_build_script"] == text


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.dictionaries(TEXT, TEXT, max_size=5))
def test_any_keys_and_texts_survive(runner_config: Any, annotations: dict[str, str]) -> None:
    kubernetes = runner_config({"kubernetes": {"pod_annotations": annotations}})["kubernetes"]

    assert kubernetes["pod_annotations"] == annotations


def test_a_key_with_dots_and_slashes_is_quoted(runner_config: Any) -> None:
    kubernetes = runner_config({"kubernetes": {"node_selector": {"kubernetes.io/os": "linux"}}})["kubernetes"]

    assert kubernetes["node_selector"] == {"kubernetes.io/os": "linux"}


def test_a_time_is_a_time_only_where_the_runner_types_it_so(runner_config: Any) -> None:
    moment = "2024-09-30T14:38:04.623237Z"
    runner = runner_config({"token_obtained_at": moment, "kubernetes": {"pod_labels": {"since": moment}}})

    assert runner["token_obtained_at"] == dt.datetime(2024, 9, 30, 14, 38, 4, 623237, dt.UTC)
    assert runner["kubernetes"]["pod_labels"] == {"since": moment}


def test_tables_in_tables_and_lists_of_tables_survive(runner_config: Any) -> None:
    kubernetes = {
        "affinity": {
            "node_affinity": {
                "preferred_during_scheduling_ignored_during_execution": [
                    {
                        "weight": 100,
                        "preference": {"match_expressions": [{"key": "cpu", "operator": "In", "values": ["a", "b"]}]},
                    },
                    {"weight": 1, "preference": {"match_expressions": []}},
                ]
            }
        },
        "host_aliases": [{"ip": "10.0.0.1", "hostnames": ["one", "two"]}, {"ip": "10.0.0.2", "hostnames": []}],
        "dns_config": {},
    }

    assert runner_config({"kubernetes": kubernetes})["kubernetes"].items() >= kubernetes.items()


def test_a_null_leaves_its_key_out(runner_config: Any) -> None:
    assert "limit" not in runner_config({"limit": None, "shell": "bash"})


def test_keys_come_out_in_one_order_whatever_order_they_are_given_in(render: Any) -> None:
    one = {"runners": {"a": {"config": {"limit": 1, "kubernetes": {"cpu_limit": "1", "image": "x"}}}, "b": None}}
    other = {"runners": {"b": None, "a": {"config": {"kubernetes": {"image": "x", "cpu_limit": "1"}, "limit": 1}}}}

    assert render(one).config.toml.text == render(other).config.toml.text
