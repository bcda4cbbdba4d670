"""What the tests of the chart share: a render with the one value that every release needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from podrunner.helm import Rendering

Render = Callable[..., Rendering]


@pytest.fixture
def render(podrunner_render: Render) -> Render:
    """Render the chart with `gitlab.url` set and the given values over it."""

    def with_url(values: dict[str, Any] | None = None, **options: Any) -> Rendering:
        return podrunner_render({"gitlab": {"url": "https://gitlab.example.com"}, **(values or {})}, **options)

    return with_url


@pytest.fixture
def runner_config(render: Render) -> Callable[..., dict[str, Any]]:
    """The `[[runners]]` table of a release whose one runner has the given config, in `podman.mode: none`."""

    def table(config: dict[str, Any], mode: str = "none") -> dict[str, Any]:
        rendering = render({"podman": {"mode": mode}, "runners": {"team": {"config": config}}})
        (runner,) = rendering.config_toml["runners"]
        return dict(runner)

    return table
