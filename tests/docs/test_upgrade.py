"""docs/upgrade.md: its table says what the chart's own files say, and what was run."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).parent))

from documentation import ROOT

from podrunner.chart.chart import Chart
from podrunner.runner.job_pod.objects import MODELLED

CHART = yaml.safe_load((ROOT / "chart/Chart.yaml").read_text())
(ROW,) = [line for line in (ROOT / "docs/upgrade.md").read_text().splitlines() if line.startswith("| 0.")]
VERSION, RUNNER, HELM, KUBERNETES = (cell.strip() for cell in ROW.strip("|").split("|"))


def test_the_row_is_of_the_chart_as_it_is() -> None:
    assert CHART["version"].startswith(f"{VERSION}.")


def test_runners_are_those_that_the_modes_take_and_the_chart_installs() -> None:
    (needed,) = {mode["runner"] for name, mode in Chart.open().modes.items() if name != "none"}

    assert f"{needed} or newer; {CHART['appVersion']} by default; jobs ran with {MODELLED}" == RUNNER


def test_kubernetes_begins_where_the_chart_begins() -> None:
    assert CHART["kubeVersion"] == f">={KUBERNETES.partition(' or newer')[0]}.0-0"


def test_what_was_run_is_what_the_air_gap_builds() -> None:
    text = (ROOT / "ci/airgap/versions.env").read_text()
    built = dict(re.findall(r"(\w+)_VERSION=(\S+)", text))

    assert f"jobs ran on {built['K8S']};" in KUBERNETES
    assert HELM.endswith(f", {built['HELM3']} and {built['HELM']}")
    assert RUNNER.endswith(f"jobs ran with {built['RUNNER']}")
