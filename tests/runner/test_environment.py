"""Variables of `environment` that bash cannot export, and entries of NO_PROXY that match nothing."""

from __future__ import annotations

import pytest

from podrunner.runner.environment import direct_reason, environment_faults

HOSTS = "git.example.com, .example.com or 10.0.0.0/8"


def reasons(*environment: str, **keys: str) -> list[tuple[object, str]]:
    found = environment_faults({"environment": [*environment], **keys}, ("runners", 0))
    return [(fault.path[-1], fault.reason) for fault in found]


@pytest.mark.parametrize("name", ["2A", "A-B", "A B", "A.B", "Ä"])
def test_a_name_that_bash_cannot_export_is_told(name: str) -> None:
    assert reasons("A=x", f"{name}=x") == [
        (
            1,
            "must have a name of letters, digits and `_` that does not begin with a digit, "
            f'is "{name}": the script of every job sets it by `export`, which fails.',
        )
    ]


@pytest.mark.parametrize("name", ["A", "_a", "A2_b"])
def test_a_name_that_bash_exports_is_taken(name: str) -> None:
    assert reasons(f"{name}=x") == []


def test_powershell_has_other_names() -> None:
    assert reasons("A-B=x", shell="pwsh") == []


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("https://git.example.com", "must have no scheme in what is reached without the proxy: write git.example.com"),
        (
            "http://git.example.com:8080/a",
            "must have no scheme in what is reached without the proxy: write git.example.com:8080",
        ),
        ("10.0.0.0/33", f"must have hosts, domains and networks, such as {HOSTS}"),
        ("10.0.0.0/255.0.0.0", f"must have hosts, domains and networks, such as {HOSTS}"),
        ("git.example.com/group", f"must have hosts, domains and networks, such as {HOSTS}"),
        ("a.example.com b.example.com", f"must have a comma between hosts, such as {HOSTS}"),
    ],
)
def test_an_entry_that_matches_no_host_is_told(host: str, reason: str) -> None:
    assert reasons(f"no_proxy=localhost,{host}") == [(0, f'{reason}, is "{host}": it matches no host.')]


@pytest.mark.parametrize(
    "host",
    [
        "",
        "*",
        "git.example.com",
        ".example.com",
        "*.example.com",
        "git:8080",
        "10.0.0.0/8",
        "10.0.0.1/8",
        "fd00::/8",
        "::1",
    ],
)
def test_an_entry_that_matches_hosts_is_taken(host: str) -> None:
    assert direct_reason(host) == ""


def test_what_a_variable_stands_for_is_not_known() -> None:
    assert reasons("NO_PROXY=$OWN/x, localhost") == []
