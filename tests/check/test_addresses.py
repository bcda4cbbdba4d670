"""Addresses among the values that nothing can be reached at, each at its line."""

from __future__ import annotations

import re

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.findings.severity import Severity
from podrunner.formats.placed import read_values
from podrunner.helm.renderer import renderer

# Where the chart writes it.
LINE = re.compile(r" \(line \d+ of config.toml\)")
FORM = (
    "must begin with https:// or http://, and have neither blanks nor @, braces, $, < or >, nor what cannot be printed. "
    "Its address, without user and password, for example https://gitlab.com."
)


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(renderer("library", Chart.open()))


def said(checker: Checker, text: str) -> list[str]:
    found = checker.check(Case("a", (read_values(text, "values.yaml"),))).findings
    return [LINE.sub("", str(one)) for one in found if one.severity is not Severity.NOTE]


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
            'must end before the page `/-/runners`, is "https://gitlab.com/group/-/runners". [config-format]',
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
        "asks the address without it. Write that. [config-ignored]"
    ]


def test_one_address_of_several_runners_is_one_finding(checker: Checker) -> None:
    found = said(checker, "gitlab:\n  url: https://gitlab.example.com/a.git\nrunners: {a: {}, b: {}}\n")

    assert found == [
        "values.yaml:2:3: error: gitlab.url: must be the address of GitLab, not of a repository, is "
        '"https://gitlab.example.com/a.git". [config-format]'
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


REGISTRY = (
    "a registry is host[:port][/path], or *.example.com for all hosts of a domain, then without port and path; podman "
    "names no image by an IPv6 address"
)
LOCATION = (
    "is nothing that the name of an image can begin with, so podman would pull nothing of this registry. host[:port]"
    "[/path] of the mirror, without http(s)://, in lower case behind the host, which has a dot or a port."
)


def of_registries(checker: Checker, registries: str) -> list[str]:
    text = f"gitlab: {{url: https://gitlab.example.com}}\npodman: {{registries: {{{registries}}}}}\n"
    return [one.partition("error: podman.registries.")[2] for one in said(checker, text)]


@pytest.mark.parametrize(
    "registry",
    [
        "r",
        "r.example.com",
        "r.example.com:5000/Team",
        "r_1:5000",
        "*.example.com",
        "r.example.com/a/b:1.0",
        f"r.example.com/a@sha256:{'0' * 64}",
    ],
)
def test_what_podman_takes_for_a_registry_may_be_insecure(checker: Checker, registry: str) -> None:
    assert of_registries(checker, f'insecure: ["{registry}"]') == []


@pytest.mark.parametrize("registry", ["*.example.com:5000", "*.example.com/team", "r.*.com", "[::1]:5000", "https://r"])
def test_what_it_does_not_take_may_not(checker: Checker, registry: str) -> None:
    assert of_registries(checker, f'insecure: ["{registry}"]') == [
        f'insecure[0]: "{registry}" is not a registry. A registry or a part of it, host[:port][/path], a single image '
        "of it, or *.example.com for all hosts of a domain, then without port and path. [values-value]"
    ]


@pytest.mark.parametrize("registry", ["[::1]:5000", "*.example.com:5000", "https://r.example.com"])
def test_mirrors_are_of_what_podman_takes_for_a_registry(checker: Checker, registry: str) -> None:
    assert of_registries(checker, f'mirrors: {{"{registry}": [{{location: m.example.com}}]}}') == [
        f'mirrors: a key does not fit: "{registry}": {REGISTRY}. [values-key]'
    ]


@pytest.mark.parametrize(
    "location",
    ["m.example.com", "m.example.com/", "m:5000", "localhost", "localhost/a", "M.example.com:443/a_b/c__d/e--f.g"],
)
def test_a_mirror_is_what_an_image_can_begin_with(checker: Checker, location: str) -> None:
    assert of_registries(checker, f'mirrors: {{docker.io: [{{location: "{location}"}}]}}') == []


@pytest.mark.parametrize(
    "location",
    [
        "m",
        "m/a",
        "m_x:5000",
        "m..example.com",
        "m.example.com.",
        "-m.example.com",
        "m.example.com/Team",
        "m.example.com/a//b",
        "m.example.com/a-",
        "m.example.com/a:1",
        "[::1]:5000",
        "https://m.example.com",
    ],
)
def test_another_mirror_would_end_every_pull(checker: Checker, location: str) -> None:
    assert of_registries(checker, f'mirrors: {{docker.io: [{{location: "{location}"}}]}}') == [
        f'mirrors.docker\\.io[0].location: "{location}" {LOCATION} [values-value]'
    ]


def test_the_port_of_a_mirror_is_one(checker: Checker) -> None:
    assert of_registries(checker, 'mirrors: {docker.io: [{location: "m.example.com:70000/a"}]}') == [
        'mirrors.docker\\.io[0].location: "m.example.com:70000/a" must have a port from 1 to 65535. [values-value]'
    ]


def test_what_is_reached_without_the_proxy_is_told_at_its_item(checker: Checker) -> None:
    text = 'gitlab: {url: https://gitlab.example.com}\nproxy: {http: "http://p:1", noProxy: [a.example.com, "https://git.example.com"]}\n'

    assert said(checker, text) == [
        "values.yaml:2:54: error: proxy.noProxy[1]: must have no scheme in what is reached without the proxy: write "
        'git.example.com, is "https://git.example.com": it matches no host. [config-format]'
    ]
