"""Values of GitLab's own chart: every key is somewhere, or in the list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podrunner.cli.main import main
from podrunner.findings.path import dotted
from podrunner.importing.configuration import leaves
from podrunner.importing.official.values import table
from podrunner.runner.keys import load_keys

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parents[1]
FIXTURES = HERE / "fixtures" / "import"
SCHEMA = json.loads((HERE.parent / "chart" / "values.schema.json").read_text())


def in_schema(path: str) -> bool:
    part: dict[str, Any] = SCHEMA
    for name in path.split("."):
        while "$ref" in part and name not in part.get("properties", {}):
            part = SCHEMA["$defs"][part["$ref"].rpartition("/")[2]]
        if name not in part.get("properties", {}):
            return False
        part = part["properties"][name]
    return True


@pytest.mark.parametrize("path", [entry["to"] for entry in table().values() if "to" in entry])
def test_keys_go_only_where_this_chart_has_a_value(path: str) -> None:
    assert in_schema(path)


def test_keys_that_go_nowhere_say_why() -> None:
    silent = [dotted(path) for path, entry in table().items() if not {"to", "as", "why", "was"} & set(entry)]

    assert silent == []


@pytest.mark.parametrize("was", [entry["was"] for entry in table().values() if "was" in entry])
def test_keys_that_only_old_charts_read_name_a_key_of_the_runner(was: str) -> None:
    key = load_keys().root.children["runners"]
    for name in was.split("."):
        key = key.children[name]


def test_without_a_namespace_jobs_run_where_the_release_is(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = """\
gitlabUrl: https://gitlab.example.com
runners:
  config: |
    [[runners]]
      [runners.kubernetes]
        image = "debian:13"
"""

    run = imports(written(text, "v.yaml"), "--namespace", "here")

    assert run.values["runners"]["default"]["config"]["kubernetes"] == {"image": "debian:13", "namespace": "here"}
    assert run.messages("changed")["runners[0].kubernetes.namespace"] == (
        "runners.config names none: GitLab's chart uses that of the release, here here."
    )


def test_the_secret_of_the_cache_is_used_as_it_is(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    text = """\
gitlabUrl: https://gitlab.example.com
runners:
  cache: {secretName: s3access}
  config: |
    [[runners]]
      [runners.kubernetes]
        namespace = "jobs"
      [runners.cache]
        Type = "s3"
        Shared = true
        MaxUploadedArchiveSize = 100
        [runners.cache.s3]
          BucketName = "ci-cache"
          AuthenticationType = "access-key"
"""

    run = imports(written(text, "v.yaml"))

    assert (run.exit_code, run.report["findings"]) == (0, [])
    assert run.values["cache"] == {
        "type": "s3",
        "shared": True,
        "s3": {"BucketName": "ci-cache"},
        "existingSecret": {"name": "s3access"},
    }
    assert run.values["runners"]["default"]["config"]["cache"] == {"MaxUploadedArchiveSize": 100}
    assert "runners.cache.secretName" in run.messages("changed")


def test_the_name_of_a_storage_account_is_asked_for(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    text = """\
gitlabUrl: https://gitlab.example.com
runners:
  cache: {secretName: azureaccess}
  config: |
    [[runners]]
      [runners.kubernetes]
        namespace = "jobs"
      [runners.cache]
        Type = "azure"
        [runners.cache.azure]
          ContainerName = "ci-cache"
"""

    run = imports(written(text, "v.yaml"))

    assert run.exit_code == 1
    assert run.messages("changed")["runners.cache.secretName"] == (
        "write its azure-account-name into cache.azure.AccountName: that is not a secret."
    )


def test_a_secret_of_no_cache_is_named(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    text = "gitlabUrl: https://gitlab.example.com\nrunners: {cache: {secretName: s3access}}\n"

    assert imports(written(text, "v.yaml")).messages("no equivalent") == {
        "runners.cache.secretName": (
            "nothing says what it opens: there is no [runners.cache] with a Type and a table of that name."
        )
    }


def test_annotations_that_yaml_reads_as_something_else_become_texts(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = "gitlabUrl: https://gitlab.example.com\npodAnnotations: {karpenter.sh/do-not-disrupt: true, wave: 10}\n"

    run = imports(written(text, "v.yaml"))

    assert run.exit_code == 0
    assert run.values["manager"]["podAnnotations"] == {"karpenter.sh/do-not-disrupt": "true", "wave": "10"}


def test_an_authority_is_named_since_jobs_trust_it_now(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    run = imports(written("gitlabUrl: https://gitlab.example.com\ncertsSecretName: our-ca\n", "v.yaml"))

    assert run.values["trust"]["caBundle"] == {
        "kind": "Secret",
        "name": "our-ca",
        "key": "gitlab.example.com.crt",
    }
    assert run.messages("changed")["certsSecretName"] == (
        "is trust.caBundle, with the key gitlab.example.com.crt of the Secret: "
        "jobs, their helper and podman trust it, too."
    )


def accounted(run: Any, path: str) -> bool:
    paths = [change["path"] for change in run.report["changes"]]
    return any(
        path == one or path.startswith((f"{one}.", f"{one}[")) or one.startswith((f"{path}.", f"{path}["))
        for one in paths
    )


@pytest.mark.parametrize("file", sorted(FIXTURES.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_key_of_a_values_file_is_mapped_or_named(imports: Callable[..., Any], file: Path) -> None:
    run = imports(file)
    data = yaml.safe_load(file.read_text())

    lost = [dotted(path) for path, _ in leaves(data.get("gitlab-runner", data)) if not accounted(run, dotted(path))]

    assert lost == []


def every_key() -> dict[str, Any]:
    """A values file with every key that GitLab's chart has, each with something in it."""
    values: dict[str, Any] = {}
    for path, entry in table().items():
        if path == ("image",):
            continue
        here = values
        for name in path[:-1]:
            here = here.setdefault(str(name), {})
        here[str(path[-1])] = {entry["switch"]: True, "more": "x"} if "switch" in entry else "x"
    real = {
        "gitlabUrl": "https://gitlab.example.com",
        "concurrent": 4,
        "checkInterval": 3,
        "shutdown_timeout": 1,
        "logLevel": "info",
        "logFormat": "json",
        "connectionMaxAge": "15m",
        "imagePullPolicy": "Always",
        "imagePullSecrets": ["mirror"],
        "useTini": True,
        "replicas": 2,
        "terminationGracePeriodSeconds": 60,
        "resources": {"limits": {"cpu": "1"}},
        "nodeSelector": {"a": "b"},
        "tolerations": [{"operator": "Exists"}],
        "affinity": {"nodeAffinity": {}},
        "podLabels": {"a": "b"},
        "podAnnotations": {"a": "b"},
        "podSecurityContext": {"runAsUser": 999},
        "envVars": [{"name": "KUBERNETES_IMAGE", "value": "debian:13"}],
        "extraEnv": {"KUBERNETES_PRIVILEGED": "true"},
        "unregisterRunners": False,
        "strategy": {"type": "Recreate"},
        "hostAliases": [{"ip": "192.0.2.1", "hostnames": ["a.example.com"]}],
        "revisionHistoryLimit": 3,
        "topologySpreadConstraints": [
            {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {}}
        ],
        "deploymentLabels": {"a": "b"},
        "deploymentAnnotations": {"a": "b"},
        "initContainers": [{"name": "a", "image": "b:1"}],
        "extraContainers": [{"name": "a", "image": "b:1"}],
        "extraObjects": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}],
        "volumes": [{"name": "a", "emptyDir": {}}],
        "volumeMounts": [{"name": "a", "mountPath": "/a"}],
        "hpa": {"minReplicas": 1, "maxReplicas": 2},
        "podDisruptionBudget": {"minAvailable": 1},
        "extraEnvFrom": {"KEY": {"secretKeyRef": {"name": "a", "key": "b"}}},
    }
    values |= real
    values["serviceAccount"] = {"create": True, "name": "x", "annotations": {"a": "b"}, "imagePullSecrets": ["mirror"]}
    values["rbac"] |= {"create": True, "serviceAccountAnnotations": {"a": "b"}, "imagePullSecrets": ["mirror"]}
    values["metrics"] |= {"enabled": True, "port": 9252}
    values["runners"] |= {"executor": "kubernetes", "config": '[[runners]]\n[runners.kubernetes]\nnamespace = "x"\n'}
    del values["runners"]["configOverride"]
    return values


def test_values_with_every_key_there_is_lose_nothing_silently(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    values = every_key()

    run = imports(written(yaml.safe_dump(values), "values.yaml"))

    assert [dotted(path) for path, _ in leaves(values) if not accounted(run, dotted(path))] == []
    kubernetes = run.values["runners"]["x"]["config"]["kubernetes"]
    assert kubernetes.items() >= {"namespace": "x", "image": "debian:13", "privileged": True}.items()


def test_values_with_nothing_but_defaults_run_jobs_in_the_namespace_of_the_release(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = "unregisterRunners: true\nconcurrent: 10\ncheckInterval: 3\nrbac: {create: false}\n"

    run = imports(written(text, "values.yaml"), "--url", "https://gitlab.example.com", "--namespace", "here")

    assert run.values["runners"] == {
        "default": {
            "token": {"existingSecret": {"name": "gitlab-runner-default"}},
            "config": {"kubernetes": {"namespace": "here", "image": "alpine"}},
        }
    }


def test_templates_are_evaluated_and_named_with_their_line(imports: Callable[..., Any]) -> None:
    run = imports(FIXTURES / "official.yaml")

    ours = [c for c in run.report["changes"] if (c["path"], c["kind"]) == ("runners.config", "changed")]
    assert [(c["line"], c["message"]) for c in ours][1:] == [
        (
            45,
            '`image = "{{ .Values.jobImage }}"` was evaluated to `image = "eclipse-temurin:25"`: '
            "there are no templates in values of this chart.",
        )
    ]
    assert run.values["runners"]["shop"]["config"]["kubernetes"]["namespace"] == "shop-jobs"


def test_templates_in_the_keys_of_labels_are_evaluated(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = """\
gitlabUrl: https://gitlab.example.com
team: shop
podLabels: {"{{ .Values.team }}.example.com/tier": "{{ .Values.team }}s"}
"""

    run = imports(written(text, "v.yaml"))

    assert run.values["manager"]["podLabels"] == {"shop.example.com/tier": "shops"}
    assert "team" in run.paths("empty")


def test_a_template_that_cannot_be_evaluated_names_line_and_reason(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(
        "gitlabUrl: https://gitlab.example.com\nfullnameOverride: '{{ include \"our.name\" . }}'\n", "v.yaml"
    )

    assert main(["import", str(file)]) == 1
    err = capsys.readouterr().err
    assert ":2:1: error: fullnameOverride: a template that cannot be evaluated here: " in err
    assert 'no template "our.name"' in err


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("extraEnv: [{name: A, value: b}]", "extraEnv: must be a map, as in GitLab's chart."),
        ("envVars: {A: b}", "envVars: must be a list, as in GitLab's chart."),
        ("podLabels: [a]", "podLabels: must be a map, as in GitLab's chart."),
        ("extraObjects: {a: b}", "extraObjects: must be a list, as in GitLab's chart."),
    ],
)
def test_a_value_of_another_type_is_refused_with_its_line(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str], text: str, error: str
) -> None:
    assert main(["import", str(written(f"gitlabUrl: https://gitlab.example.com\n{text}\n", "v.yaml"))]) == 1
    assert f"v.yaml:2:1: error: {error} [values-type]" in capsys.readouterr().err


def test_a_mistake_in_runners_config_has_the_line_of_the_values_file(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    text = "gitlabUrl: https://gitlab.example.com\nrunners:\n  config: |\n    [[runners]]\n      limit = 'x'\n"

    assert main(["import", str(written(text, "v.yaml"))]) == 1
    assert 'v.yaml:5: error: runners[0].limit: must be a whole number, is "x". [config-type]' in capsys.readouterr().err


def test_what_register_takes_from_its_environment_becomes_a_key_of_the_runner(imports: Callable[..., Any]) -> None:
    run = imports(FIXTURES / "official.yaml")

    config = run.values["runners"]["shop"]["config"]
    assert config["kubernetes"]["poll_timeout"] == 360
    assert run.values["cache"] == {
        "type": "s3",
        "shared": True,
        "s3": {"BucketName": "shop-cache"},
        "existingSecret": {"name": "cache-keys"},
    }


def test_addresses_with_a_password_are_left_out(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    text = """\
gitlabUrl: https://me:hunter2@gitlab.example.com
extraEnv: {HTTPS_PROXY: "http://me:hunter2@proxy.example.com"}
podAnnotations: {example.com/webhook: "https://me:hunter2@example.com"}
"""

    run = imports(written(text, "v.yaml"), "--url", "https://gitlab.example.com")

    assert run.paths("secret") == ["gitlabUrl", "extraEnv.HTTPS_PROXY", "podAnnotations"]
    assert "hunter2" not in run.text + str(run.report)


def test_comments_of_people_stay_and_those_of_gitlabs_chart_go(imports: Callable[..., Any]) -> None:
    text = imports(FIXTURES / "official.yaml").text

    assert "  # As many as the quota of the namespace allows.\n  concurrent: 12\n" in text
    assert "memory: 256Mi  # measured\n" in text
    assert "brings along" not in text


def test_a_whole_config_toml_in_values_is_imported_alone(imports: Callable[..., Any]) -> None:
    run = imports(FIXTURES / "official-override.yaml")

    assert run.values["gitlab"]["url"] == "https://gitlab.example.com"
    assert run.values["config"] == {"concurrent": 7}
    assert list(run.values["runners"]) == ["one", "two"]


OFFICIAL = "gitlabUrl: https://gitlab.example.com\n"


@pytest.mark.parametrize(
    ("lines", "manager"),
    [
        ("concurrent: 10\n", {"unregister": True}),
        ("unregisterRunners: false\n", {}),
        ("unregisterRunners: true\ndeploymentLifecycle: {}\n", {"unregister": True}),
        ("deploymentLifecycle: {preStop: {exec: {command: [sh]}}}\n", {}),
        ("unregisterRunners: true\ndeploymentLifecycle: {preStop: {exec: {command: [sh]}}}\n", {}),
    ],
)
def test_managers_leave_gitlabs_list_as_they_do_with_gitlabs_chart(
    lines: str, manager: dict[str, Any], imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    assert imports(written(OFFICIAL + lines, "v.yaml")).values.get("manager", {}) == manager


def test_what_gitlabs_chart_does_when_nobody_says_so_is_in_the_list(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    assert imports(written(OFFICIAL, "v.yaml")).messages("changed")["unregisterRunners"] == (
        "is true in GitLab's chart where nobody sets it: it is manager.unregister now."
    )


def test_keys_of_runners_config_that_gitlabs_chart_does_not_read_are_named_for_each_runner(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = f"""\
{OFFICIAL}runners:
  config: |
    [[runners]]
      name = "a"
    [[runners]]
      name = "b"
      url = "https://other.example.com"
      token = "glrt-made-up-made-up-made"
      executor = "docker"
"""

    run = imports(written(text, "v.yaml"))

    assert list(run.values["runners"]) == ["a", "b"]
    assert run.messages("removed") == {
        "runners[1].url": "gitlabUrl is what counts in GitLab's chart.",
        "runners[1].executor": "runners.executor is what counts in GitLab's chart, here kubernetes.",
    }
    assert run.messages("secret") == {
        "runners[1].token": "a secret, left out: runnerToken or runners.secret is what counts in GitLab's chart."
    }


def test_files_that_volumes_of_the_manager_bring_stay(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = f"""\
{OFFICIAL}volumes: [{{name: certs, secret: {{secretName: certs}}}}]
volumeMounts: [{{name: certs, mountPath: /certs}}]
runners:
  config: |
    [[runners]]
      tls-ca-file = "/certs/ca.crt"
      tls-key-file = "/elsewhere/c.key"
"""

    run = imports(written(text, "v.yaml"))

    assert run.values["runners"]["default"]["config"]["tls-ca-file"] == "/certs/ca.crt"
    assert run.paths("no equivalent") == ["runners[0].tls-key-file"]


def test_numbers_that_are_written_as_texts_are_numbers(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    run = imports(written(OFFICIAL + 'concurrent: "20"\nreplicas: "2"\n', "v.yaml"))

    assert run.exit_code == 0
    assert (run.values["config"], run.values["manager"]["replicas"]) == ({"concurrent": 20}, 2)


def test_a_log_level_that_prints_tokens_is_named_at_the_line_of_the_value(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    run = imports(written(OFFICIAL + "logLevel: debug\n", "v.yaml"))

    assert [(c["path"], c["line"]) for c in run.report["changes"] if c["kind"] == "dangerous"] == [("log_level", 2)]


def test_a_runner_token_of_before_glrt_is_not_to_be_shared(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    run = imports(written(OFFICIAL + "runnerToken: 0123456789abcdefghij\n", "v.yaml"))

    assert run.messages("secret")["runnerToken"].startswith("a secret, left out. It does not begin with glrt-: ")
