"""A job as GitLab sends it to a runner (the answer to POST /api/v4/jobs/request)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from podrunner.gitlab.predefined import TOKEN_USER, Order, predefined

if TYPE_CHECKING:
    from podrunner.pipeline.fields import Image, Variable
    from podrunner.pipeline.job import PipelineJob

__all__ = ["Order", "make_payload"]

_MASKED = ("CI_JOB_TOKEN", "CI_REGISTRY_PASSWORD")
# Failure reasons that this side knows; the runner sends only those, else `runner_system_failure`.
_FAILURE_REASONS = [
    "unknown_failure",
    "script_failure",
    "runner_system_failure",
    "job_execution_timeout",
    "image_pull_failure",
    "configuration_error",
]


@dataclass(slots=True)
class _Fields:
    """Variables by name: a later one wins and stands where the first stood."""

    by_name: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, key: str, value: str, *, raw: bool = False, masked: bool = False) -> None:
        self.by_name[key] = {"key": key, "value": value, "public": not masked, "masked": masked, "raw": raw}


def make_payload(job: PipelineJob, order: Order) -> dict[str, Any]:
    """The payload of `job` for the runner."""
    name = order.project.rsplit("/", 1)[-1]
    return {
        "id": order.job_id,
        "token": order.job_token,
        "allow_git_fetch": True,
        "job_info": {
            "name": job.name,
            "stage": job.stage,
            "pipeline_id": order.pipeline_id or order.job_id,
            "project_id": 1,
            "project_name": name,
            "project_full_path": order.project,
            "namespace_id": 1,
            "root_namespace_id": 1,
            "user_id": 1,
            "time_in_queue_seconds": 0,
            "project_jobs_running_on_instance_runners_count": "0",
        },
        "git_info": _git_info(job, order),
        "runner_info": {"timeout": job.timeout},
        "variables": _variables(job, order),
        "steps": _steps(job),
        "image": _image(job.image) if job.image else {},
        "services": [_image(service) for service in job.services],
        "hooks": [{"name": name, "script": list(script)} for name, script in job.hooks],
        "artifacts": [],
        "cache": [],
        "credentials": _credentials(order),
        "dependencies": [],
        "features": {
            "trace_sections": True,
            "token_mask_prefixes": ["glrt-", "glcbt-", "glpat-"],
            "failure_reasons": _FAILURE_REASONS,
        },
    }


def _credentials(order: Order) -> list[dict[str, str]]:
    """What the runner pulls the project's own images with."""
    if not order.registry:
        return []
    return [{"type": "registry", "url": order.registry, "username": TOKEN_USER, "password": order.job_token}]


def _git_info(job: PipelineJob, order: Order) -> dict[str, Any]:
    return {
        "repo_url": order.repository_url,
        "repo_object_format": "sha1" if len(order.commit.sha) == 40 else "sha256",
        "ref": order.commit.branch,
        "sha": order.commit.sha,
        "before_sha": "0" * len(order.commit.sha),
        "ref_type": "branch",
        "refspecs": [f"+refs/heads/{order.commit.branch}:refs/remotes/origin/{order.commit.branch}"],
        "depth": _depth(job),
        "protected": False,
    }


def _depth(job: PipelineJob) -> int:
    """GIT_DEPTH, 20 without one (GitLab's default for new projects)."""
    given = next((variable.value for variable in job.variables if variable.key == "GIT_DEPTH"), "20")
    return int(given) if given.isdecimal() else 20


def _variables(job: PipelineJob, order: Order) -> list[dict[str, Any]]:
    fields = _Fields()
    for key, value in predefined(job, order).items():
        fields.add(key, value, raw=True, masked=key in _MASKED)
    for variable in job.variables:
        fields.add(variable.key, variable.value, raw=variable.raw)
    return list(fields.by_name.values())


def _steps(job: PipelineJob) -> list[dict[str, Any]]:
    steps = [_step("script", job.script, job.timeout, "on_success", allow_failure=False)]
    if job.after_script:
        steps.append(_step("after_script", job.after_script, job.timeout, "always", allow_failure=True))
    return steps


def _step(name: str, script: tuple[str, ...], timeout: int, when: str, *, allow_failure: bool) -> dict[str, Any]:
    return {"name": name, "script": list(script), "timeout": timeout, "when": when, "allow_failure": allow_failure}


def _image(image: Image) -> dict[str, Any]:
    data: dict[str, Any] = {"name": image.name}
    lists = {"entrypoint": image.entrypoint, "command": image.command, "pull_policy": image.pull_policy}
    data |= {key: list(value) for key, value in lists.items() if value}
    if image.alias:
        data["alias"] = image.alias
    if image.variables:
        data["variables"] = [_service_variable(variable) for variable in image.variables]
    if image.user:
        data["executor_opts"] = {"kubernetes": {"user": image.user}}
    return data


def _service_variable(variable: Variable) -> dict[str, Any]:
    return {"key": variable.key, "value": variable.value, "public": True, "raw": variable.raw}
