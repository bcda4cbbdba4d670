"""docs/guarantees.md, made from the faults of tests/smoke/faults.yaml and what tests saw of them, docs/guarantees.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ci.generate.pages import table
from ci.generate.sources import load

if TYPE_CHECKING:
    from collections.abc import Iterator

FAULTS: dict[str, dict[str, str]] = load("tests/smoke/faults.yaml")
RECORDS: dict[str, dict[str, Any]] = load("docs/guarantees.json")

_HEAD = """\
# What becomes of a job

<!-- Made from tests/smoke/faults.yaml and docs/guarantees.json by `make generate`. -->

Each line was tried with a real GitLab Runner and a real job on a kind cluster with two workers.
The manager ran on one worker, the job's pod on the other.
Besides that, values were the chart's defaults, with shorter intervals: the runner asked for jobs every second, and pods of jobs had one second to end.
The stand-in for GitLab took down what the runner told it.

"""
_AFTER = """
Seconds are those from the beginning of the fault until GitLab knows the end of the job, or until nobody waited any longer.
They include what the fault itself takes, such as five minutes without GitLab, and were measured on a busy machine.
Tests (`tests/smoke/test_faults.py`) compare everything else with what they see.

"""
_RETRY = """
## What GitLab does next

By default GitLab does not repeat a job that failed for one of these reasons.
[`retry`](https://docs.gitlab.com/ci/yaml/#retry) says for which reasons it does, and how often:

```yaml
build:
  script: [make]
  retry: {max: 2, when: [runner_system_failure]}
```

A job that hangs is one of which GitLab hears nothing any more.
GitLab ends it by its own rules, after its timeout or after an hour without news, with the reason `stuck_or_timeout_failure`, which `retry` knows as well.
The stand-in has no such rule, so this was not tried here.

## What is left

By default, nobody removes what a killed manager leaves.
The Secret belongs to the pod and goes with it.
The containers of the pod end at its deadline (`activeDeadlineSeconds`), which the runner sets to the job's timeout plus one second.
Kubernetes keeps the ended pod until somebody deletes it, or until there are very many (`terminated-pod-gc-threshold`).
"""


def text() -> str:
    """The page, as Markdown."""
    rows = [row(fault["fault"], RECORDS[name]) for name, fault in FAULTS.items()]
    head = ("what happens", "the job", "GitLab gets", "seconds", "left afterwards")
    return f"{_HEAD}{table(head, rows)}{_AFTER}{''.join(_notes())}{_versions()}{_RETRY}"


def row(fault: str, record: dict[str, Any]) -> tuple[str, str, str, str, str]:
    """A line of the table: what happens, the job's end, what GitLab got, seconds, what is left."""
    state, seconds = record["outcome"], f"{record['seconds']:,}"
    until = [f"Its deadline: {record['deadline']:,} s after its start"] if record["deadline"] else []
    left = "<br>".join((*record["left"], *until)) or "nothing"
    if state == "hangs":
        return fault, "hangs", "nothing", f"more than {seconds}", left
    if state == "fails":
        return fault, "fails", f"`failed`, `{record['reason']}`", seconds, left
    return fault, "**finishes**", "`success`", seconds, left


def _notes() -> Iterator[str]:
    for fault in FAULTS.values():
        if "means" in fault:
            yield f"- {fault['fault']}: {fault['means']}\n"


def _versions() -> str:
    dates = sorted({record["date"] for record in RECORDS.values()})
    found = {f"Kubernetes {record['kubernetes']}, GitLab Runner {record['runner']}" for record in RECORDS.values()}
    return f"\nLast run: {' to '.join(dict.fromkeys((dates[0], dates[-1])))}, {' and '.join(sorted(found))}.\n"
