"""GitLab Runner warns of configurations in which its requests for jobs wait for each other; the chart's defaults are none."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from podrunner.manifests.rendering import Rendering

PRESETS = ["openshift", "privileged", "unprivileged", "unprivileged-root", "user-namespace"]
NOWHERE = "https://127.0.0.1:1"


def warnings(gitlab_runner: str, rendering: Rendering, folder: Path) -> list[str]:
    """The issues that the real GitLab Runner finds in a configuration when it starts."""
    config = folder / "config.toml"
    # No other program may listen on the port.
    config.write_text(rendering.config.toml.text.replace('listen_address = ":9252"\n', ""), encoding="utf-8")
    tokens = {runner["token"].removeprefix("$"): "glrt-0123456789" for runner in rendering.config_toml["runners"]}
    command = [gitlab_runner, "run", "--config", str(config)]
    said = []
    with subprocess.Popen(
        command, env=os.environ | tokens, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        for line in process.stderr or ():
            said.append(line.strip())
            # What it says next needs the configuration.
            if line.startswith("Initializing executor providers"):
                break
        process.kill()
    assert any(line.startswith("Configuration loaded") for line in said), said
    return [line.removeprefix("- ") for line in said if "bottleneck" in line]


@pytest.mark.process
@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_gives_no_warning(render: Any, gitlab_runner: str, tmp_path: Path, preset: str) -> None:
    rendering = render({"gitlab": {"url": NOWHERE}}, preset=preset)

    assert warnings(gitlab_runner, rendering, tmp_path) == []


@pytest.mark.process
def test_a_runner_without_the_default_is_warned_of(render: Any, gitlab_runner: str, tmp_path: Path) -> None:
    config = {"request_concurrency": None, "limit": 2}
    rendering = render({"gitlab": {"url": NOWHERE}, "runners": {"a": {"config": config}}})

    assert warnings(gitlab_runner, rendering, tmp_path) == [
        "Request bottleneck: 1 runners have request_concurrency=1, causing job delays during long polling",
        "Build limit bottleneck: 1 runners have low 'limit' settings (≤2) with request_concurrency=1",
    ]


@pytest.mark.process
def test_fewer_jobs_at_a_time_than_runners_are_warned_of(render: Any, gitlab_runner: str, tmp_path: Path) -> None:
    values = {"gitlab": {"url": NOWHERE}, "config": {"concurrent": 1}, "runners": {"a": {}, "b": {}}}

    assert warnings(gitlab_runner, render(values), tmp_path) == [
        "Worker starvation bottleneck: 'concurrent' setting (1) is less than number of runners (2)"
    ]


def test_the_mode_none_sets_no_number_of_requests(render: Any) -> None:
    (none,) = render({"podman": {"mode": "none"}}).config_toml["runners"]

    assert "request_concurrency" not in none


def test_a_runner_sets_another_number_of_requests(render: Any) -> None:
    values = {
        "jobs": {"config": {"request_concurrency": 20}},
        "runners": {"a": None, "b": {"config": {"request_concurrency": 2}}},
    }

    assert [one["request_concurrency"] for one in render(values).config_toml["runners"]] == [20, 2]
