"""Addresses among the values that nothing can be reached at, each at its line."""

from __future__ import annotations

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.findings.severity import Severity
from podrunner.formats.placed import read_values
from podrunner.helm.renderer import renderer

FORM = (
    "must begin with https:// or http://, and have neither blanks nor @, braces, $, < or >, nor what cannot be printed. "
    "Its address, without user and password, for example https://gitlab.com."
)


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(renderer("library", Chart.open()))


def said(checker: Checker, text: str) -> list[str]:
    found = checker.check(Case("a", (read_values(text, "values.yaml"),))).findings
    return [str(one) for one in found if one.severity is not Severity.NOTE]


@pytest.mark.parametrize(
    ("address", "finding"),
    [
        (
            "https://gitlab.example.com/api/v4",
            '"https://gitlab.example.com/api/v4" must be without /api/v4, which GitLab Runner adds itself. [values-value]',
        ),
        (
            "https://gitlab.example.com/api/v4/runners",
            '"https://gitlab.example.com/api/v4/runners" must be without /api/v4, which GitLab Runner adds itself. '
            "[values-value]",
        ),
        (
            "https://gitlab.example.com:99999/gitlab",
            '"https://gitlab.example.com:99999/gitlab" must have a port from 1 to 65535. [values-value]',
        ),
        (
            "https://gitlab.example.com:0",
            '"https://gitlab.example.com:0" must have a port from 1 to 65535. [values-value]',
        ),
        (r"https://gitlab.example.com/\0", rf'"https://gitlab.example.com/\u0000" {FORM} [values-value]'),
        ("https://git lab.example.com", f'"https://git lab.example.com" {FORM} [values-value]'),
        ("gitlab.example.com", f'"gitlab.example.com" {FORM} [values-value]'),
        (
            "https://gitlab.com/group/-/runners",
            'must end before the page `/-/runners`, is "https://gitlab.com/group/-/runners". '
            "(line 5 of config.toml) [config-format]",
        ),
    ],
)
def test_what_is_no_address_of_gitlab_is_refused(checker: Checker, address: str, finding: str) -> None:
    assert said(checker, f'gitlab:\n  url: "{address}"\n') == [f"values.yaml:2:3: error: gitlab.url: {finding}"]


@pytest.mark.parametrize("path", ["", "/", "/gitlab", ":65535", ":443/tools/gitlab"])
def test_a_gitlab_below_a_path_or_at_a_port_is_fine(checker: Checker, path: str) -> None:
    assert said(checker, f"gitlab:\n  url: https://gitlab.example.com{path}\n") == []


def test_the_path_of_the_old_gitlab_ci_is_left_out(checker: Checker) -> None:
    assert said(checker, "gitlab:\n  url: https://gitlab.example.com/ci\n") == [
        "values.yaml:2:3: warning: gitlab.url: GitLab Runner leaves /ci out at the end, where GitLab CI once was, and "
        "asks the address without it. Write that. (line 5 of config.toml) [config-ignored]"
    ]


def test_one_address_of_several_runners_is_one_finding(checker: Checker) -> None:
    found = said(checker, "gitlab:\n  url: https://gitlab.example.com/a.git\nrunners: {a: {}, b: {}}\n")

    assert found == [
        "values.yaml:2:3: error: gitlab.url: must be the address of GitLab, not of a repository, is "
        '"https://gitlab.example.com/a.git". (line 5 of config.toml) [config-format]'
    ]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            "proxy: {http: http://proxy.example.com:70000/}",
            'proxy.http: "http://proxy.example.com:70000/" must have a port from 1 to 65535.',
        ),
        (
            "sessionServer: {enabled: true, address: ci.example.com:99999}",
            'sessionServer.address: "ci.example.com:99999" must have a port from 1 to 65535.',
        ),
    ],
)
def test_a_port_beyond_all_ports_is_refused_elsewhere_too(checker: Checker, text: str, finding: str) -> None:
    (found,) = said(checker, f"gitlab: {{url: https://gitlab.example.com}}\n{text}\n")

    assert found.endswith(f"error: {finding} [values-value]")
