"""The dashboard of metrics.dashboard: what its panels ask, answered by Prometheus' own promtool, and how they lie."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from podrunner.findings.errors import RenderError

HERE = Path(__file__).parent
KNOWN: dict[str, Any] = yaml.safe_load((HERE / "dashboard.yaml").read_text())
# Grafana chooses it by the time that is shown and the interval of scrapes.
RATE_INTERVAL = ("$__rate_interval", "5m")


def dashboard(render: Any, metrics: dict[str, Any] | None = None) -> dict[str, Any]:
    """The JSON of the release `ci` in the namespace `ci`."""
    values = {"metrics": {"dashboard": {"enabled": True}, **(metrics or {})}}
    found = render(values, release="ci", namespace="ci").object("ConfigMap", "ci-podrunner-dashboard")
    (text,) = found["data"].values()
    return dict(json.loads(text))


def panels(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Title → panel, of those that show something."""
    return {panel["title"]: panel for panel in found["panels"] if panel["type"] != "row"}


@pytest.mark.process
def test_every_expression_of_the_dashboard_gives_what_is_known(render: Any, promtool: str, tmp_path: Path) -> None:
    asked = [
        {
            # Of versions of Prometheus the last digits differ.
            "expr": f"round({target['expr'].replace(*RATE_INTERVAL)}, 0.001)",
            "eval_time": "60m",
            "exp_samples": KNOWN["panels"][title][target["legendFormat"]],
        }
        for title, panel in panels(dashboard(render)).items()
        for target in panel["targets"]
    ]
    test = {"interval": "1m", "input_series": KNOWN["series"], "promql_expr_test": asked}
    (tmp_path / "test.yaml").write_text(
        yaml.safe_dump({"rule_files": [], "evaluation_interval": "1m", "tests": [test]})
    )

    done = subprocess.run([promtool, "test", "rules", "test.yaml"], cwd=tmp_path, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
    assert len(asked) == sum(map(len, KNOWN["panels"].values())) == 16


def test_panels_do_not_overlap_and_have_numbers_of_their_own(render: Any) -> None:
    found = dashboard(render)["panels"]
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in found)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert [panel["id"] for panel in found] == [*range(1, len(found) + 1)]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) == 23


def test_a_panel_has_the_line_of_its_alert(render: Any) -> None:
    changed = {"prometheusRule": {"alerts": {"saturated": {"above": 0.75}, "queueTooLong": None}}}
    found = panels(dashboard(render, changed))

    def line(title: str) -> Any:
        steps = found[title]["fieldConfig"]["defaults"].get("thresholds", {}).get("steps")
        return steps and [step["value"] for step in steps]

    assert line("In use") == [None, 0.75]
    assert line("Share of requests that fail") == [None, 0.5]
    assert line("Time in the queue") is None
    assert line("CPU of the managers") is None


def test_a_panel_shows_what_its_alert_compares(render: Any) -> None:
    rule = {"prometheusRule": {"enabled": True}}
    values = {"metrics": {"dashboard": {"enabled": True}, **rule}}
    rendering = render(values, release="ci", namespace="ci")
    rules = {one["alert"]: one["expr"] for one in rendering.object("PrometheusRule")["spec"]["groups"][0]["rules"]}
    (target,) = panels(dashboard(render))["In use"]["targets"]

    assert rules["PodrunnerSaturated"] == f"{target['expr']} > 0.9"


def test_two_releases_have_dashboards_of_their_own(render: Any) -> None:
    here = dashboard(render)
    (document,) = [
        one
        for one in render(
            {"metrics": {"dashboard": {"enabled": True, "namespace": "monitoring"}}}, release="ci", namespace="other"
        ).objects("ConfigMap")
        if one["metadata"]["name"].endswith("-dashboard")
    ]
    (there,) = map(json.loads, document["data"].values())

    assert (document["metadata"]["name"], document["metadata"]["namespace"]) == (
        "other-ci-podrunner-dashboard",
        "monitoring",
    )
    assert document["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert (here["title"], there["title"]) == ("GitLab Runner: ci in ci", "GitLab Runner: ci in other")
    assert here["uid"] != there["uid"]
    assert len(here["uid"]) <= 40


def test_a_dashboard_of_a_manager_without_metrics_is_refused(render: Any) -> None:
    with pytest.raises(RenderError, match=r"metrics\.dashboard\.enabled is true, but config\.listen_address is empty"):
        render({"metrics": {"dashboard": {"enabled": True}}, "config": {"listen_address": ""}})
