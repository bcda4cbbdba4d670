"""Values of GitLab's chart that only some of its versions read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OLD = """\
gitlabUrl: https://gitlab.example.com
rbac: {create: true}
runners:
  secret: tok
  image: debian:11
  namespace: jobs
  privileged: true
  pollTimeout: "360"
  imagePullPolicy: always
  imagePullSecrets: [{name: mirror}, other]
  nodeSelector: {pool: 1}
  nodeTolerations: [{key: ci, value: "yes", effect: NoSchedule}, {key: spot, operator: Exists, effect: NoExecute}]
  builds: {cpuLimit: 200m, memoryRequests: 1Gi}
  cache: {cacheType: s3, cacheShared: "true", s3ServerAddress: s3.example.com, s3BucketName: ci-cache, secretName: s3access}
"""


def flux(values: str, version: str) -> str:
    body = "".join(f"    {line}\n" for line in values.splitlines())
    return (
        "kind: HelmRelease\nmetadata: {name: own, namespace: ci}\nspec:\n"
        f'  chart: {{spec: {{chart: gitlab-runner, version: "{version}"}}}}\n  values:\n{body}'
    )


@pytest.mark.parametrize("text", [OLD, flux(OLD, "0.52.1"), flux(OLD, "~0.21.0")], ids=["unknown", "0.52", "0.21"])
def test_keys_that_old_charts_read_become_keys_of_the_runner(
    imports: Callable[..., Any], written: Callable[..., Path], text: str
) -> None:
    run = imports(written(text, "v.yaml"))

    assert (run.exit_code, run.report["findings"]) == (0, [])
    assert run.values["runners"]["default"]["config"]["kubernetes"] == {
        "namespace": "jobs",
        "image": "debian:11",
        "privileged": True,
        "poll_timeout": 360,
        "pull_policy": "always",
        "image_pull_secrets": ["mirror", "other"],
        "node_selector": {"pool": "1"},
        "node_tolerations": {"ci=yes": "NoSchedule", "spot": "NoExecute"},
        "cpu_limit": "200m",
        "memory_request": "1Gi",
    }
    assert run.values["cache"] == {
        "type": "s3",
        "shared": True,
        "s3": {"ServerAddress": "s3.example.com", "BucketName": "ci-cache"},
        "existingSecret": {"name": "s3access"},
    }


def test_a_chart_that_does_not_read_them_any_more_leaves_them_out(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    run = imports(written(flux(OLD, "0.53.0"), "v.yaml"))

    assert run.values["runners"]["default"]["config"]["kubernetes"] == {"namespace": "ci", "image": "alpine"}
    assert run.messages("removed")["runners.privileged"] == (
        "GitLab's chart 0.53.0 does not read it: runners.<name>.config.kubernetes.privileged would do it here."
    )


BOTH = """\
gitlabUrl: https://gitlab.example.com
rbac: {create: true}
runners:
  secret: tok
  image: debian:11
  config: |
    [[runners]]
      [runners.kubernetes]
        namespace = "jobs"
        image = "debian:13"
"""


@pytest.mark.parametrize(
    ("text", "image"),
    [(BOTH, "debian:13"), (flux(BOTH, "0.40.0"), "debian:11"), (flux(BOTH, "0.60.0"), "debian:13")],
    ids=["unknown", "0.40", "0.60"],
)
def test_the_version_decides_which_of_two_keys_counts(
    imports: Callable[..., Any], written: Callable[..., Path], text: str, image: str
) -> None:
    run = imports(written(text, "v.yaml"))

    assert run.values["runners"]["default"]["config"]["kubernetes"]["image"] == image
    assert "runners.image" in {**run.messages("removed"), **run.messages("changed")}


@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("podDisruptionBudget: {minAvailable: 1}", "0.91"),
        ("initContainers: [{name: a, image: 'b:1'}]", "0.92"),
        ("extraEnvFromRefs: [{secretRef: {name: a}}]", "0.83"),
        ("image: {repository: a/b}", "0.94"),
        ("metrics: {podMonitor: {enabled: true}}", "0.85"),
    ],
)
def test_a_key_that_came_later_is_not_read_by_an_older_chart(
    imports: Callable[..., Any], written: Callable[..., Path], key: str, first: str
) -> None:
    before = f"0.{int(first.removeprefix('0.')) - 1}.0"
    text = f"{BOTH}{key}\n"

    old, new = (imports(written(flux(text, version), "v.yaml")) for version in (before, f"{first}.0"))

    assert (
        f"GitLab's chart {before} does not read it: {first} is the first that does." in old.messages("removed").values()
    )
    assert not any("is the first that does" in message for message in new.messages("removed").values())


def test_an_old_key_of_another_type_is_named(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    run = imports(written(OLD.replace('"360"', "often"), "v.yaml"))

    assert run.messages("removed")["runners.pollTimeout"] == (
        "is not a value that GitLab's chart took: runners.<name>.config.kubernetes.poll_timeout is of the type integer."
    )


@pytest.mark.parametrize(
    ("version", "runner"),
    [
        ("0.21.0", "13.4"),
        ("0.41.0", "15.0"),
        ("0.53.2", "16.0"),
        ("v0.76", "17.11"),
        ("0.86.x", "18.9"),
        (">=0.80", ""),
    ],
)
def test_another_runner_is_named_where_the_chart_says_which_it_brought(
    imports: Callable[..., Any], written: Callable[..., Path], version: str, runner: str
) -> None:
    said = imports(written(flux(BOTH, version), "v.yaml")).messages("changed").get("image.tag", "")

    assert f"brings GitLab Runner {runner}, " in said if runner else said == ""


@pytest.mark.parametrize("phase", ["pre", "post"])
def test_a_script_of_an_old_runner_is_written_by_its_new_name(
    imports: Callable[..., Any], written: Callable[..., Path], phase: str
) -> None:
    text = (
        '[[runners]]\nname = "a"\nurl = "https://gitlab.example.com"\nexecutor = "kubernetes"\n'
        f'{phase}_clone_script = "echo a"\n[runners.kubernetes]\nnamespace = "jobs"\n'
    )

    run = imports(written(text, "config.toml"))

    assert run.values["runners"]["a"]["config"][f"{phase}_get_sources_script"] == "echo a"
    assert run.messages("removed")[f"runners[0].{phase}_clone_script"].endswith(
        f" It is written as {phase}_get_sources_script."
    )
