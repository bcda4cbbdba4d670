"""Addresses at which gitlab-runner 19.4.0 listens, and those at which it ends with a FATAL."""

from __future__ import annotations

import pytest

from podrunner.runner.check import check_config
from podrunner.runner.listen_address import metrics_reason, session_reason

HOST = 'must have the name or address of a host, or none, as in ":9252"'
FORM = 'must be "HOST:PORT" such as ":9252", an IPv6 address in brackets, and nothing before it'
PORT = 'must have a port from 0 to 65535 behind the colon, such as ":9252"'
REFUSED = {
    "9252": 'must be "HOST:PORT" or ":PORT", without a colon it is the name of a host: write ":9252"',
    ":70000": PORT,
    ":-1": PORT,
    ":metrics": PORT,
    ":19252 ": PORT,
    "0.0.0.0:": PORT,
    ":": PORT,
    "::": FORM,
    "[::1": FORM,
    "http://0.0.0.0:19252": FORM,
    " :19252": HOST,
    "a b:19252": HOST,
    "300.1.1.1:19252": HOST,
}


@pytest.mark.parametrize("text", REFUSED)
def test_an_address_without_host_or_port_is_refused_with_what_to_write(text: str) -> None:
    assert metrics_reason(text) == REFUSED[text]


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":9252",
        "0.0.0.0",
        "0.0.0.0:9252",
        ":http",
        "[::]:HTTPS",
        "localhost",
        "a-b.c1:9252",
        "[::]",
        "[::]:9252",
        "127.0.0.1:0",
    ],
)
def test_an_address_at_which_the_manager_listens_is_taken(text: str) -> None:
    assert metrics_reason(text) == ""


def test_web_terminals_have_no_port_of_their_own() -> None:
    assert session_reason("0.0.0.0") == 'must have a port behind the host, such as ":8093"'
    assert session_reason("0.0.0.0:8093") == ""


def test_it_is_told_of_both_keys_at_their_lines() -> None:
    text = 'concurrent = 1\nlisten_address = "9252"\n[session_server]\nlisten_address = "8093"\n[[runners]]\n'
    assert [str(one) for one in check_config(text) if "listen_address" in one.path] == [
        'config.toml:2: error: listen_address: must be "HOST:PORT" or ":PORT", without a colon it is the name of a '
        'host: write ":9252", is "9252". [config-format]',
        'config.toml:4: error: session_server.listen_address: must be "HOST:PORT" or ":PORT", without a colon it is '
        'the name of a host: write ":8093", is "8093". [config-format]',
    ]
