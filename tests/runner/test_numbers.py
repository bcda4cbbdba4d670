"""Numbers that GitLab Runner 19.4 takes for others, each told with what counts instead."""

from __future__ import annotations

import pytest

from podrunner.runner.check import check_config
from podrunner.runner.formats import nanoseconds
from podrunner.runner.numbers import number_faults

NO_LIMIT = "is -1, for which GitLab Runner takes no limit, as for 0. Write 0 or more, or remove it."
IGNORED = {
    ("limit", -1): NO_LIMIT,
    (
        "output_limit",
        -1,
    ): "is -1, for which GitLab Runner takes 0 bytes: the log of every job is empty. Write 0 or more, or remove it.",
    ("unhealthy_requests_limit", 0): "is 0, for which GitLab Runner takes 3. Write 1 or more, or remove it.",
    (
        "job_status_final_update_retry_limit",
        -1,
    ): "is -1, for which GitLab Runner takes 10. Write 1 or more, or remove it.",
    ("prepare_timeout", "0s"): (
        'is 0s, for which GitLab Runner takes the timeout of the job. Write a longer time such as "10m", or remove it.'
    ),
    (
        "unhealthy_interval",
        "-1m",
    ): "is -1m, for which GitLab Runner takes no time, as for 0. Write 0 or more, or remove it.",
    ("kubernetes.poll_timeout", -1): "is -1, for which GitLab Runner takes 180 seconds. Write 1 or more, or remove it.",
    ("kubernetes.poll_interval", 0): "is 0, for which GitLab Runner takes 3 seconds. Write 1 or more, or remove it.",
    ("kubernetes.retry_limit", -1): "is -1, for which GitLab Runner takes 5. Write 1 or more, or remove it.",
    (
        "kubernetes.retry_backoff_max",
        0,
    ): "is 0, for which GitLab Runner takes 2000 milliseconds. Write 1 or more, or remove it.",
    ("kubernetes.retry_backoff_max", 100): (
        "is 100, for which GitLab Runner takes 500 milliseconds. Write 500 or more, or remove it."
    ),
    ("kubernetes.cleanup_grace_period_seconds", -1): (
        "is -1, for which GitLab Runner takes 1 second, as Kubernetes does. Write 0 or more, or remove it."
    ),
    ("kubernetes.cleanup_resources_timeout", 0): (
        'is 0, for which GitLab Runner takes 5 minutes. Write a longer time such as "10m", or remove it.'
    ),
    ("kubernetes.resource_availability_check_max_attempts", -1): (
        "is -1, for which GitLab Runner takes 5, and for 0 it does not check. Write 0 or more, or remove it."
    ),
    ("kubernetes.autoscaler.max_pause_pods", -1): NO_LIMIT,
    ("cache.MaxUploadedArchiveSize", -1): NO_LIMIT,
    (
        "cache.s3.AssumeRoleMaxConcurrency",
        0,
    ): "is 0, for which GitLab Runner takes 5. Write -1 for no limit, or remove it.",
    ("experimental.boot_verify.timeout", "-1s"): (
        'is -1s, for which GitLab Runner takes 5 minutes. Write a longer time such as "1m", or remove it.'
    ),
}


def below(name: str, value: object) -> dict[str, object]:
    """A table in tables, by its dotted name."""
    first, _, rest = name.partition(".")
    return {first: below(rest, value) if rest else value}


@pytest.mark.parametrize(("name", "value"), IGNORED)
def test_a_number_that_means_another_one_is_told_with_what_counts_instead(name: str, value: object) -> None:
    (fault,) = number_faults({"runners": [below(name, value)]})

    assert (fault.path, fault.reason) == (("runners", 0, *name.split(".")), IGNORED[name, value])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", 0),
        ("output_limit", 1),
        ("prepare_timeout", "1ns"),
        ("kubernetes.poll_timeout", 1),
        ("kubernetes.retry_backoff_max", 500),
        ("kubernetes.resource_availability_check_max_attempts", 0),
        ("kubernetes.cleanup_grace_period_seconds", 0),
        ("cache.s3.AssumeRoleMaxConcurrency", -1),
        ("kubernetes.retry_limit", "five"),
        ("kubernetes.autoscaler.policy", [{"scale_factor": float("nan")}]),
        ("kubernetes.poll_interval", True),
    ],
)
def test_a_number_that_means_itself_is_not_told_and_what_is_none_is_told_elsewhere(name: str, value: object) -> None:
    assert list(number_faults({"runners": [below(name, value)]})) == []


def test_numbers_of_the_whole_file_and_of_tables_in_lists_are_told_at_their_lines() -> None:
    text = (
        "concurrent = 1\ncheck_interval = -1\nshutdown_timeout = 0\n[session_server]\nsession_timeout = 0\n[[runners]]\n"
        '[runners.kubernetes.retry_limits]\n"exceeded quota" = -1\n'
        "[[runners.monitoring.job_queuing_durations]]\nthreshold = 0\n"
    )
    assert [str(one) for one in check_config(text) if one.rule.code == "config-ignored"] == [
        "config.toml:2: warning: check_interval: is -1, for which GitLab Runner takes 3 seconds, as for 0. Write 0 or more, "
        "or remove it. [config-ignored]",
        "config.toml:5: warning: session_server.session_timeout: is 0, for which GitLab Runner takes 1800 seconds. "
        "Write 1 or more, or remove it. [config-ignored]",
        "config.toml:8: warning: runners[0].kubernetes.retry_limits.exceeded quota: is -1, for which GitLab Runner takes 0: "
        "it asks once. Write 0 or more, or remove it. [config-ignored]",
        "config.toml:10: warning: runners[0].monitoring.job_queuing_durations[0].threshold: is 0, for which GitLab Runner "
        'takes none: it counts no job. Write a longer time such as "5m", or remove it. [config-ignored]',
    ]


@pytest.mark.parametrize(("version", "target"), [(0, -1), (2, 2), (2, 1)])
def test_fields_of_the_log_go_forward(version: int, target: int) -> None:
    data = {"log_field_schema_version": version, "log_field_dual_emit_target": target}
    (fault,) = number_faults(data)

    assert fault.reason == f"must be 0, or more than log_field_schema_version, which is {version}, is {target}."
    assert list(number_faults({**data, "log_field_dual_emit_target": version + 1})) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [("1h30m", 5400 * 10**9), ("-1.5s", -15 * 10**8), ("0", 0), ("1s-2m", None), ("\N{ARABIC-INDIC DIGIT ONE}s", None)],
)
def test_a_duration_is_as_long_as_go_reads_it(text: str, number: int | None) -> None:
    assert nanoseconds(text) == number
