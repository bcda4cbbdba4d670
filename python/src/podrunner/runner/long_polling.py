"""What makes jobs wait while a runner's request to GitLab is held open: the warnings of GitLab Runner 19.4 itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.config_toml import CONFIG_LONG_POLLING
from podrunner.manifests.objects import maps
from podrunner.runner.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

# Up to this limit of jobs, one request that is held open is a great part of what a runner can do.
_LOW_LIMIT = 2
_DEFAULT_CONCURRENT = 1


def check_long_polling(data: dict[str, Any]) -> Iterator[Fault]:
    """A warning where GitLab Runner gives one: commands/multi.go, checkConfigConcurrency."""
    runners = maps(data.get("runners"))
    concurrent = data.get("concurrent", _DEFAULT_CONCURRENT)
    # What is less than 1 is refused as a number.
    if isinstance(concurrent, int) and 1 <= concurrent < len(runners):
        message = (
            f"{concurrent} jobs at a time for {len(runners)} runners: while one of them waits for GitLab's answer, "
            f"others ask for no job. Set it to {len(runners) + 1} or more."
        )
        yield Fault(CONFIG_LONG_POLLING, ("concurrent",), message)
    for index, runner in enumerate(runners):
        asked, limit = runner.get("request_concurrency", 0), runner.get("limit", 0)
        if not isinstance(asked, int) or asked > 1:
            continue
        path = ("runners", index, "request_concurrency")
        message = "one request at a time: while GitLab holds it open, other jobs of this runner wait. Set it to 2 to 4."
        yield Fault(CONFIG_LONG_POLLING, path, message)
        if isinstance(limit, int) and 0 < limit <= _LOW_LIMIT:
            message = (
                f"{limit} jobs with one request at a time: a request that GitLab holds open keeps them waiting. "
                "Set limit to 5 or more, or request_concurrency to 2 or more."
            )
            yield Fault(CONFIG_LONG_POLLING, ("runners", index, "limit"), message)
