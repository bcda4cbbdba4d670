"""docs/guarantees.md says of every fault that a test does what the test saw, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from ci.generate.guarantees import FAULTS, RECORDS, row


def test_every_fault_is_done_by_a_test_and_was_recorded(checkout: Path) -> None:
    text = (checkout / "tests/smoke/test_faults.py").read_text()
    done = re.findall(r'begin\("([a-z-]+)"', text)

    assert sorted(done) == sorted(FAULTS) == sorted(RECORDS)


def test_a_job_that_finishes_leaves_nothing() -> None:
    record = {"outcome": "finishes", "reason": "", "seconds": 4, "left": [], "deadline": 0}

    assert row("The manager is evicted", record) == (
        *("The manager is evicted", "**finishes**", "`success`", "4", "nothing"),
    )


def test_a_job_that_fails_is_told_with_the_reason_that_gitlab_got() -> None:
    record = {"outcome": "fails", "reason": "runner_system_failure", "seconds": 1200, "left": [], "deadline": 0}

    assert row("The node is gone", record) == (
        *("The node is gone", "fails", "`failed`, `runner_system_failure`", "1,200", "nothing"),
    )


def test_a_job_that_hangs_is_told_with_what_is_left_and_until_when_it_runs() -> None:
    record = {"outcome": "hangs", "reason": "", "seconds": 105, "left": ["Pod of the job (Failed)"], "deadline": 91}

    assert row("The manager is killed", record) == (
        *("The manager is killed", "hangs", "nothing", "more than 105"),
        "Pod of the job (Failed)<br>Its deadline: 91 s after its start",
    )
