"""What is measured against `helm template`: the same values, in the same run, and no absolute time as a target."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median

import pytest

from bench.check import measures
from bench.check.case_set import write_cases
from bench.check.measures import Bench
from podrunner.findings.errors import PodrunnerError

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "chart"
# Stands for helm: says what it was called with, and takes 0.05 seconds of CPU time.
HELM = f"""#!{sys.executable}
import json, pathlib, sys, time
pathlib.Path(__file__).with_name("arguments").write_text(json.dumps(sys.argv[1:]))
while time.process_time() < 0.05:
    pass
"""


def bench(folder: Path, helm: str = HELM) -> Bench:
    command = folder / "helm"
    command.write_text(helm)
    command.chmod(0o755)
    cases = write_cases(folder / "cases", 1)
    return Bench(CHART, cases, {"helm": command}, scripts={}, suites={}, repeat=1, rounds=2)


def arguments_of_helm(folder: Path) -> list[str]:
    return list(json.loads((folder / "arguments").read_text()))


@pytest.mark.process
def test_a_render_is_compared_with_the_cpu_time_of_helm_template(tmp_path: Path) -> None:
    without, with_schema = measures.renders(bench(tmp_path))

    helm, ours = without.series
    assert without.what == "one render in process, without schema validation: helm template"
    assert without.value == median(peer / own for peer, own in zip(helm.values, ours.values, strict=True))
    assert (without.unit, without.limit, without.at_least) == ("times our CPU time", 5.0, True)
    assert [50 <= value < 250 for value in helm.values] == [True, True]
    assert with_schema.series[0] == helm
    assert with_schema.what == "one render in process, with schema validation: helm template"
    assert with_schema.limit is None


@pytest.mark.process
def test_the_start_is_compared_with_the_time_of_helm_template(tmp_path: Path) -> None:
    start = measures.start(bench(tmp_path))

    ours, helm = start.series
    assert start.what == "start to first output, one values file"
    assert start.value == median(own / peer for own, peer in zip(ours.values, helm.values, strict=True))
    assert (start.unit, start.limit, start.at_least) == ("times helm template's time", 3.5, False)
    assert len(helm.values) == 2


@pytest.mark.process
@pytest.mark.parametrize("measure", [lambda one: list(measures.renders(one)), measures.start], ids=["render", "start"])
def test_helm_template_gets_the_values_that_podrunner_gets(measure, tmp_path: Path) -> None:
    measure(bench(tmp_path))

    values = str(tmp_path / "cases/values/team-000.yaml")
    assert arguments_of_helm(tmp_path) == [
        "template", "team-000", str(CHART), "--namespace", "team-000", "--values", values,
    ]  # fmt: skip


@pytest.mark.process
@pytest.mark.parametrize("measure", [lambda one: list(measures.renders(one)), measures.start], ids=["render", "start"])
def test_a_helm_that_fails_is_not_a_measurement(measure, tmp_path: Path) -> None:
    with pytest.raises(PodrunnerError, match=r"helm template team-000 .*: exit code 3\n"):
        measure(bench(tmp_path, "#!/bin/sh\nexit 3\n"))


@pytest.mark.process
def test_the_idle_plugin_is_compared_with_pytest_alone(tmp_path: Path) -> None:
    idle = measures.idle_plugin(bench(tmp_path))

    without, with_plugin = idle.series
    assert idle.value == median(more / less for more, less in zip(with_plugin.values, without.values, strict=True))
    assert (idle.unit, idle.limit, idle.at_least) == ("times pytest's time", 1.25, False)
