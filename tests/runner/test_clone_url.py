"""Addresses that jobs clone from, as helpers/url/gitauth.go of GitLab Runner 19.4 reads them."""

from __future__ import annotations

import pytest

from podrunner.runner.check import check_config

SCHEME = "must begin with https://, http:// or ssh://"
RUNNER = (
    'concurrent = 1\n[[runners]]\n  url = "https://gitlab.example.com"\n  token = "$T"\n  executor = "kubernetes"\n'
)
LOST = "so that jobs clone from the address that GitLab gives them, and not from this one. Write one"
TOLD = {
    "gitlab.example.com": (
        f'warning: runners[0].clone_url: "gitlab.example.com" has no scheme, {LOST}, for example '
        "https://gitlab.example.com. [config-ignored]"
    ),
    "//gitlab.example.com": (
        f'warning: runners[0].clone_url: "//gitlab.example.com" has no scheme, {LOST}, for example '
        "https://gitlab.example.com. [config-ignored]"
    ),
    "192.0.2.1:8080": (
        f'warning: runners[0].clone_url: "192.0.2.1:8080" has no scheme, {LOST}, for example https://192.0.2.1:8080. '
        "[config-ignored]"
    ),
    "git@gitlab.example.com:team": (
        f'warning: runners[0].clone_url: "git@gitlab.example.com:team" has no scheme, {LOST}. [config-ignored]'
    ),
    "$CI_SERVER_URL": f'warning: runners[0].clone_url: "$CI_SERVER_URL" has no scheme, {LOST}. [config-ignored]',
    "gitlab.example.com:8080": (
        f'error: runners[0].clone_url: {SCHEME}, is "gitlab.example.com:8080". [config-format]'
    ),
    "htps://gitlab.example.com": (
        f'error: runners[0].clone_url: {SCHEME}, is "htps://gitlab.example.com". [config-format]'
    ),
    "https://gitlab.example.com/team/project.git": (
        "error: runners[0].clone_url: must be the address of GitLab, not of a repository, is "
        '"https://gitlab.example.com/team/project.git". [config-format]'
    ),
}


def said(url: str) -> list[str]:
    found = check_config(f'{RUNNER}  clone_url = "{url}"\n')
    return [str(one).removeprefix("config.toml:6: ") for one in found if "clone_url" in one.path]


@pytest.mark.parametrize("url", TOLD)
def test_an_address_that_no_job_clones_from_is_told(url: str) -> None:
    assert said(url) == [TOLD[url]]


@pytest.mark.parametrize(
    "url",
    ["", "https://gitlab.example.com", "HTTPS://gitlab.example.com:8443/git", "ssh://gitlab.example.com", "http://ci"],
)
def test_an_address_that_jobs_clone_from_is_taken(url: str) -> None:
    assert said(url) == []
