"""GitLab is away for a while: nothing restarts, the job that runs goes on, and the next one comes when GitLab is back.

Five minutes, with the probes of the chart, are in test_faults.py.
"""

from __future__ import annotations

from .installed import FULL_NAME, SUCCEEDED, Install, Installed, restarts

# Probes that give up within seconds, as those of the chart do within a minute or two.
IMPATIENT = {"initialDelaySeconds": 1, "periodSeconds": 2, "timeoutSeconds": 2, "failureThreshold": 2}


def seconds_until_restarted(it: Installed) -> int:
    """How long the manager's probes may fail before something happens."""
    deployment = it.api.get("Deployment", FULL_NAME, it.namespace)
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    probes = [container["livenessProbe"], container["readinessProbe"]]
    # One period more: an outage begins somewhere within one.
    return max(probe["periodSeconds"] * (probe["failureThreshold"] + 1) + probe["timeoutSeconds"] for probe in probes)


def test_an_outage_longer_than_probes_may_fail_restarts_nothing_and_jobs_go_on(install: Install) -> None:
    it = install({"manager": {"probes": {"liveness": IMPATIENT, "readiness": IMPATIENT}}})
    job = it.start_job()

    with it.without_gitlab():
        it.stays_ready(seconds_until_restarted(it))
        assert "connection refused" in it.log(it.manager())

    next_job = it.start_job()
    assert [it.finish(job), it.finish(next_job)] == [SUCCEEDED, SUCCEEDED]
    assert restarts(it.manager()) == 0
    assert it.left() == []
