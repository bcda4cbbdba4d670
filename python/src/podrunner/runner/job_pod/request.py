"""A job as GitLab sends it, as far as it shapes what GitLab Runner makes in Kubernetes."""

from __future__ import annotations

from dataclasses import dataclass

# What has no name of its own in the job: the runner reads variables such as CI_PROJECT_NAMESPACE for labels.
_SHA = "0" * 40


@dataclass(frozen=True, slots=True)
class JobVariable:
    """A variable. A `raw` one is not expanded; one that is not `public` is not in the pod's environment."""

    key: str
    value: str
    raw: bool = False
    public: bool = True


@dataclass(frozen=True, slots=True)
class JobImage:
    """`image:` or an entry of `services:`. `alias` may name several, by blanks or commas; `user` is `uid[:gid]`."""

    name: str = ""
    alias: str = ""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    pull_policy: tuple[str, ...] = ()
    user: str = ""
    ports: tuple[int, ...] = ()
    variables: tuple[JobVariable, ...] = ()

    @property
    def aliases(self) -> list[str]:
        """The names of a service beside that of its image."""
        return self.alias.replace(",", " ").split()


_NONE = JobImage()


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A job.

    `image` without a name is that of config.toml. `timeout` is in seconds. `logins`: whether GitLab sends a login of a
    registry with it, which it does where its own registry is on. `ordinal` counts jobs of the runner and project that
    run at the same time, from 0.
    """

    image: JobImage = _NONE
    services: tuple[JobImage, ...] = ()
    variables: tuple[JobVariable, ...] = ()
    id: int = 1
    name: str = "build"
    project_id: int = 1
    project_name: str = "project"
    project_path: str = "group/project"
    root_namespace_id: int = 1
    repository: str = "https://gitlab.example.com/group/project.git"
    ref: str = "main"
    sha: str = _SHA
    before_sha: str = _SHA
    timeout: int = 3600
    logins: bool = True
    ordinal: int = 0
