from __future__ import annotations

import pytest

from podrunner.diagnose import explain
from podrunner.diagnose.censor import Censor, censor


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
        ("password: hunter22", "password: [censored]"),
        ('token = "abc"', 'token = "[censored]"'),
        ("automountServiceAccountToken: false", "automountServiceAccountToken: false"),
        ("secret:\n  secretName: podrunner-default", "secret:\n  secretName: podrunner-default"),
        ("a: 1\npassword: hunter22\nb: 2", "a: 1\npassword: [censored]\nb: 2"),
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


def test_known_secrets_are_censored_beside_what_looks_like_one() -> None:
    known = Censor()
    known.add("otter", "")

    text = known.clean("otter, b3R0ZXI=, password=hunter22, others")

    assert text == "[censored], [censored], password=[censored], others"
