"""The model of what GitLab Runner makes for a job against the real runner, over drawn configurations.

Drawn are all keys of [runners.kubernetes] but those of `drawing.LEFT_OUT`, the modes of the chart, patches, services,
feature flags, and the variables of jobs. Left out beside keys: Windows, PowerShell, `proxy_exec`, jobs made of steps, labels
without a name.
PODRUNNER_DRAWN is how many are drawn, from a seed that PODRUNNER_SEED is.
"""

from __future__ import annotations

import os
import re
import time
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cases.case import Case
from podrunner.runner.job_pod import (
    containers,
    metadata,
    objects,
    overwrites,
    patches,
    security_context,
    services,
    volumes,
)
from podrunner.runner.job_pod.request import JobImage, JobRequest
from podrunner.runner.job_pod.variables import JobVariables

from .comparison import differences, modelled
from .drawing import LEFT_OUT, Drawn, draw, drawn_keys, key_names, left_out
from .recording import OPEN, Recorded, Recorder
from .release import CHART, render

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .trial import Bench

SEED = int(os.environ.get("PODRUNNER_SEED", "194"))
COUNT = int(os.environ.get("PODRUNNER_DRAWN", "300"))
# So many runners in one manager: more at once only wait for each other.
BATCH = 150
# Deviation of the model → (module or class, name in it, what is there instead).
PLANTED: dict[str, tuple[Any, str, Any]] = {
    "services do not get the user of the pod": (security_context, "_WITH_IDS", ("build", "helper")),
    "another capability is dropped": (security_context, "_DROPPED", "MKNOD"),
    "labels are not cut": (metadata, "label_value", lambda text: text),
    "mounts have no propagation": (volumes, "_PROPAGATED", ()),
    "a pattern is a text that must be equal": (
        overwrites,
        "go_pattern",
        lambda pattern: re.compile(rf"\A(?:{re.escape(pattern)})\Z"),
    ),
    "services have no names of their own": (services, "_alias", lambda *_: ""),
    "mounts are not joined by path": (
        patches,
        "MERGE_KEYS",
        {k: v for k, v in patches.MERGE_KEYS.items() if k != "volumeMounts"},
    ),
    "patches keep the order": (patches, "_ordered", lambda items, *_: items),
    "every toleration is Exists": (objects, "_toleration", lambda of, *_: {"key": of, "operator": "Exists"}),
    "no DNS is that of the node": (objects, "_DNS", {**objects._DNS, "none": "Default"}),
    "references stay as they are": (JobVariables, "expand", lambda *of: of[1]),
    "pull policies are not said": (containers, "_pull_policy", lambda *_: {}),
}


@pytest.fixture(scope="module")
def recorder(bench: Bench) -> Iterator[Recorder]:
    """Return namespaces that take no pods, and accounts."""
    made = Recorder(bench)
    yield made
    made.close()


@pytest.fixture(scope="module")
def drawn(bench: Bench) -> list[Drawn]:
    """Return the configurations of this run; three of ten begin with that of a mode of the chart."""
    random, bases = Random(SEED), []
    for mode, preset in ((None, None), *zip(CHART.presets, CHART.presets, strict=True)):
        layers = (CHART.preset(preset),) if preset else ()
        release = render(Case(mode or "none", layers), bench.gitlab.url, bench.cluster.version)
        bases.append(dict(release.runners[0].entry["kubernetes"]))
    return [draw(random, index, random.choice(bases) if random.random() < 0.3 else {}) for index in range(COUNT)]


@pytest.fixture(scope="module")
def recorded(drawn: list[Drawn], recorder: Recorder, tmp_path_factory: pytest.TempPathFactory) -> list[Recorded]:
    """Return what the runner sent for them."""
    begin = time.monotonic()
    found: list[Recorded] = []
    for first in range(0, len(drawn), BATCH):
        found += recorder.record(drawn[first : first + BATCH], tmp_path_factory.mktemp("manager"))
    print(f"\n{len(found)} drawn configurations in {time.monotonic() - begin:.0f} s")
    return found


def test_the_model_and_the_runner_differ_in_nothing(recorded: list[Recorded], recorder: Recorder) -> None:
    made = [one for one in recorded if one.pod is not None]
    found = differences(recorded, recorder)
    print(f"{len(recorded)} drawn, {len(made)} pods, {len(recorded) - len(made)} refused, {len(found)} differ")

    assert found == {}
    # Neither refusal nor pod is the exception.
    assert len(recorded) * 0.4 < len(made) < len(recorded)


def test_every_key_is_drawn_or_said_to_be_left_out(drawn: list[Drawn]) -> None:
    names = set(key_names())
    found = {name for one in drawn for name in drawn_keys(one.runner["kubernetes"])}

    assert {name for name in names - found if not left_out(name)} == set()
    # What is left out is a key, and is not drawn all the same.
    assert {name for name in LEFT_OUT if not any(f"{one}.".startswith(f"{name}.") for one in names)} == set()
    assert {name for name in found if left_out(name)} == set()


@pytest.mark.parametrize("deviation", PLANTED)
def test_a_deviation_of_the_model_is_found(
    deviation: str, recorded: list[Recorded], recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = modelled(recorded)
    monkeypatch.setattr(*PLANTED[deviation])
    changed = [one for one, before, after in zip(recorded, right, modelled(recorded), strict=True) if before != after]

    assert differences(changed[:5], recorder) != {}


def test_budget_and_services_are_as_modelled(recorder: Recorder, tmp_path: Path) -> None:
    kubernetes = {"namespace": OPEN, "image": "alpine", "pod_disruption_budget": True}
    web = JobImage("alpine", ports=(8080, 9090))
    beside = (JobImage("nginx", "My.Web other", ports=(80,)), JobImage("redis", ports=(6379,)))
    jobs = [JobRequest(), JobRequest(image=web), JobRequest(services=beside)]
    several = [
        Drawn({"name": f"made {index}", "executor": "kubernetes", "kubernetes": kubernetes}, job)
        for index, job in enumerate(jobs)
    ]
    # A budget for each, and a Service for each name of what has ports.
    found = recorder.record_made(several, tmp_path, kinds=3 + 1 + 3)

    assert [sorted(body["kind"] for body in one.others) for one in found] == [
        ["PodDisruptionBudget", "Secret"],
        ["PodDisruptionBudget", "Secret", "Service"],
        ["PodDisruptionBudget", "Secret", "Service", "Service", "Service"],
    ]
    assert differences(found, recorder) == {}
