"""Variables of a job, in the order in which GitLab Runner joins them, and what it expands with them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import texts
from podrunner.runner.job_pod.request import JobVariable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from podrunner.runner.job_pod.request import JobRequest

# As Go's os.Expand reads a text: ${name}, ${ without an end, one special character, or a name.
_REFERENCE = re.compile(r"\$(?:\{(?P<braced>[^}]*)\}|(?P<open>\{)|(?P<name>[*#$@!?\-0-9]|[A-Za-z0-9_]+))")
_ALWAYS_EMPTY = frozenset("*#@!?0123456789")


@dataclass(frozen=True, slots=True)
class JobVariables:
    """Variables; of several with one key the last counts.

    `complete` when every variable of the job is among them. A reference to another is left as it is where it is not.
    """

    entries: tuple[JobVariable, ...] = ()
    complete: bool = True

    def get(self, key: str) -> str:
        """The value of a variable, empty without one."""
        return self.known(key) or ""

    def known(self, key: str) -> str | None:
        """The value of a variable, None without one."""
        if key == "$":
            return key
        if key in _ALWAYS_EMPTY:
            return ""
        return next((one.value for one in reversed(self.entries) if one.key == key), None)

    def expand(self, text: str) -> str:
        """A text with its references replaced, once."""
        return _REFERENCE.sub(self._replaced, text)

    def expanded(self, source: JobVariables | None = None) -> JobVariables:
        """The variables with their own references replaced, by those of `source`."""
        by = source or self
        entries = (one if one.raw else replace(one, value=by.expand(one.value)) for one in self.entries)
        return replace(self, entries=tuple(entries))

    def environment(self) -> list[dict[str, str]]:
        """`env` of a container; Kubernetes would replace $(NAME), so every $ is doubled."""
        found = {one.key: one.value.replace("$", "$$") for one in self.entries if one.public}
        return [{"name": key, **({"value": value} if value else {})} for key, value in found.items()]

    def _replaced(self, match: re.Match[str]) -> str:
        name = match["name"] or match["braced"]
        if not name:
            return ""
        value = self.known(name)
        if value is None:
            return "" if self.complete else match[0]
        return value


def job_variables(
    runner: Mapping[str, Any],
    job: JobRequest,
    token: str,
    folders: tuple[str, str],
    runner_version: str,
    *,
    complete: bool,
) -> JobVariables:
    """All variables of a job that can be known beforehand, expanded as GitLab Runner does it: once.

    `folders` are CI_BUILDS_DIR and CI_PROJECT_DIR.
    """
    before = [JobVariable("CI_RUNNER_SHORT_TOKEN", token), *environment_of(runner.get("environment"))]
    before += [
        JobVariable("CI_BUILDS_DIR", folders[0]),
        JobVariable("CI_PROJECT_DIR", folders[1]),
        JobVariable("CI_SERVER", "yes"),
    ]
    # A flag is what it was resolved to, see `feature_flag`.
    given = [one for one in job.variables if not one.key.startswith("FF_")]
    after = [JobVariable("CI_RUNNER_VERSION", runner_version)] if runner_version else []
    found = JobVariables((*before, *given, *after), complete).expanded()
    if not job.image.name:
        return found
    image = JobVariable("CI_JOB_IMAGE", found.expand(job.image.name))
    return JobVariables((image, *before, *given, *after), complete).expanded()


def environment_of(entries: Any) -> Iterable[JobVariable]:
    """Variables of `environment`; an entry without `=` is none."""
    for text in texts(entries):
        key, equals, value = text.partition("=")
        if equals:
            yield JobVariable(key, value)
