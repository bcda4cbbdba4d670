"""Caches and other secret keys of config.toml: they come from Secrets, and stand in no ConfigMap."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from podrunner.findings.errors import ValuesError

CHART = Path(__file__).parents[2] / "chart"
SECRET = {"existingSecret": {"name": "ci-cache"}}
AZURE = {"type": "azure", "azure": {"AccountName": "cicache", "ContainerName": "cache"}, **SECRET}


def pod_of(rendering: Any) -> dict[str, Any]:
    """The manager's pod."""
    return dict(rendering.object("Deployment")["spec"]["template"]["spec"])


def volume_of(pod: dict[str, Any], name: str) -> dict[str, Any]:
    """One volume of a pod."""
    return next(volume for volume in pod["volumes"] if volume["name"] == name)


def cache_of(rendering: Any, index: int = 0) -> dict[str, Any]:
    """[runners.cache] of a runner."""
    return dict(rendering.config_toml["runners"][index]["cache"])


def test_s3_keys_are_the_managers_environment(render: Any) -> None:
    rendering = render({"cache": {"type": "s3", "shared": True, "s3": {"BucketName": "ci-cache"}, **SECRET}})
    (container,) = pod_of(rendering)["containers"]
    found = {one["name"]: one["valueFrom"]["secretKeyRef"] for one in container["env"] if "AWS" in one["name"]}

    assert cache_of(rendering) == {
        "Type": "s3",
        "Shared": True,
        "s3": {"BucketName": "ci-cache", "AuthenticationType": "iam"},
    }
    assert found == {
        "AWS_ACCESS_KEY_ID": {"name": "ci-cache", "key": "accesskey"},
        "AWS_SECRET_ACCESS_KEY": {"name": "ci-cache", "key": "secretkey"},
        "AWS_SESSION_TOKEN": {"name": "ci-cache", "key": "sessiontoken", "optional": True},
    }


def test_without_a_secret_s3_takes_the_identity_of_the_service_account(render: Any) -> None:
    rendering = render({"cache": {"type": "s3", "s3": {"BucketName": "ci-cache"}}})

    assert cache_of(rendering)["s3"]["AuthenticationType"] == "iam"
    assert "AWS_" not in rendering.text


def test_gcs_reads_a_file_that_is_mounted_from_the_secret(render: Any) -> None:
    rendering = render({"cache": {"type": "gcs", "path": "ci", "gcs": {"BucketName": "ci-cache"}, **SECRET}})
    pod = pod_of(rendering)

    assert cache_of(rendering) == {
        "Type": "gcs",
        "Path": "ci",
        "gcs": {"BucketName": "ci-cache", "CredentialsFile": "/etc/podrunner/cache/credentials.json"},
    }
    assert volume_of(pod, "cache")["secret"] == {
        "secretName": "ci-cache",
        "items": [{"key": "gcs-application-credentials-file", "path": "credentials.json"}],
    }
    assert pod["containers"][0]["volumeMounts"][-1] == {
        "name": "cache",
        "mountPath": "/etc/podrunner/cache",
        "readOnly": True,
    }


def test_an_azure_account_key_is_put_in_beside_the_manager(render: Any) -> None:
    rendering = render({"cache": AZURE})
    pod = pod_of(rendering)

    assert cache_of(rendering)["azure"]["AccountKey"] == "@podrunner-secret:default.cache.azure.AccountKey@"
    assert volume_of(pod, "credentials")["projected"]["sources"] == [
        {
            "secret": {
                "name": "ci-cache",
                "items": [{"key": "azure-account-key", "path": "default.cache.azure.AccountKey"}],
            }
        }
    ]
    assert volume_of(pod, "config")["emptyDir"] == {"medium": "Memory", "sizeLimit": "16Mi"}
    assert [one["name"] for one in pod["initContainers"] + pod["containers"]] == ["assemble", "manager", "credentials"]
    # The manager itself sees neither the Secret nor the marks.
    assert {"template", "credentials"} & {mount["name"] for mount in pod["containers"][0]["volumeMounts"]} == set()


def test_nothing_stands_beside_the_manager_unless_a_key_needs_it(render: Any) -> None:
    pod = pod_of(render({"cache": {"type": "s3", "s3": {"BucketName": "ci-cache"}, **SECRET}}))

    assert "initContainers" not in pod
    assert [container["name"] for container in pod["containers"]] == ["manager"]


def test_a_runner_may_have_credentials_of_its_own(render: Any) -> None:
    credentials = {f"cache.s3.{key}": {"name": "team-a", "key": key} for key in ("AccessKey", "SecretKey")}
    rendering = render(
        {
            "cache": {"type": "s3", "s3": {"BucketName": "ci-cache"}},
            "runners": {"team-a": {"credentials": credentials}, "team-b": None},
        }
    )

    assert cache_of(rendering)["s3"] == {
        "BucketName": "ci-cache",
        "AuthenticationType": "access-key",
        "AccessKey": "@podrunner-secret:team-a.cache.s3.AccessKey@",
        "SecretKey": "@podrunner-secret:team-a.cache.s3.SecretKey@",
    }
    assert cache_of(rendering, 1)["s3"] == {"BucketName": "ci-cache", "AuthenticationType": "iam"}


def test_a_runners_own_cache_wins_key_by_key(render: Any) -> None:
    rendering = render(
        {
            "cache": {"type": "s3", "s3": {"BucketName": "ci-cache", "BucketLocation": "eu"}},
            "runners": {"a": {"config": {"cache": {"s3": {"BucketName": "own"}}}}},
        }
    )

    assert cache_of(rendering)["s3"] == {"BucketName": "own", "BucketLocation": "eu", "AuthenticationType": "iam"}


@pytest.mark.parametrize(
    "values",
    [
        {"cache": {"s3": {"SecretKey": "do-not-tell"}}},
        {"runners": {"a": {"config": {"cache": {"azure": {"AccountKey": "do-not-tell"}}}}}},
        {"runners": {"a": {"config": {"kubernetes": {"bearer_token": "do-not-tell"}}}}},
    ],
    ids=["cache.s3.SecretKey", "cache.azure.AccountKey", "kubernetes.bearer_token"],
)
def test_a_key_in_the_values_is_refused_with_the_other_way(render: Any, values: dict[str, Any]) -> None:
    with pytest.raises(ValuesError, match=r"runners.<name>.credentials"):
        render(values)


def place(folder: Path, template: str, secrets: dict[str, bytes]) -> Path:
    """The script, with its folders below `folder`, and what it reads."""
    for name in ("config", "credentials", "into"):
        (folder / name).mkdir()
    (folder / "config/config.toml").write_text(template)
    for name, secret in secrets.items():
        (folder / "credentials" / name).write_bytes(secret)
    text = (CHART / "files/assemble.sh").read_text()
    text = text.replace("/etc/podrunner/", f"{folder}/").replace("/etc/gitlab-runner", f"{folder}/into")
    (folder / "assemble.sh").write_text(text)
    return folder / "assemble.sh"


@pytest.mark.process
@pytest.mark.parametrize(
    ("secret", "value"),
    [
        (b"plain", "plain"),
        (b"with a line end\n", "with a line end"),
        (b"with several\r\n\n\n", "with several"),
        (b"one\n\nthree\n", "one\n\nthree"),
        (b'quote " backslash \\ dollar $HOME `id` %s', 'quote " backslash \\ dollar $HOME `id` %s'),
        (b"-----BEGIN KEY-----\r\nabc\r\n-----END KEY-----\r\n", "-----BEGIN KEY-----\nabc\n-----END KEY-----"),
        (b"", ""),
    ],
    ids=["plain", "line-end", "line-ends", "line-between", "special", "several-lines", "empty"],
)
def test_the_assembled_file_has_the_secret_as_it_is(tmp_path: Path, secret: bytes, value: str) -> None:
    template = "pre_build_script = '''\necho '  \\n' @podrunner-secret:x@\n'''\n[a]\n  k = \"@podrunner-secret:x@\"\n"
    script = place(tmp_path, template, {"x": secret})

    subprocess.run(["sh", script, "once"], check=True)

    assembled = (tmp_path / "into/config.toml").read_text()
    assert tomllib.loads(assembled) == {
        "pre_build_script": "echo '  \\n' @podrunner-secret:x@\n",
        "a": {"k": value},
    }
    assert (tmp_path / "into/config.toml").stat().st_mode & 0o777 == 0o600


RUNNERS = 'concurrent = 2\n\n[[runners]]\n  name = "a"\n  token = "@podrunner-secret:a.token@"\n\n[[runners]]\n  name = "b"\n  token = "@podrunner-secret:b.token@"\n  [runners.kubernetes]\n    namespace = "ci"\n'


@pytest.mark.process
@pytest.mark.parametrize(("there", "left"), [("ab", "ab"), ("a", "a"), ("b", "b"), ("", "")], ids=str)
def test_a_runner_without_its_secret_is_left_out_with_a_word_and_the_others_go_on(
    tmp_path: Path, there: str, left: str
) -> None:
    script = place(tmp_path, RUNNERS, {f"{name}.token": name.encode() for name in there})

    done = subprocess.run(["sh", script, "once"], check=True, capture_output=True, text=True)

    assembled = tomllib.loads((tmp_path / "into/config.toml").read_text())
    assert [(one["name"], one["token"]) for one in assembled.get("runners", [])] == [(name, name) for name in left]
    assert assembled["concurrent"] == 2
    assert done.stderr.splitlines() == [
        f"Runner {name} is left out of config.toml: there is no Secret, or no such key in it, for its token. "
        "Create it, and the runner takes jobs a minute or two later."
        for name in "ab"
        if name not in there
    ]


@pytest.mark.process
def test_a_runner_takes_jobs_when_its_secret_comes(tmp_path: Path) -> None:
    script = place(tmp_path, RUNNERS, {"a.token": b"a"})
    script.write_text(script.read_text().replace("sleep 3", "sleep 0.1"))
    into, whole = tmp_path / "into/config.toml", re.sub("@podrunner-secret:(.).token@", r"\1", RUNNERS)
    # Not the group of the tests: a terminal's Ctrl-C is theirs.
    with subprocess.Popen(["sh", script], start_new_session=True, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(into, whole.partition('[[runners]]\n  name = "b"')[0])
            (tmp_path / "credentials/b.token").write_bytes(b"b")
            wait_for(into, whole)
        finally:
            process.terminate()


@pytest.mark.parametrize(("runners", "optional"), [({"a": None}, [None]), ({"a": None, "b": None}, [True, True])])
def test_no_runner_of_several_has_to_have_its_secret(
    render: Any, runners: dict[str, Any], optional: list[bool | None]
) -> None:
    pod = pod_of(render({"runners": runners, "manager": {"reloadTokens": True}}))

    (volume,) = [one["projected"] for one in pod["volumes"] if one["name"] == "credentials"]
    assert [one["secret"].get("optional") for one in volume["sources"]] == optional


@pytest.mark.process
def test_a_change_is_assembled_again_and_the_container_ends_when_told(tmp_path: Path) -> None:
    script = place(tmp_path, 'k = "@podrunner-secret:x@"\n', {"x": b"old"})
    script.write_text(script.read_text().replace("sleep 3", "sleep 0.1"))
    # Not the group of the tests: a terminal's Ctrl-C is theirs.
    with subprocess.Popen(["sh", script], start_new_session=True, env=os.environ) as process:
        wait_for(tmp_path / "into/config.toml", 'k = "old"\n')
        (tmp_path / "credentials/x").write_bytes(b"new")
        wait_for(tmp_path / "into/config.toml", 'k = "new"\n')
        process.send_signal(signal.SIGTERM)
        code = process.wait(10)

    assert code == 0


def wait_for(path: Path, text: str) -> None:
    """Wait until a file has a text."""
    for _ in range(300):
        if path.exists() and path.read_text() == text:
            return
        time.sleep(0.1)
    raise AssertionError(f"{path} is {path.read_text() if path.exists() else 'not there'}")
