"""What the tests of the chart share: a render with the one value that every release needs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from podrunner.manifests.rendering import Rendering
from podrunner.manifests.schemas.crds import Crds, load_crds

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
Render = Callable[..., Rendering]


@pytest.fixture
def render(podrunner_render: Render) -> Render:
    """Render the chart with `gitlab.url` set and the given values over it."""

    def with_url(values: dict[str, Any] | None = None, **options: Any) -> Rendering:
        return podrunner_render({"gitlab": {"url": "https://gitlab.example.com"}, **(values or {})}, **options)

    return with_url


@pytest.fixture(scope="session")
def promtool() -> str:
    """Prometheus' tool for rules, of Debian's package prometheus or Prometheus' own archives."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not on PATH: on Debian, apt-get install prometheus")
    return found


@pytest.fixture
def runner_config(render: Render) -> Callable[..., dict[str, Any]]:
    """The `[[runners]]` table of a release whose one runner has the given config, in `podman.mode: none`."""

    def table(config: dict[str, Any], mode: str = "none") -> dict[str, Any]:
        rendering = render({"podman": {"mode": mode}, "runners": {"team": {"config": config}}})
        (runner,) = rendering.config_toml["runners"]
        return dict(runner)

    return table


@pytest.fixture(scope="session")
def monitoring_crds() -> Crds:
    """The Prometheus operator's own CustomResourceDefinitions, from the cache or from the Go module proxy."""
    script = Path(__file__).parents[2] / "ci/generate/crds/monitoring"
    done = subprocess.run([script], capture_output=True, text=True)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        pytest.skip(
            f"ci/generate/crds/monitoring cannot make the CustomResourceDefinitions: {said[-1] if said else 'no reason'}"
        )
    return load_crds([Path(done.stdout.strip())])


@pytest.fixture(scope="session")
def gitlab_runner() -> str:
    """The real gitlab-runner: PODRUNNER_GITLAB_RUNNER, the air gap's build, or the one on PATH."""
    built = CACHE / "podrunner/airgap/bin/gitlab-runner"
    command = os.environ.get("PODRUNNER_GITLAB_RUNNER") or (str(built) if built.exists() else "gitlab-runner")
    found = shutil.which(command)
    if found is None:
        pytest.skip(f"{command} is not here: run ci/airgap/build, or set PODRUNNER_GITLAB_RUNNER to a gitlab-runner")
    return found
