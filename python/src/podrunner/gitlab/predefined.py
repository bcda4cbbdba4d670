"""The variables that GitLab itself gives to every job."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from podrunner.gitlab.repository import Commit
    from podrunner.pipeline.job import PipelineJob


# The user of job tokens, for git and for the registry.
TOKEN_USER = "gitlab-ci-token"


@dataclass(frozen=True, slots=True)
class Order:
    """Everything about a job that is not in the pipeline file.

    `server_url` is GitLab's address as job pods see it, `project` the path `group/project`. `registry` is the host of
    the container registry, empty where there is none; `pipeline_id` what jobs of one pipeline share, 0 for its only job.
    """

    server_url: str
    project: str
    job_id: int
    job_token: str
    commit: Commit
    config_path: str = ".gitlab-ci.yml"
    registry: str = ""
    pipeline_id: int = 0

    @property
    def repository_url(self) -> str:
        """Where the job clones from, with its token."""
        url = urlsplit(self.server_url)
        return f"{url.scheme}://{TOKEN_USER}:{self.job_token}@{url.netloc}/{self.project}.git"


def predefined(job: PipelineJob, order: Order) -> dict[str, str]:
    """Name → value. The runner adds CI_PROJECT_DIR, CI_RUNNER_* and the like itself."""
    return {
        "CI": "true",
        "GITLAB_CI": "true",
        **_server(order),
        **_project(order),
        **_commit(order),
        **_job(job, order),
        **_registry(order),
    }


def _registry(order: Order) -> dict[str, str]:
    """As GitLab has them; none where the project has no registry."""
    if not order.registry:
        return {}
    return {
        "CI_REGISTRY": order.registry,
        "CI_REGISTRY_IMAGE": f"{order.registry}/{order.project.lower()}",
        "CI_REGISTRY_USER": TOKEN_USER,
        "CI_REGISTRY_PASSWORD": order.job_token,
    }


def _server(order: Order) -> dict[str, str]:
    url = urlsplit(order.server_url)
    return {
        "CI_SERVER": "yes",
        "CI_SERVER_NAME": "GitLab",
        "CI_SERVER_URL": order.server_url,
        "CI_SERVER_HOST": url.hostname or "",
        "CI_SERVER_PORT": str(url.port or 80),
        "CI_SERVER_PROTOCOL": url.scheme,
        "CI_API_V4_URL": f"{order.server_url}/api/v4",
        "GITLAB_FEATURES": "",
        "GITLAB_USER_ID": "1",
        "GITLAB_USER_LOGIN": "podrunner",
        "GITLAB_USER_NAME": "podrunner",
        "GITLAB_USER_EMAIL": "podrunner@example.com",
    }


def _project(order: Order) -> dict[str, str]:
    group, _, name = order.project.rpartition("/")
    return {
        "CI_PROJECT_ID": "1",
        "CI_PROJECT_NAME": name,
        "CI_PROJECT_TITLE": name,
        "CI_PROJECT_PATH": order.project,
        "CI_PROJECT_PATH_SLUG": _slug(order.project),
        "CI_PROJECT_NAMESPACE": group,
        "CI_PROJECT_NAMESPACE_ID": "1",
        "CI_PROJECT_ROOT_NAMESPACE": group.split("/")[0],
        "CI_PROJECT_URL": f"{order.server_url}/{order.project}",
        "CI_PROJECT_VISIBILITY": "private",
        "CI_DEFAULT_BRANCH": order.commit.branch,
        "CI_CONFIG_PATH": order.config_path,
        "CI_REPOSITORY_URL": order.repository_url,
    }


def _commit(order: Order) -> dict[str, str]:
    commit = order.commit
    return {
        "CI_COMMIT_SHA": commit.sha,
        "CI_COMMIT_SHORT_SHA": commit.sha[:8],
        "CI_COMMIT_BEFORE_SHA": "0" * len(commit.sha),
        "CI_COMMIT_REF_NAME": commit.branch,
        "CI_COMMIT_REF_SLUG": _slug(commit.branch),
        "CI_COMMIT_REF_PROTECTED": "false",
        "CI_COMMIT_BRANCH": commit.branch,
        "CI_COMMIT_TITLE": commit.title,
        "CI_COMMIT_MESSAGE": commit.message,
        "CI_COMMIT_DESCRIPTION": commit.message.partition("\n")[2].strip(),
        "CI_COMMIT_AUTHOR": commit.author,
        "CI_COMMIT_TIMESTAMP": commit.timestamp,
    }


def _job(job: PipelineJob, order: Order) -> dict[str, str]:
    number, pipeline = str(order.job_id), str(order.pipeline_id or order.job_id)
    return {
        "CI_PIPELINE_ID": pipeline,
        "CI_PIPELINE_IID": "1",
        "CI_PIPELINE_SOURCE": "push",
        "CI_PIPELINE_URL": f"{order.server_url}/{order.project}/-/pipelines/{pipeline}",
        "CI_JOB_ID": number,
        "CI_JOB_NAME": job.name,
        "CI_JOB_NAME_SLUG": _slug(job.name),
        "CI_JOB_STAGE": job.stage,
        "CI_JOB_TIMEOUT": str(job.timeout),
        "CI_JOB_TOKEN": order.job_token,
        "CI_JOB_URL": f"{order.server_url}/{order.project}/-/jobs/{number}",
        "CI_NODE_TOTAL": "1",
    }


def _slug(text: str) -> str:
    """Lower case, letters, digits and dashes only, 63 characters at most, no dash at the ends: fit for a host name."""
    return re.sub(r"[^a-z0-9]", "-", text.lower())[:63].strip("-")
