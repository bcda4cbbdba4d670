"""What is secret comes neither into the values nor onto the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.chart.chart import Chart
from podrunner.cli.main import main
from podrunner.importing.secrets import CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).parents[1] / "fixtures" / "import"


@pytest.mark.broad
@pytest.mark.parametrize("options", [[], ["--format", "json"]], ids=["text", "json"])
@pytest.mark.parametrize("file", sorted(FIXTURES.iterdir()), ids=lambda file: file.name)
def test_no_made_up_secret_of_a_fixture_is_printed(
    file: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", str(file), *options])

    out, err = capsys.readouterr()
    assert "made-up" not in out + err
    assert "madeup" not in out + err
    assert "bWFkZTp1cA" not in out + err
    assert "0a1b2c3d4e5f" not in out + err


def test_each_secret_is_named_with_its_place_and_what_to_do(imports: Callable[..., Any]) -> None:
    run = imports(FIXTURES / "secrets.toml")

    assert {change["path"]: change["line"] for change in run.report["changes"] if change["kind"] == "secret"} == {
        "sentry_dsn": 2,
        "runners[0].environment[0]": 10,
        "runners[0].environment[1]": 10,
        "runners[0].pre_get_sources_script": 16,
        "runners[0].cache.s3.AccessKey": 23,
        "runners[0].cache.s3.SecretKey": 24,
        "runners[0].kubernetes.bearer_token": 31,
    }
    assert run.messages("secret")["runners[0].environment[1]"] == (
        "NPM_TOKEN is a secret and left out: set it in GitLab, as a masked CI/CD variable of the group or project."
    )
    assert run.values["runners"]["cached"]["config"]["environment"] == [
        "SECRET_DETECTION_EXCLUDED_PATHS=$EXCLUDED",
        "GRADLE_OPTS=-Xmx2g",
    ]


def test_the_command_for_the_token_reads_it_from_the_terminal(imports: Callable[..., Any]) -> None:
    run = imports(FIXTURES / "unprivileged.toml", "--namespace", "team")

    assert run.report["commands"] == [
        "kubectl create secret generic gitlab-runner-rootless --namespace team --from-file=token=/dev/stdin"
    ]
    assert run.values["runners"]["rootless"]["token"] == {"existingSecret": {"name": "gitlab-runner-rootless"}}


def test_secret_keys_come_from_secrets_that_commands_make(imports: Callable[..., Any]) -> None:
    run = imports(FIXTURES / "secrets.toml")

    assert run.values["runners"]["cached"]["credentials"] == {
        "cache.s3.AccessKey": {"name": "gitlab-runner-cached-cache", "key": "accesskey"},
        "cache.s3.SecretKey": {"name": "gitlab-runner-cached-cache", "key": "secretkey"},
        "kubernetes.bearer_token": {"name": "gitlab-runner-cached-cluster", "key": "bearer-token"},
    }
    assert run.report["commands"] == [
        "kubectl create secret generic gitlab-runner-cached --namespace ci --from-file=token=/dev/stdin",
        "kubectl create secret generic gitlab-runner-cached-cache --namespace ci --from-env-file=/dev/stdin",
        "kubectl create secret generic gitlab-runner-cached-cluster --namespace ci --from-file=bearer-token=/dev/stdin",
    ]


def test_every_secret_key_that_the_chart_takes_has_a_secret() -> None:
    schema = json.loads((Chart.open().path / "values.schema.json").read_text())

    assert sorted(CREDENTIALS) == list(schema["$defs"]["runner"]["properties"]["credentials"]["properties"])


def test_a_token_for_another_cluster_stays_there(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    text = """\
[[runners]]
name = "a"
url = "https://gitlab.example.com"
executor = "kubernetes"
[runners.kubernetes]
namespace = "a"
host = "https://kubernetes.example.com"
bearer_token = "made-up"
"""

    run = imports(written(text))

    assert "credentials" not in run.values["runners"]["a"]
    assert run.paths("no equivalent") == ["runners[0].kubernetes.host", "runners[0].kubernetes.bearer_token"]


def test_a_secret_of_gitlabs_chart_is_used_as_it_is(imports: Callable[..., Any]) -> None:
    run = imports(FIXTURES / "official-secret.yaml")

    assert run.report["commands"] == []
    assert run.values["runners"]["default"]["token"] == {
        "existingSecret": {"name": "ci-runner-token", "key": "runner-token"}
    }


def test_an_address_with_a_password_is_left_out(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    text = '[[runners]]\nname = "a"\nurl = "https://me:hunter2@gitlab.example.com"\nexecutor = "kubernetes"\n'

    run = imports(written(text), "--url", "https://gitlab.example.com")

    assert "hunter2" not in run.text + str(run.report)
    assert run.values["gitlab"]["url"] == "https://gitlab.example.com"
    assert "runners[0].url" in run.paths("secret")


def runner(lines: str) -> str:
    head = '[[runners]]\nname = "a"\nurl = "https://gitlab.example.com"\nexecutor = "kubernetes"\n'
    return head + lines


SPOTS = {
    "environment": ('environment = ["A=b", "DB_PASS=hunter2hunter2", "PATH=/bin"]', "runners[0].environment[1]"),
    "a service's environment": (
        '[[runners.kubernetes.services]]\nname = "postgres"\nenvironment = ["DB_PW=hunter2hunter2"]',
        "runners[0].kubernetes.services[0].environment[0]",
    ),
    "a header in a script": (
        "pre_build_script = \"curl -H 'PRIVATE-TOKEN: hunter2hunter2' https://gitlab.example.com\"",
        "runners[0].pre_build_script",
    ),
    "an annotation": (
        '[runners.kubernetes.pod_annotations]\n"vault.hashicorp.com/token" = "hunter2hunter2"',
        "runners[0].kubernetes.pod_annotations.vault\\.hashicorp\\.com/token",
    ),
    "a volume's attribute": (
        '[[runners.kubernetes.volumes.csi]]\nname = "x"\nmount_path = "/x"\ndriver = "d"\n'
        '[runners.kubernetes.volumes.csi.volume_attributes]\npassword = "hunter2hunter2"',
        "runners[0].kubernetes.volumes.csi[0].volume_attributes.password",
    ),
    "a patch in YAML": (
        "[[runners.kubernetes.pod_spec]]\npatch = '''\ncontainers:\n- name: build\n  env:\n"
        "  - name: REGISTRY_PASSWORD\n    value: hunter2hunter2\n'''",
        "runners[0].kubernetes.pod_spec[0].patch",
    ),
    "a patch in JSON": (
        "[[runners.kubernetes.pod_spec]]\n"
        """patch = '{"containers":[{"name":"build","env":[{"name":"API_TOKEN","value":"hunter2hunter2"}]}]}'""",
        "runners[0].kubernetes.pod_spec[0].patch",
    ),
}


@pytest.mark.parametrize(("lines", "path"), SPOTS.values(), ids=SPOTS)
def test_a_secret_is_left_out_and_named_wherever_it_stands(
    lines: str, path: str, imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    run = imports(written(runner(lines)))

    assert "hunter2" not in run.text + str(run.report)
    assert run.paths("secret") == [path]
    assert run.exit_code == 0


@pytest.mark.parametrize("comment", ["admin password: hunter2hunter2", "the proxy password is hunter2hunter2"])
def test_a_comment_loses_the_secret_that_it_tells(
    comment: str, imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    run = imports(written(runner(f"# {comment}\nlimit = 3\n")))

    assert f"# {comment.replace('hunter2hunter2', '[redacted]')}" in run.text


OFFICIAL_SPOTS = {
    "a variable": ("extraEnv: {DB_PASS: hunter2hunter2}", "extraEnv.DB_PASS"),
    "an annotation": ("podAnnotations: {vault.hashicorp.com/token: hunter2hunter2}", "podAnnotations"),
    "a ConfigMap": (
        "extraObjects: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {password: hunter2hunter2}}]",
        "extraObjects[0]",
    ),
}


@pytest.mark.parametrize(("line", "path"), OFFICIAL_SPOTS.values(), ids=OFFICIAL_SPOTS)
def test_a_secret_in_values_of_gitlabs_chart_is_left_out_and_named(
    line: str, path: str, imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = f"gitlabUrl: https://gitlab.example.com\nrunners: {{secret: ci-runner}}\n{line}\n"

    run = imports(written(text, "official.yaml"))

    assert "hunter2" not in run.text + str(run.report)
    assert run.paths("secret") == [path]
