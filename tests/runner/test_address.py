"""Addresses of GitLab: what GitLab Runner can ask, and what is none."""

from __future__ import annotations

import pytest

from podrunner.runner.address import address_reason, is_of_old_ci

HOST = "must have a host such as gitlab.example.com, 192.0.2.10 or [2001:db8::10]"
PORT = "must have a port from 1 to 65535, or none"
LOST = "must be the address of GitLab without `?` and `#`: the runner's own path would be lost behind them"
API = "must be the address of GitLab without /api/v4, which the runner adds itself"
REPOSITORY = "must be the address of GitLab, not of a repository"
GITLAB_COM = "must be https://gitlab.com, which has no path: a project or group is chosen where the runner is created"


@pytest.mark.parametrize(
    "address",
    [
        "https://gitlab.com",
        "https://gitlab.com/",
        "https://gitlab.example.com.",
        "http://gitlab",
        "https://git_lab.example.com:8443",
        "https://gitlab.example.com:080/",
        "https://gitlab.example.com:65535",
        "https://gitlab.example.com:",
        "https://192.0.2.10",
        "https://[2001:db8::10]:8443/gitlab",
        "https://[fe80::1%25eth0]",
        "https://bücher.example.com",
        "https://ci:443",
        "https://ci/gitlab",
        # GitLab can be installed below a path.
        "https://example.com/gitlab",
        "https://example.com/tools/gitlab/",
        "https://example.com/a%20b",
        "https://example.com/admin",
        "https://example.com/a-b/api",
        "$CI_SERVER_URL",
        "${CI_SERVER_URL}/ci",
    ],
)
def test_an_address_of_gitlab_is_taken(address: str) -> None:
    assert address_reason(address) == ""


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("gitlab.example.com", "must begin with https:// or http://, or be a variable such as $CI_SERVER_URL"),
        ("ftp://gitlab.example.com", "must begin with https:// or http://, or be a variable such as $CI_SERVER_URL"),
        ("https://git lab.example.com", "must have no blanks and nothing that cannot be printed"),
        ("https://gitlab.example.com/\0", "must have no blanks and nothing that cannot be printed"),
        ("https://gitlab.example.com\n", "must have no blanks and nothing that cannot be printed"),
        ("https://gitlab.example.com:99999", PORT),
        ("https://gitlab.example.com:65536/gitlab", PORT),
        ("https://gitlab.example.com:0", PORT),
        ("https://gitlab.example.com:https", PORT),
        ("https://", HOST),
        ("https:///gitlab", HOST),
        ("https://:8443", HOST),
        ("https://gitlab..example.com", HOST),
        ("https://[::1", HOST),
        ("https://[gitlab]", HOST),
        ("https://*.example.com", HOST),
        (
            "http://ci/",
            "must be http://ci:80: GitLab Runner leaves /ci out at the end, though it is the host",
        ),
        ("https://https://gitlab.example.com", "must begin with https:// once"),
        ("https://gitlab.example.com/a%zz", "must have two hexadecimal digits behind each %"),
        ("https://gitlab.example.com?private_token=a", LOST),
        ("https://gitlab.example.com/#projects", LOST),
        ("https://gitlab.example.com/api/v4", API),
        ("https://gitlab.example.com/api/v4/", API),
        ("https://example.com/gitlab/api/v4/runners", API),
        ("https://gitlab.example.com/group/project/-/runners", "must end before the page `/-/runners`"),
        ("https://gitlab.example.com/group/project/-/settings/ci_cd#js-runners-settings", LOST),
        ("https://gitlab.example.com/-", "must end before the page `/-`"),
        ("https://gitlab.example.com/users/sign_in/", "must end before the page `/users/sign_in`"),
        ("https://example.com/gitlab/admin/runners", "must end before the page `/admin/runners`"),
        ("https://gitlab.example.com/group/project.git", REPOSITORY),
        ("https://gitlab.com/group/project", GITLAB_COM),
    ],
)
def test_what_is_none_is_told_with_its_reason(address: str, reason: str) -> None:
    assert address_reason(address) == reason


@pytest.mark.parametrize(
    ("address", "is_old"),
    [
        ("https://gitlab.example.com/ci", True),
        ("https://example.com/gitlab/ci//", True),
        ("https://gitlab.com/ci", True),
        ("https://ci", False),
        ("https://ci:443", False),
        ("https://example.com/ci/gitlab", False),
        ("https://example.com/my-ci", False),
        ("https://gitlab.example.com:0/ci", False),
    ],
)
def test_the_address_of_the_old_gitlab_ci_ends_with_ci(address: str, is_old: bool) -> None:
    assert is_of_old_ci(address) is is_old
