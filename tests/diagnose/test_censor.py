from __future__ import annotations

import pytest

from podrunner.diagnose import explain
from podrunner.diagnose.censor import censor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("token glrt-abcdefghij0123456789", "token [censored]"),
        ("https://ci:hunter22@gitlab.example.com/a.git", "https://ci:[censored]@gitlab.example.com/a.git"),
        ("$ podman login -u ci -p hunter22 registry", "$ podman login -u ci -p [censored] registry"),
        ('$ podman login -u ci -p "$CI_JOB_TOKEN" registry', '$ podman login -u ci -p "$CI_JOB_TOKEN" registry'),
        ("curl -H 'Authorization: Bearer abcdef0123'", "curl -H 'Authorization: Bearer [censored]"),
        ("export DB_PASSWORD=hunter22", "export DB_PASSWORD=[censored]"),
        ('{"password": "hunter22"}', '{"password": "[censored]"}'),
        ("AKIAIOSFODNN7EXAMPLE", "[censored]"),
        ("Requesting bearer token: invalid status code", "Requesting bearer token: invalid status code"),
        ("unauthorized: authentication required", "unauthorized: authentication required"),
    ],
)
def test_secrets_are_censored_and_messages_are_not(text: str, expected: str) -> None:
    assert censor(text) == expected


def test_a_quoted_line_and_a_title_hold_no_secret() -> None:
    log = [
        "$ podman login -u ci -p hunter22 registry.example.com",
        'Error: authenticating creds for "registry.example.com" with password=hunter22: denied: access forbidden',
        "ERROR: Job failed: command terminated with exit code 125",
    ]

    found = explain(log)

    assert [one.id for one in found] == ["registry-login"]
    assert "hunter22" not in repr(found)
