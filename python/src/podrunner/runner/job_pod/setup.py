"""All that GitLab Runner knows when it makes the pod of one job."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import table
from podrunner.runner.feature_flags import feature_flag
from podrunner.runner.job_pod.metadata import short_token
from podrunner.runner.job_pod.overwrites import JobRefusedError, Overwrites, job_overwrites
from podrunner.runner.job_pod.variables import JobVariables, job_variables
from podrunner.runner.job_pod.volumes import configured_volumes
from podrunner.runner.keys import load_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.runner.job_pod.request import JobRequest

# Where the runner puts repositories unless builds_dir says otherwise.
BUILDS_DIR = "/builds"
LEGACY = "FF_USE_LEGACY_KUBERNETES_EXECUTION_STRATEGY"
HONOR_ENTRYPOINT = "FF_KUBERNETES_HONOR_ENTRYPOINT"
DUMB_INIT = "FF_USE_DUMB_INIT_WITH_KUBERNETES_EXECUTOR"
DISABLE_UMASK = "FF_DISABLE_UMASK_FOR_KUBERNETES_EXECUTOR"
DEADLINE = "FF_USE_POD_ACTIVE_DEADLINE_SECONDS"
ADVANCED = "FF_USE_ADVANCED_POD_SPEC_CONFIGURATION"


@dataclass(frozen=True, slots=True)
class JobSetup:
    """A runner, a job and what follows from both.

    `own` are the variables of the job alone, `variables` all of them, `early` all before the folders of the job are
    known: by them the runner chooses image, services and overwrites, and whether the pod needs the volume `repo`
    (`has_repo`: nothing else is mounted exactly at builds_dir). `known` is false where the model speaks of every
    job of a runner: then `job` is a stand-in, and references to variables are left as they are. `refusals` are reasons for
    which the runner makes no pod, each the rest of a sentence; more are added while the pod is modelled.
    """

    runner: Mapping[str, Any]
    kubernetes: dict[str, Any]
    job: JobRequest
    own: JobVariables
    early: JobVariables
    variables: JobVariables
    overwrites: Overwrites
    runner_version: str
    known: bool
    has_repo: bool
    refusals: list[str] = field(default_factory=list)

    def flag(self, name: str) -> bool:
        """Whether a feature flag is on for this job."""
        if not load_keys().flag_is_read(name, self.runner_version):
            return False
        return feature_flag(self.runner, name, ((one.key, one.value) for one in self.job.variables))

    @property
    def attaches(self) -> bool:
        """Whether scripts go through the pod's volumes, which is the default."""
        return not self.flag(LEGACY)

    @property
    def builds_dir(self) -> str:
        """Where the repository is."""
        return str(self.runner.get("builds_dir") or BUILDS_DIR)

    @property
    def has_scripts(self) -> bool:
        """Whether the pod has a volume for scripts."""
        return self.attaches or self.flag(DUMB_INIT)

    def directory(self, name: str) -> str:
        """The mount path of `scripts` or `logs`."""
        base = str(self.kubernetes.get(f"{name}_base_dir") or "").rstrip("/\\")
        return f"{base}/{name}-{self.job.project_id}-{self.job.id}"


def job_setup(runner: Mapping[str, Any], request: JobRequest, runner_version: str, *, known: bool) -> JobSetup:
    """Put together what holds for a job; `refusals` say why the job gets no pod."""
    runner = load_keys().runner_as_read(runner, runner_version)
    kubernetes = table(runner.get("kubernetes"))
    token, builds_dir = short_token(runner), str(runner.get("builds_dir") or BUILDS_DIR)
    early = job_variables(runner, request, token, ("", ""), runner_version, complete=known)
    volumes = configured_volumes(kubernetes)
    at_builds_dir = [
        one.get("name") for _, one in volumes if early.expand(str(one.get("mount_path") or "")) == builds_dir
    ]
    empty = ["scripts", "logs", *(one.get("name") for kind, one in volumes if kind == "empty_dir")]
    # What other jobs may see, too, has a folder for each of the runner's.
    shared = at_builds_dir and at_builds_dir[0] not in empty
    project = posixpath.join(builds_dir, *([token, str(request.ordinal)] if shared else []), request.project_path)
    late = job_variables(runner, request, token, (builds_dir, project), runner_version, complete=known)
    refusals = []
    try:
        overwrites = job_overwrites(kubernetes, early)
    except JobRefusedError as error:
        refusals.append(str(error))
        overwrites = job_overwrites(_closed(kubernetes), JobVariables())
    own = JobVariables(request.variables, known)
    return JobSetup(
        runner, kubernetes, request, own, early, late, overwrites, runner_version, known, not at_builds_dir, refusals
    )


def _closed(kubernetes: dict[str, Any]) -> dict[str, Any]:
    """Without what jobs may overwrite, and without amounts, of which one was wrong."""
    left_out = ("_overwrite_allowed", "_overwrite_max_allowed", "_limit", "_request")
    return {key: value for key, value in kubernetes.items() if not key.endswith(left_out)}
