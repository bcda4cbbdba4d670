"""GitLab is away for a while: nothing restarts, the job that runs goes on, and the next one comes when GitLab is back."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from .installed import FULL_NAME, SUCCEEDED, Install, Installed, is_ready, restarts

FIVE_MINUTES = 300


# Probes that give up within seconds, as those of the chart do within a minute or two.
IMPATIENT = {"initialDelaySeconds": 1, "periodSeconds": 2, "timeoutSeconds": 2, "failureThreshold": 2}


def seconds_until_restarted(it: Installed) -> int:
    """How long the manager's probes may fail before something happens."""
    deployment = it.api.get("Deployment", FULL_NAME, it.namespace)
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    probes = [container["livenessProbe"], container["readinessProbe"]]
    # One period more: an outage begins somewhere within one.
    return max(probe["periodSeconds"] * (probe["failureThreshold"] + 1) + probe["timeoutSeconds"] for probe in probes)


@pytest.mark.parametrize(
    ("probe", "seconds"),
    [
        pytest.param(IMPATIENT, seconds_until_restarted, id="longer than probes may fail"),
        pytest.param({}, lambda _: FIVE_MINUTES, id="five minutes", marks=pytest.mark.exhaustive),
    ],
)
def test_an_outage_restarts_nothing_and_jobs_go_on(
    install: Install, probe: dict[str, int], seconds: Callable[[Installed], int]
) -> None:
    it = install({"manager": {"probes": {"liveness": probe, "readiness": probe}}})
    job = it.start_job()

    with it.without_gitlab():
        end = time.monotonic() + seconds(it)
        while time.monotonic() < end:
            assert (is_ready(it.manager()), restarts(it.manager())) == (True, 0)
            time.sleep(1)
        assert "connection refused" in it.log(it.manager())

    next_job = it.start_job()
    assert [it.finish(job), it.finish(next_job)] == [SUCCEEDED, SUCCEEDED]
    assert restarts(it.manager()) == 0
    assert it.left() == []
