"""Numbers of config.toml that GitLab Runner takes, and takes for another one, without a word in its log.

Sources: the functions `Get…` of common/config.go, and where the fields are used: commands/builds_helper.go,
helpers/trace/buffer.go, executors/kubernetes and its autoscaler, network/client.go. Seen of 19.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.config_toml import CONFIG_FORMAT, CONFIG_IGNORED
from podrunner.manifests.objects import maps, table
from podrunner.runner.fault import Fault
from podrunner.runner.formats import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.path import Path


@dataclass(frozen=True, slots=True)
class Ignored:
    """Numbers from `least` (None: without an end) to `most`, and what counts `instead`; durations are in nanoseconds."""

    most: int
    instead: str
    write: str
    least: int | None = None

    def takes(self, number: Decimal | None) -> bool:
        """Whether a number is one of them."""
        return number is not None and number <= self.most and (self.least is None or number >= self.least)


def _below(least: int, instead: str) -> Ignored:
    return Ignored(least - 1, instead, f"{least} or more")


def _not_above_zero(instead: str, example: str) -> Ignored:
    return Ignored(0, instead, f"a longer time such as {example}")


_NO_LIMIT = _below(0, "no limit, as for 0")
_OF_FILE: dict[str, Ignored] = {
    # `gitlab-runner register` writes a 0 into every file.
    "check_interval": _below(0, "3 seconds, as for 0"),
    "shutdown_timeout": _below(0, "30 seconds, as for 0"),
    "connection_max_age": _below(0, "no time at all: it closes its connections before each request"),
    "session_server.session_timeout": _below(1, "1800 seconds"),
}
_OF_RUNNER: dict[str, Ignored] = {
    "limit": _NO_LIMIT,
    "output_limit": _below(0, "0 bytes: the log of every job is empty"),
    "unhealthy_requests_limit": _below(1, "3"),
    "unhealthy_interval": _below(0, "no time, as for 0"),
    "job_status_final_update_retry_limit": _below(1, "10"),
    "prepare_timeout": _not_above_zero("the timeout of the job", '"10m"'),
    "get_sources_timeout": _not_above_zero("the timeout of the job", '"10m"'),
    "artifact.upload_timeout": _below(0, "no limit, as for 0"),
    "artifact.response_header_timeout": _below(0, "no limit, as for 0"),
    "cache.MaxUploadedArchiveSize": _NO_LIMIT,
    "cache.s3.AssumeRoleMaxConcurrency": Ignored(0, "5", "-1 for no limit", least=0),
    "monitoring.job_queuing_durations.threshold": _not_above_zero("none: it counts no job", '"5m"'),
    "experimental.boot_verify.timeout": _not_above_zero("5 minutes", '"1m"'),
    "experimental.boot_verify.acquire_min_backoff": _not_above_zero("1 second", '"2s"'),
    "experimental.boot_verify.acquire_max_backoff": _not_above_zero("10 seconds", '"20s"'),
    "kubernetes.poll_interval": _below(1, "3 seconds"),
    "kubernetes.poll_timeout": _below(1, "180 seconds"),
    "kubernetes.resource_availability_check_max_attempts": _below(0, "5, and for 0 it does not check"),
    "kubernetes.retry_limit": _below(1, "5"),
    "kubernetes.cleanup_resources_timeout": _not_above_zero("5 minutes", '"10m"'),
    "kubernetes.cleanup_grace_period_seconds": _below(0, "1 second, as Kubernetes does"),
    "kubernetes.autoscaler.max_pause_pods": _NO_LIMIT,
    "kubernetes.autoscaler.policy.scale_factor": _below(0, "0, which is no factor"),
    "kubernetes.autoscaler.policy.scale_factor_limit": _NO_LIMIT,
}
# Of these there are several kinds.
_BACKOFF = (_below(1, "2000 milliseconds"), Ignored(499, "500 milliseconds", "500 or more", least=1))
_RETRIES = _below(0, "0: it asks once")


def number_faults(data: dict[str, Any]) -> Iterator[Fault]:
    """A warning for each number that means another one, an error for those that make the file unreadable."""
    for name, ignored in _OF_FILE.items():
        yield from _faults(data, (), name, ignored)
    yield from _log_fields(data)
    for index, runner in enumerate(maps(data.get("runners"))):
        path: Path = ("runners", index)
        for name, ignored in _OF_RUNNER.items():
            yield from _faults(runner, path, name, ignored)
        for ignored in _BACKOFF:
            yield from _faults(runner, path, "kubernetes.retry_backoff_max", ignored)
        for text in table(table(runner.get("kubernetes")).get("retry_limits")):
            limits = {"limit": runner["kubernetes"]["retry_limits"][text]}
            for fault in _faults(limits, (), "limit", _RETRIES):
                yield Fault(fault.rule, (*path, "kubernetes", "retry_limits", text), fault.reason, about=fault.about)


def _faults(data: dict[str, Any], path: Path, name: str, ignored: Ignored) -> Iterator[Fault]:
    """A fault for the number at a dotted name, or for each where a table on the way is one of several."""
    first, _, rest = name.partition(".")
    value = data.get(first)
    if rest:
        for index, one in enumerate(maps(value) if isinstance(value, list) else [table(value)]):
            yield from _faults(one, (*path, first, index) if isinstance(value, list) else (*path, first), rest, ignored)
        return
    if ignored.takes(_number(value)):
        reason = f"is {value}, for which GitLab Runner takes {ignored.instead}. Write {ignored.write}, or remove it."
        yield Fault(CONFIG_IGNORED, (*path, first), reason, about=str(value))


def _number(value: Any) -> Decimal | None:
    """The number, or the nanoseconds of a duration; None for all else, which is told elsewhere."""
    if isinstance(value, str):
        return nanoseconds(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        return None
    return Decimal(value)


def _log_fields(data: dict[str, Any]) -> Iterator[Fault]:
    """Both default to 0: validateLogFieldSettings of common/config.go."""
    version, target = data.get("log_field_schema_version", 0), data.get("log_field_dual_emit_target", 0)
    if isinstance(version, int) and isinstance(target, int) and (target < 0 or 0 < target <= version):
        reason = f"must be 0, or more than log_field_schema_version, which is {version}, is {target}."
        yield Fault(CONFIG_FORMAT, ("log_field_dual_emit_target",), reason, about=str(target))
