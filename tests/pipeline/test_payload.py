"""What is sent to the runner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from podrunner.gitlab.payload import Order, make_payload
from podrunner.pipeline.document import load_pipeline
from podrunner.pipeline.job import choose_job, read_job
from podrunner.smoke.repository import builtin_pipeline, pack

from .conftest import COMMIT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podrunner.pipeline.job import PipelineJob

    Make = Callable[..., dict[str, Any]]


def variables(payload: dict[str, Any]) -> dict[str, str]:
    return {item["key"]: item["value"] for item in payload["variables"]}


@pytest.mark.process
def test_the_builtin_job_is_sent_as_its_pipeline_says(tmp_path: Path) -> None:
    pipeline = load_pipeline(builtin_pipeline(tmp_path / "playground"))
    job = read_job(pipeline, choose_job(pipeline, None))
    bundle = pack(tmp_path / "playground", tmp_path)

    sent = make_payload(job, Order("http://gitlab.test:8080", "podrunner/playground", 42, "job-token", bundle.commit))

    assert sent["image"] == {"name": "quay.io/podman/stable"}
    assert sent["steps"] == [
        {
            "name": "script",
            "script": ["podman info", "id", "podman build . -t playground-bis:testing"],
            "timeout": 3600,
            "when": "on_success",
            "allow_failure": False,
        }
    ]
    assert {key: value for key, value in variables(sent).items() if not key.startswith(("CI", "GITLAB"))} == {
        "FF_USE_POWERSHELL_PATH_RESOLVER": "true",
        "FF_RETRIEVE_POD_WARNING_EVENTS": "true",
        "FF_PRINT_POD_EVENTS": "true",
        "FF_SCRIPT_SECTIONS": "true",
        "GIT_DEPTH": "5",
        "HOME": "/my_custom_dir",
        "DOCKER_HOST": "tcp://docker:2375",
    }
    assert variables(sent)["CI_DEBUG_SERVICES"] == "true"
    assert sent["git_info"]["depth"] == 5
    assert bundle.commits == 6


def test_the_repository_and_the_server_are_known_to_the_job(payload: Make) -> None:
    sent = payload("build pages: {script: [make], stage: deploy}")

    assert sent["git_info"]["repo_url"] == "http://gitlab-ci-token:job-token@gitlab.test:8080/group/project.git"
    assert sent["git_info"]["refspecs"] == ["+refs/heads/main:refs/remotes/origin/main"]
    found = variables(sent)
    assert {
        name: found[name]
        for name in (
            "CI",
            "CI_SERVER_URL",
            "CI_SERVER_PORT",
            "CI_API_V4_URL",
            "CI_PROJECT_PATH",
            "CI_PROJECT_NAME",
            "CI_COMMIT_SHA",
            "CI_COMMIT_SHORT_SHA",
            "CI_COMMIT_TITLE",
            "CI_COMMIT_DESCRIPTION",
            "CI_JOB_NAME",
            "CI_JOB_NAME_SLUG",
            "CI_JOB_STAGE",
            "CI_JOB_ID",
            "CI_REPOSITORY_URL",
        )
    } == {
        "CI": "true",
        "CI_SERVER_URL": "http://gitlab.test:8080",
        "CI_SERVER_PORT": "8080",
        "CI_API_V4_URL": "http://gitlab.test:8080/api/v4",
        "CI_PROJECT_PATH": "group/project",
        "CI_PROJECT_NAME": "project",
        "CI_COMMIT_SHA": "0123456789abcdef0123456789abcdef01234567",
        "CI_COMMIT_SHORT_SHA": "01234567",
        "CI_COMMIT_TITLE": "Add it",
        "CI_COMMIT_DESCRIPTION": "At last.",
        "CI_JOB_NAME": "build pages",
        "CI_JOB_NAME_SLUG": "build-pages",
        "CI_JOB_STAGE": "deploy",
        "CI_JOB_ID": "42",
        "CI_REPOSITORY_URL": "http://gitlab-ci-token:job-token@gitlab.test:8080/group/project.git",
    }


def test_the_job_token_is_masked_and_nothing_else(payload: Make) -> None:
    sent = payload("build: {script: [make]}")

    assert [item["key"] for item in sent["variables"] if item["masked"]] == ["CI_JOB_TOKEN"]


def test_a_job_of_a_project_without_a_registry_has_no_variables_of_one(payload: Make) -> None:
    sent = payload("build: {script: [make]}")

    assert [name for name in variables(sent) if name.startswith("CI_REGISTRY")] == []
    assert sent["credentials"] == []


def test_a_job_logs_in_to_the_registry_by_its_own_token(job: Callable[..., PipelineJob]) -> None:
    order = Order(
        *("http://gitlab.test:8080", "Group/Sub/My-App", 42, "job-token", COMMIT), registry="gitlab.test:5050"
    )

    sent = make_payload(job("build: {script: [make]}"), order)

    assert {name: value for name, value in variables(sent).items() if name.startswith("CI_REGISTRY")} == {
        "CI_REGISTRY": "gitlab.test:5050",
        "CI_REGISTRY_IMAGE": "gitlab.test:5050/group/sub/my-app",
        "CI_REGISTRY_USER": "gitlab-ci-token",
        "CI_REGISTRY_PASSWORD": "job-token",
    }
    assert [item["key"] for item in sent["variables"] if item["masked"]] == ["CI_JOB_TOKEN", "CI_REGISTRY_PASSWORD"]
    assert sent["credentials"] == [
        {"type": "registry", "url": "gitlab.test:5050", "username": "gitlab-ci-token", "password": "job-token"}
    ]


def test_jobs_of_one_pipeline_share_its_number(job: Callable[..., PipelineJob]) -> None:
    order = Order("http://gitlab.test:8080", "group/project", 42, "job-token", COMMIT, pipeline_id=7)

    found = variables(make_payload(job("build: {script: [make]}"), order))

    assert (found["CI_PIPELINE_ID"], found["CI_JOB_ID"]) == ("7", "42")


def test_a_variable_of_the_pipeline_wins_over_gitlabs_own(payload: Make) -> None:
    sent = payload("build: {script: [make], variables: {CI_COMMIT_TITLE: mine}}")

    assert [item["value"] for item in sent["variables"] if item["key"] == "CI_COMMIT_TITLE"] == ["mine"]


def test_what_would_shorten_the_jobs_life_is_always_there(payload: Make) -> None:
    sent = payload("build: {script: [make], timeout: 10m}")

    # A missing timeout would be a deadline of one second, and a short sha ends the runner.
    assert sent["runner_info"] == {"timeout": 600}
    assert len(sent["git_info"]["sha"]) == 40
    assert "inputs" not in sent
    assert "run" not in sent


def test_after_script_runs_always_and_may_fail(payload: Make) -> None:
    sent = payload("build: {script: [make], after_script: [echo bye]}")

    assert sent["steps"][1] == {
        "name": "after_script",
        "script": ["echo bye"],
        "timeout": 3600,
        "when": "always",
        "allow_failure": True,
    }


def test_services_images_and_hooks_are_sent_in_the_runners_words(payload: Make) -> None:
    sent = payload("""
        build:
          image: {name: alpine, entrypoint: [""], kubernetes: {user: 1000}}
          services: [{name: redis, alias: cache, variables: {A: b}}]
          hooks: {pre_get_sources_script: [echo hook]}
          script: [make]
    """)

    assert sent["image"] == {"name": "alpine", "entrypoint": [""], "executor_opts": {"kubernetes": {"user": "1000"}}}
    assert sent["services"] == [
        {"name": "redis", "alias": "cache", "variables": [{"key": "A", "value": "b", "public": True, "raw": False}]}
    ]
    assert sent["hooks"] == [{"name": "pre_get_sources_script", "script": ["echo hook"]}]
