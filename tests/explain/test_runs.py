"""What was seen of real jobs that lacked one thing, explained again without a cluster.

tests/smoke/test_negative_pairs.py makes the files in runs/ with PODRUNNER_KEEP_RUNS=1; `log` is the job's log.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from podrunner.explain.diagnosis import examine

HERE = Path(__file__).parent
RUNS = sorted((HERE / "runs").glob("*.yaml"))
PAIRS: dict[str, dict[str, Any]] = yaml.safe_load((HERE.parent / "smoke/negative_pairs.yaml").read_text("utf-8"))


def read(run: Path) -> dict[str, list[str]]:
    seen: dict[str, list[str]] = yaml.safe_load(run.read_text("utf-8"))
    return seen


@pytest.mark.parametrize("run", RUNS, ids=[run.stem for run in RUNS])
def test_the_cause_of_a_run_is_named_by_its_log_pod_events_and_manager(run: Path) -> None:
    seen = read(run)

    explanation = examine(seen.pop("log"), others=seen)

    assert explanation.cause is not None
    assert explanation.cause.id == PAIRS[run.stem]["cause"]


@pytest.mark.parametrize("run", RUNS, ids=[run.stem for run in RUNS])
def test_the_cause_of_a_run_is_named_by_its_log(run: Path) -> None:
    explanation = examine(read(run)["log"])

    assert explanation.cause is not None
    assert explanation.cause.id == PAIRS[run.stem].get("log", PAIRS[run.stem]["cause"])


def test_every_pair_has_a_run() -> None:
    assert {run.stem for run in RUNS} == set(PAIRS)
