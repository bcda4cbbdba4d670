"""What the chart refuses, at the value that somebody wrote and by its name."""

from __future__ import annotations

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.findings.finding import Finding, errors
from podrunner.formats.placed import read_values
from podrunner.helm.renderer import renderer

CHART = Chart.open()
URL = "gitlab: {url: https://gitlab.example.com}\n"


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(renderer("library", CHART))


def _one(checker: Checker, text: str) -> Finding:
    (finding,) = errors(checker.check(Case("a", (read_values(URL + text, "values.yaml"),))).findings)
    return finding


@pytest.mark.parametrize(
    ("text", "line", "begin"),
    [
        (
            "jobs:\n  config:\n    kubernetes:\n      service_account: ''\n",
            5,
            "jobs.config.kubernetes.service_account is empty:",
        ),
        (
            "jobs:\n  config:\n    kubernetes:\n      service_container_security_context:\n        capabilities:\n"
            "          add: [SYS_ADMIN]\n",
            7,
            "jobs.config.kubernetes.service_container_security_context.capabilities.add has SYS_ADMIN,",
        ),
        # The nearest map around it.
        (
            "jobs:\n  config:\n    kubernetes:\n      privileged: true\n",
            4,
            "jobs.config.kubernetes makes job containers privileged,",
        ),
        # A runner's own is called by the runner's name, …
        (
            "runners:\n  a:\n    config:\n      kubernetes:\n        service_account: ''\n",
            6,
            "runners.a.config.kubernetes.service_account is empty:",
        ),
        # … also when it has other settings for itself.
        (
            "runners:\n  a:\n    config: {limit: 2}\njobs:\n  config:\n    kubernetes:\n      service_account: ''\n",
            8,
            "jobs.config.kubernetes.service_account is empty:",
        ),
        # What is said of podman is found at the runner whose podman it is.
        (
            "runners:\n  a:\n    podman:\n      run: true\n",
            5,
            "podman.run is true, but podman.mode is unprivileged (runners.a):",
        ),
    ],
)
def test_a_refusal_names_the_value_as_it_is_written_and_its_line(
    checker: Checker, text: str, line: int, begin: str
) -> None:
    finding = _one(checker, text)

    assert finding.message[: len(begin)] == begin
    assert (finding.file, finding.line) == ("values.yaml", line)


def test_a_refusal_that_speaks_of_two_values_names_both_as_they_are_written(checker: Checker) -> None:
    text = "podman: {storage: {size: 50Gi}}\njobs: {config: {kubernetes: {ephemeral_storage_limit: 20Gi}}}\n"

    finding = _one(checker, text)

    assert finding.message.startswith(
        "podman.storage.size is 50Gi, but jobs.config.kubernetes.ephemeral_storage_limit is 20Gi: "
    )
    assert finding.line == 2
