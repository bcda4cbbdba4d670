"""The manager's account, its Role and its pull secrets: what GitLab's chart does with the values for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REST = """\
gitlabUrl: https://gitlab.example.com
runners:
  secret: tok
  config: |
    [[runners]]
      [runners.kubernetes]
        namespace = "jobs"
"""


@pytest.mark.parametrize(
    ("values", "account", "role"),
    [
        ("rbac: {create: true}", None, None),
        ("rbac: {create: true, serviceAccountName: old}", None, None),
        ("rbac: {create: true, generatedServiceAccountName: made}", {"name": "made"}, None),
        ("rbac: {create: false, serviceAccountName: old}", {"name": "old", "create": False}, {"create": False}),
        ("rbac: {serviceAccountName: old}", {"name": "old", "create": False}, {"create": False}),
        ("rbac: {create: true}\nserviceAccount: {create: true, name: own}", {"name": "own"}, None),
        ("rbac: {create: true}\nserviceAccount: {create: false, name: own}", {"name": "own", "create": False}, None),
        ("serviceAccount: {create: true, name: own}", {"name": "own"}, {"create": False}),
        ("rbac: {create: true}\nserviceAccount: {create: false}", {"name": "default", "create": False}, None),
        (
            "rbac: {create: true, serviceAccountName: old}\nserviceAccount: {create: false}",
            {"name": "old", "create": False},
            None,
        ),
        ("rbac: {create: true, generatedServiceAccountName: made}\nserviceAccount: {name: own}", {"name": "own"}, None),
        ("rbac: {create: false}", None, None),
        ("{}", None, None),
    ],
)
def test_the_account_is_the_one_that_gitlabs_chart_would_use(
    imports: Callable[..., Any], written: Callable[..., Path], values: str, account: Any, role: Any
) -> None:
    run = imports(written(f"{'' if values == '{}' else values}\n{REST}", "v.yaml"))

    assert (run.exit_code, run.report["findings"]) == (0, [])
    assert run.values["manager"].get("serviceAccount") == account
    assert run.values.get("rbac") == role


def test_an_account_that_does_not_count_is_named(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    run = imports(written(f"rbac: {{create: true, serviceAccountName: old}}\n{REST}", "v.yaml"))

    assert run.messages("removed") == {
        "rbac.serviceAccountName": (
            "GitLab's chart reads it only where it makes no account (rbac.create: false). Its manager had the account "
            "that it made, and has the one that this chart makes now. It is left out."
        )
    }


@pytest.mark.parametrize("values", ["", "rbac: {create: false}\n"])
def test_a_role_that_was_not_there_is_named(
    imports: Callable[..., Any], written: Callable[..., Path], values: str
) -> None:
    run = imports(written(f"{values}{REST}", "v.yaml"))

    assert run.messages("changed")["rbac.create"] == (
        "there is a Role for the manager: without one, it could not make job pods. GitLab's chart makes none where this "
        "is not true; its manager runs as the account `default`, and this one has an account of its own."
    )


def test_a_role_that_was_there_is_not_called_new(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    run = imports(written(f"rbac: {{create: true}}\n{REST}", "v.yaml"))

    assert "rbac.create" not in run.messages("changed")
    assert run.messages("changed")["rbac.rules"] == (
        "the Role allows what the runners use. Without rbac.rules, that of GitLab's chart allows everything in the core "
        "API."
    )


@pytest.mark.parametrize(
    ("values", "secrets"),
    [
        ("imagePullSecrets: [{name: a}]\nserviceAccount: {create: true, imagePullSecrets: [b]}", ["a", "b"]),
        ("serviceAccount: {create: true, imagePullSecrets: [b, c]}\nimagePullSecrets: [{name: a}]", ["a", "b", "c"]),
        ("imagePullSecrets: [{name: a}]\nserviceAccount: {create: true, imagePullSecrets: [a]}", ["a"]),
        ("serviceAccount: {create: true, imagePullSecrets: [b]}", ["b"]),
        ("rbac: {create: true, imagePullSecrets: [c]}\nimagePullSecrets: [{name: a}]", ["a", "c"]),
    ],
)
def test_all_pull_secrets_arrive(
    imports: Callable[..., Any], written: Callable[..., Path], values: str, secrets: list[str]
) -> None:
    run = imports(written(f"{values}\n{REST}", "v.yaml"))

    assert run.values["manager"]["imagePullSecrets"] == secrets


def test_annotations_of_two_values_are_joined_and_the_newer_wins(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = """\
serviceAccount: {create: true, annotations: {a: new, b: one}}
rbac: {create: true, serviceAccountAnnotations: {a: old, c: two}}
"""

    run = imports(written(f"{text}{REST}", "v.yaml"))

    assert run.values["manager"]["serviceAccount"]["annotations"] == {"a": "new", "b": "one", "c": "two"}
    assert run.messages("changed")["rbac.serviceAccountAnnotations"] == (
        "manager.serviceAccount.annotations has what is here, and what is in serviceAccount.annotations, which wins where "
        "both say something."
    )


@pytest.mark.parametrize("order", ["image: {image: a/b, repository: c/d}", "image: {repository: c/d, image: a/b}"])
def test_of_two_names_of_an_image_the_newer_key_counts(
    imports: Callable[..., Any], written: Callable[..., Path], order: str
) -> None:
    run = imports(written(f"{order}\n{REST}", "v.yaml"))

    assert run.values["image"]["repository"] == "c/d"
    assert run.messages("changed")["image.image"] == "is left out: image.repository says the same, and counts."


@pytest.mark.parametrize(
    ("values", "annotations"),
    [
        ("metrics: {enabled: true}", {"prometheus.io/scrape": "true", "prometheus.io/port": "9252"}),
        ("metrics: {enabled: true, port: 9300}", {"prometheus.io/scrape": "true", "prometheus.io/port": "9300"}),
        (
            "metrics: {enabled: true}\npodAnnotations: {prometheus.io/scrape: 'false', a: b}",
            {"prometheus.io/scrape": "false", "prometheus.io/port": "9252", "a": "b"},
        ),
        ("metrics: {enabled: false}", None),
        ("podAnnotations: {a: b}", {"a": "b"}),
    ],
)
def test_annotations_for_scraping_arrive(
    imports: Callable[..., Any], written: Callable[..., Path], values: str, annotations: Any
) -> None:
    run = imports(written(f"{values}\n{REST}", "v.yaml"))

    assert run.values["manager"].get("podAnnotations") == annotations


TOML = """\
[[runners]]
  name = "a"
  url = "https://gitlab.example.com"
  executor = "kubernetes"
  [runners.kubernetes]
    namespace = "jobs"
"""


def test_a_file_without_concurrent_runs_one_job_at_a_time(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    run = imports(written(TOML))

    assert run.config_toml()["concurrent"] == 1
    assert run.messages("changed")["concurrent"] == (
        "is 1, which GitLab Runner takes where nothing is written. The chart's default would be 10."
    )


@pytest.mark.parametrize(
    ("text", "name", "concurrent"),
    [(f"concurrent = 7\n{TOML}", "config.toml", 7), (f"concurrent: 3\n{REST}", "v.yaml", 3), (REST, "v.yaml", 10)],
    ids=["toml", "values", "default"],
)
def test_concurrent_stays_and_nothing_is_said(
    imports: Callable[..., Any], written: Callable[..., Path], text: str, name: str, concurrent: int
) -> None:
    run = imports(written(text, name))

    assert run.config_toml()["concurrent"] == concurrent
    assert "concurrent" not in run.paths("changed", "added")


GCS = """\
gitlabUrl: https://gitlab.example.com
rbac: {create: true}
runners:
  secret: tok
  cache: {secretName: NAME}
  config: |
    [[runners]]
      [runners.kubernetes]
        namespace = "jobs"
      [runners.cache]
        Type = "gcs"
        [runners.cache.gcs]
          BucketName = "ci-cache"
"""


@pytest.mark.parametrize(
    "text",
    [
        GCS.replace("NAME", "gcsaccess"),
        GCS.replace("NAME}", "other} # has gcs-access-id and gcs-private-key"),
        f"# gcs-private-key is in it\n{GCS.replace('NAME', 'other')}",
    ],
    ids=["name", "comment", "header"],
)
def test_a_secret_with_an_id_and_a_key_asks_for_the_id(
    imports: Callable[..., Any], written: Callable[..., Path], text: str
) -> None:
    run = imports(written(text, "v.yaml"))

    (credentials,) = [runner["credentials"] for runner in run.values["runners"].values()]
    assert credentials["cache.gcs.PrivateKey"]["key"] == "gcs-private-key"
    assert "cache" not in run.values
    assert run.exit_code == 1
    assert [one["path"] for one in run.report["findings"]] == ["runners.<name>.config.cache.gcs.AccessID"]


def test_an_id_that_is_there_is_not_asked_for(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    text = GCS.replace("NAME", "gcsaccess").replace(
        '"ci-cache"\n', '"ci-cache"\n          AccessID = "me@x.example.com"\n'
    )

    run = imports(written(text, "v.yaml"))

    assert (run.exit_code, run.report["findings"]) == (0, [])


def test_a_secret_of_a_gcs_bucket_whose_keys_nobody_knows_is_named(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    run = imports(written(GCS.replace("NAME", "our-bucket"), "v.yaml"))

    assert run.exit_code == 0
    assert "kubectl describe secret our-bucket" in run.messages("by hand")["runners.cache.secretName"]


def test_a_secret_with_the_file_is_taken_as_it_is(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    run = imports(written(GCS.replace("NAME", "google-application-credentials"), "v.yaml"))

    assert run.exit_code == 0
    assert run.values["cache"]["existingSecret"] == {"name": "google-application-credentials"}
    assert run.paths("by hand") == []
