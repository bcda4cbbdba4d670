"""Names, labels and annotations of what GitLab Runner makes for a job."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.forms import label_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.runner.job_pod.overwrites import Overwrites
    from podrunner.runner.job_pod.request import JobRequest
    from podrunner.runner.job_pod.variables import JobVariables

DOMAIN = "runner.gitlab.com"
# By it the runner's own budget and Services find the pod, whatever a job says.
POD_LABEL = f"job.{DOMAIN}/pod"
# Eight random letters and digits end every name.
SUFFIX = "00000000"
_OWN_LABELS = re.compile(rf"(^|.*\.){re.escape(DOMAIN)}(/.*|$)", re.IGNORECASE)
_PREFIXES = (re.compile(r"^glrt-(t[123]_)?|^t[123]_|^glrtr-"), re.compile("^glcbt-"), re.compile("^GR[0-9A-Fa-f]{7}"))
_TOKEN_LENGTH, _NAME_LENGTH = 9, 63


def short_token(runner: Mapping[str, Any]) -> str:
    """The part of a runner's token that is no secret. Of one that comes from elsewhere, nothing is known: `token`."""
    token = str(runner.get("token") or "")
    if token.startswith(("$", "@podrunner-secret:")):
        token = "token"
    for prefix in _PREFIXES:
        token = prefix.sub("", token)
    token = token[:_TOKEN_LENGTH]
    if token and not _plain(token[0]):
        token = "r" + token[:-1]
    if token and not _plain(token[-1]):
        token = token[:-1] + "r"
    return token


def unique_name(runner: Mapping[str, Any], job: JobRequest) -> str:
    """What the names of a job's objects begin with."""
    return dns_name(f"runner-{short_token(runner)}-project-{job.project_id}-concurrent-{job.ordinal}")


def dns_name(text: str) -> str:
    """A text without what a name in Kubernetes must not have."""
    return re.sub(r"^[^a-z0-9]+", "", re.sub(r"[^-a-z0-9]", "", text.lower()))[:_NAME_LENGTH]


def generated_name(begin: str) -> str:
    """A name with its random end."""
    return f"{begin[: _NAME_LENGTH - len(SUFFIX) - 1]}-{SUFFIX}"


def label_value(text: str) -> str:
    """A text as the runner makes a label's value of it."""
    return re.sub(r"[^a-zA-Z0-9\-_.]", "_", text).strip("-_.")[:_NAME_LENGTH].strip("-_.")


def pod_labels(
    runner: Mapping[str, Any],
    job: JobRequest,
    configured: Mapping[str, str],
    overwrites: Overwrites,
    of_job: JobVariables,
) -> dict[str, str]:
    """Labels of the pod. `configured` are those of config.toml; `of_job` are the variables of the job alone."""
    name, token = label_value(unique_name(runner, job)), label_value(short_token(runner))
    found = {
        "pod": name,
        f"project.{DOMAIN}/id": str(job.project_id),
        f"project.{DOMAIN}/namespace-id": label_value(of_job.get("CI_PROJECT_NAMESPACE_ID")),
        f"project.{DOMAIN}/name": label_value(job.project_name),
        f"project.{DOMAIN}/namespace": label_value(of_job.get("CI_PROJECT_NAMESPACE")),
        f"project.{DOMAIN}/root-namespace": label_value(of_job.get("CI_PROJECT_ROOT_NAMESPACE")),
        f"project.{DOMAIN}/root-namespace-id": str(job.root_namespace_id),
        POD_LABEL: name,
        f"manager.{DOMAIN}/name": label_value(str(runner.get("name") or "")),
        f"manager.{DOMAIN}/id-short": token,
    }
    for key, value in (*configured.items(), *overwrites.pod_labels.items()):
        if not is_own_label(key):
            found[key] = label_value(of_job.expand(str(value)))
    return found


def is_label(key: str) -> bool:
    """Whether Kubernetes takes a label's key. The runner looks for its pod by all labels, and gives up on a wrong one."""
    return not label_key(key)


def is_own_label(key: str) -> bool:
    """Whether a label is the runner's own: neither config.toml nor a job sets it, which only a debug log says."""
    return _OWN_LABELS.fullmatch(key) is not None


def pod_annotations(job: JobRequest, overwrites: Overwrites, of_job: JobVariables) -> dict[str, str]:
    """Annotations of the pod; a job may overwrite those of the runner."""
    found = {
        f"job.{DOMAIN}/id": str(job.id),
        f"job.{DOMAIN}/url": f"{job.repository.removesuffix('.git')}/-/jobs/{job.id}",
        f"job.{DOMAIN}/sha": job.sha,
        f"job.{DOMAIN}/before_sha": job.before_sha,
        f"job.{DOMAIN}/ref": job.ref,
        f"job.{DOMAIN}/name": job.name,
        f"job.{DOMAIN}/timeout": "".join(_duration(job.timeout)),
        f"project.{DOMAIN}/id": str(job.project_id),
    }
    return found | {key: of_job.expand(value) for key, value in overwrites.pod_annotations.items()}


def _duration(seconds: int) -> Iterator[str]:
    """As Go writes it: 1h0m0s."""
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours:
        yield f"{hours}h"
    if hours or minutes:
        yield f"{minutes}m"
    yield f"{seconds % 60}s"


def _plain(character: str) -> bool:
    return character.isascii() and character.isalnum()
