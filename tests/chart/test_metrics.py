"""The metrics that alerts and the dashboard ask for: a real gitlab-runner gives each, with the labels by which it is asked for."""

from __future__ import annotations

import os
import re
import secrets
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podrunner.cases.case import Case
from podrunner.gitlab.stand_in.server import StandInServer, Tokens, make_server
from tests.matrix_cases import helm

FILES = Path(__file__).parents[2] / "chart/files"
ASKED = "".join((FILES / name).read_text() for name in ("alerts.yaml", "dashboard.yaml"))
# Labels that Prometheus adds.
OF_PROMETHEUS = {"namespace", "pod"}
# Enough of a job for GitLab Runner to take it; without a cluster it ends as a system failure.
JOB: dict[str, Any] = {
    "id": 1,
    "token": "job-token",
    "job_info": {"project_id": 1, "time_in_queue_seconds": 400},
    "runner_info": {"timeout": 60},
    "git_info": {"sha": "0123456789abcdef"},
    "image": {"name": "alpine"},
    "variables": [{"key": "GIT_STRATEGY", "value": "none"}],
    "steps": [{"name": "script", "script": ["true"]}],
}
SECONDS = 60


@pytest.fixture(scope="module")
def gitlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandInServer]:
    """A stand-in GitLab that has one job, for the runner `good`; it knows no other."""
    tokens = Tokens(secrets.token_hex(8), {"glrt-good": "good"})
    server = make_server(("127.0.0.1", 0), tokens, tmp_path_factory.mktemp("gitlab"))
    server.jobs.add(JOB, "good")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def config(gitlab: StandInServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release's configuration, without a cluster."""
    away = {"config": {"kubernetes": {"host": "https://127.0.0.1:1"}}}
    url = f"http://127.0.0.1:{gitlab.server_address[1]}"
    lost = {"config": {"url": "http://127.0.0.1:1"}}
    often = {"check_interval": 1}
    runners = {"good": away, "unknown": away, "lost": lost}
    values = {"gitlab": {"url": url}, "config": often, "runners": runners, "manager": {"reloadTokens": False}}
    file = tmp_path_factory.mktemp("manager") / "config.toml"
    file.write_text(helm().render(Case("metrics").with_values(values, "the test")).config.toml.text)
    return file


@pytest.fixture(scope="module")
def manager(config: Path, gitlab_runner: str) -> Iterator[str]:
    """A real manager with that configuration: the address of its metrics."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [gitlab_runner, "run", "--config", str(config), "--listen-address", address]
    tokens = {f"RUNNER_TOKEN_{name.upper()}": f"glrt-{name}" for name in ("good", "unknown", "lost")}
    with (config.parent / "manager.log").open("wb") as log:
        home = {"HOME": str(config.parent)}
        process = subprocess.Popen(command, env=os.environ | tokens | home, stdout=log, stderr=log)
    yield f"http://{address}/metrics"
    process.kill()
    process.wait()


def given(address: str) -> list[tuple[str, dict[str, str], float]]:
    """Every sample: name, labels, value."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            text = answer.read().decode()
    except urllib.error.URLError:
        return []
    lines = [re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line) for line in text.splitlines() if not line.startswith("#")]
    return [(one[1], dict(re.findall(r'(\w+)="([^"]*)"', one[2] or "")), float(one[3])) for one in lines if one]


def wait_for(address: str, name: str, labels: dict[str, str], above: float) -> set[str]:
    """The labels of a metric once it is above a number; an AssertionError when it never is."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        for found, has, value in given(address):
            if found == name and labels.items() <= has.items() and value >= above:
                return set(has)
        time.sleep(0.2)
    raise AssertionError(f"{name}{labels} is not there: {sorted({found for found, _, _ in given(address)})}")


def value_of(address: str, name: str, runner: str = "") -> float:
    """The value of a metric now, of one runner where several have it."""
    return next(value for found, has, value in given(address) if found == name and has.get("runner_name", "") == runner)


def asked() -> set[tuple[str, str, str]]:
    """Every metric: the labels that its sum keeps, its name, and what its labels have to be."""
    return set(
        re.findall(r"(?:by \(([^)]*)\) \((?:\w+\()?)?((?:gitlab_runner|process)_\w+)\{<series>,?([^}]*)\}", ASKED)
    )


def test_the_real_runner_gives_every_metric_with_the_labels_that_are_asked_for(manager: str) -> None:
    found = asked()

    assert len({name for _, name, _ in found}) == 14
    for kept, name, matchers in sorted(found):
        labels = wait_for(manager, name, dict(re.findall(r'(\w+)="([^"]*)"', matchers)), 0)

        assert set(kept.split(", ")) - {""} <= labels | OF_PROMETHEUS, name


def test_what_alerts_are_about_moves_their_metrics(manager: str, config: Path) -> None:
    system_failure = {"runner_name": "good", "failure_reason": "runner_system_failure"}
    wait_for(manager, "gitlab_runner_failed_jobs_total", system_failure, 1)
    wait_for(manager, "gitlab_runner_job_queue_duration_seconds_bucket", {"runner_name": "good", "le": "900"}, 1)
    wait_for(manager, "gitlab_runner_worker_feed_failures_total", {"runner_name": "unknown"}, 2)
    wait_for(manager, "gitlab_runner_api_request_statuses_total", {"endpoint": "request_job", "status": "403"}, 3)
    # Who gets no answer goes on asking.
    wait_for(manager, "gitlab_runner_api_request_statuses_total", {"runner": "lost", "status": "-1"}, 5)
    assert value_of(manager, "gitlab_runner_worker_feed_failures_total", "lost") == 0
    with config.open("a") as file:
        file.write("broken = [")

    # The file that was refused is counted once and not read again, and the manager goes on.
    wait_for(manager, "gitlab_runner_configuration_loading_error_total", {}, 1)
    asked_before = value_of(manager, "gitlab_runner_worker_feeds_total", "good")
    wait_for(manager, "gitlab_runner_worker_feeds_total", {"runner_name": "good"}, asked_before + 3)
    assert value_of(manager, "gitlab_runner_configuration_loading_error_total") == 1
    assert value_of(manager, "gitlab_runner_configuration_loaded_total") == 1
