"""Pipelines from text."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.gitlab.payload import Order, make_payload
from podrunner.gitlab.repository import Commit
from podrunner.pipeline.document import load_pipeline
from podrunner.pipeline.job import PipelineJob, choose_job, read_job

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COMMIT = Commit(
    "0123456789abcdef0123456789abcdef01234567",
    "main",
    "Add it\n\nAt last.",
    "Ann <ann@example.com>",
    "2026-01-02T03:04:05Z",
)


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., PipelineJob]:
    """Return a function that reads a job from the text of a pipeline; messages call the file `ci.yml`."""
    monkeypatch.chdir(tmp_path)

    def read(text: str, name: str | None = None) -> PipelineJob:
        (tmp_path / "ci.yml").write_text(dedent(text))
        pipeline = load_pipeline((tmp_path / "ci.yml").relative_to(tmp_path))
        return read_job(pipeline, choose_job(pipeline, name))

    return read


@pytest.fixture
def payload(job: Callable[..., PipelineJob]) -> Callable[..., dict[str, Any]]:
    """Return a function that makes the payload of a job from the text of a pipeline."""
    order = Order("http://gitlab.test:8080", "group/project", 42, "job-token", COMMIT)
    return lambda text, name=None: make_payload(job(text, name), order)
