"""What looks like a secret, and what only sounds like one."""

from __future__ import annotations

import pytest

from podrunner.formats.patch import patch_at
from podrunner.secrets.find import find_secrets, holds_secret
from podrunner.secrets.redact import redact, redact_data
from podrunner.secrets.value import is_secret

NAMES = [
    *("DB_PASS", "SONAR_PW", "MY_PASSPHRASE", "GITHUB_PAT", "SSH_KEY", "SSH_PRIVATE_KEY", "PASSWORD", "API_TOKEN_2"),
    *("password", "vault.hashicorp.com/token", "AWS_SECRET_ACCESS_KEY", "CLIENT_SECRET", "x-api-key"),
]
OTHERS = [
    *("PATH", "BYPASS", "COMPASS", "TOKEN_FILE", "PASSWORD_FILE", "SSH_PUBLIC_KEY", "FF_MASK_ALL_DEFAULT_TOKENS"),
    *("checksum/secret", "nginx.ingress.kubernetes.io/auth-secret", "secretName"),
]
HARMLESS = ["$CI_JOB_TOKEN", "${TOKEN}", "/run/secrets/db", "./token", "true", "3600", "vault:secret/db#password", ""]
# What scripts look for.
PATTERNS = [
    *("*", r"\(.*\)", '[^"]*', "(.+)", r"\([^ ]*\)$", "[A-Za-z0-9_-]+", "[[:alnum:]]+", r"(\w+)", r"\w\+", r"\d+"),
    *("^[a-z]+$", r"(?P<pw>\S+)", r"\K[^", "%s", "%v", "{token}", "${TOKEN:?must"),
]
LOGINS = [
    *("podman login -u bob -p {}", "podman login -p={}", "podman login -u bob -p\t{}", "docker-login -u bob -p  {}"),
    *('podman "login" -u bob -p {}', "/opt/bin/login -u bob -p {}", '["podman","login","-u","bob","-p","{}"]'),
    *(
        "[podman, login, -u, bob, -p, {}]",
        "podman login \\\n  -u bob \\\n  -p {} \\\n  example.com",
        "podman login -p{}",
    ),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_ends_like_a_secrets_is_one(name: str) -> None:
    assert is_secret(name, "hunter2hunter2")


@pytest.mark.parametrize("name", OTHERS)
def test_a_name_that_only_sounds_like_a_secrets_is_none(name: str) -> None:
    assert not is_secret(name, "hunter2hunter2")


@pytest.mark.parametrize("value", [*HARMLESS, *PATTERNS])
def test_a_reference_a_path_a_pattern_and_a_switch_are_no_secrets(value: str) -> None:
    assert not is_secret("DB_PASSWORD", value)


@pytest.mark.parametrize(
    "value", ["!@#$%^&*()", "$$$%%%&&&", "a*", "(.+)x9", "****!?", "!!.*!!", ".*@#$%!", "[Secret!]x1"]
)
def test_signs_alone_may_be_a_secret(value: str) -> None:
    assert is_secret("DB_PASSWORD", value)


@pytest.mark.parametrize("command", LOGINS)
def test_the_password_of_a_login_is_redacted_however_it_is_written(command: str) -> None:
    assert "S3cretPw9" not in redact(command.format("S3cretPw9"))


@pytest.mark.parametrize("text", ["cp -p /podrunner-login/auth.json x && mkdir -p /run/x", "a login \\\n\nls -p 80"])
def test_a_folder_that_is_called_login_has_no_password(text: str) -> None:
    assert redact(text) == text


def test_the_mark_of_a_file_that_is_put_in_later_is_no_secret() -> None:
    assert not holds_secret('AccessKey = "@podrunner-secret:team-a.cache.s3.AccessKey@"')
    assert holds_secret('AccessKey = "@podrunner-secret" token="hunter2hunter2"')


def test_the_file_of_a_key_of_a_mounted_secret_is_no_secret() -> None:
    items = {"volumes": {"secret": [{"name": "login", "items": {".dockerconfigjson": "auth.json"}}]}}

    assert list(find_secrets(items)) == []
    assert [one.path for one in find_secrets({"items": {"password": "hunter2"}})] == [("items", "password")]


def test_secrets_are_found_by_key_by_name_in_lists_and_in_patches() -> None:
    data = {
        "environment": ["A=b", "DB_PASS=hunter2"],
        "volumes": [{"volume_attributes": {"password": "hunter3"}}],
        "script": "curl -H 'PRIVATE-TOKEN: abcdef0123456789abcd' https://gitlab.example.com",
        "pod_spec": [{"patch": "containers:\n- name: build\n  env:\n  - name: API_TOKEN\n    value: hunter4\n"}],
    }

    assert [(one.path, one.name, one.text) for one in find_secrets(data, read=patch_at)] == [
        (("environment", 1), "DB_PASS", "hunter2"),
        (("volumes", 0, "volume_attributes", "password"), "password", "hunter3"),
        (("script",), "script", ""),
        (("pod_spec", 0, "patch"), "API_TOKEN", "hunter4"),
    ]


def test_references_to_secrets_are_none() -> None:
    data = {
        "env": [{"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "ci", "key": "password"}}}],
        "volumes": [{"name": "v", "secret": {"secretName": "tokens"}}],
        "secret": "ci-runner",
        "proxy": "http://$(PROXY_USER):$(PROXY_PASSWORD)@proxy.example.com",
        "data": [{"secretKey": "password", "remoteRef": {"key": "ci"}}],
    }

    assert list(find_secrets(data)) == []


def test_the_secret_itself_is_never_taken_for_a_name() -> None:
    assert [
        one.name for one in find_secrets(["https://me:hunter2@example.com/?a=b", "glpat-0123456789abcdefghij"])
    ] == [
        "",
        "",
    ]


def test_a_text_loses_the_secrets_that_were_found_and_those_of_a_known_form() -> None:
    data = {"environment": ["DB_PASS=hunter2"], "note": "key glpat-0123456789abcdefghij"}

    assert redact_data(data) == {
        "environment": ["DB_PASS=[redacted]"],
        "note": "key [redacted]",
    }
