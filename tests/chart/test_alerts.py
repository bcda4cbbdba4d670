"""The alerts of metrics.prometheusRule: Prometheus' own promtool says which series raise them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
RULE = {"metrics": {"prometheusRule": {"enabled": True}}}
NAMES = list(yaml.safe_load((HERE.parents[1] / "chart/files/alerts.yaml").read_text()))
TESTS = yaml.safe_load((HERE / "alerts.yaml").read_text())["tests"]


def spec(render: Any, values: dict[str, Any] | None = None) -> dict[str, Any]:
    """The rules of the release `ci` in the namespace `ci`."""
    rendering = render(
        {"metrics": {"prometheusRule": {"enabled": True, **(values or {})}}}, release="ci", namespace="ci"
    )
    return dict(rendering.object("PrometheusRule")["spec"])


def rules(render: Any, values: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    """Alert → its rule."""
    (group,) = spec(render, values)["groups"]
    return {rule["alert"]: rule for rule in group["rules"]}


@pytest.mark.process
@pytest.mark.parametrize("test", TESTS, ids=lambda test: test["name"])
def test_alerts_fire_when_they_should_and_only_then(
    test: dict[str, Any], render: Any, promtool: str, tmp_path: Path
) -> None:
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(spec(render)))
    (tmp_path / "test.yaml").write_text(
        yaml.safe_dump({"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [test]})
    )

    done = subprocess.run([promtool, "test", "rules", "test.yaml"], cwd=tmp_path, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_every_alert_has_series_that_raise_it_and_some_that_nearly_do(name: str) -> None:
    alert = f"Podrunner{name[0].upper()}{name[1:]}".replace("Gitlab", "GitLab")
    fires = [test for test in TESTS if test["name"].startswith(f"{name} fires: ")]
    silent = [test for test in TESTS if test["name"].startswith(f"{name} stays silent: ")]

    assert [f'alertname="{alert}"' in str(test["promql_expr_test"]) for test in fires] == [True] * len(fires) != []
    assert (
        ["exp_samples" in str(test) and "alertname" not in str(test) for test in silent] == [True] * len(silent) != []
    )


def test_every_alert_says_what_to_do(render: Any) -> None:
    for name, rule in rules(render).items():
        told = rule["annotations"]["description"]

        assert any(word in told for word in ("kubectl ", "runners.", "config.")), name
        assert "namespace ci" in rule["annotations"]["summary"], name


def test_an_alert_can_be_changed_and_taken_away(render: Any) -> None:
    alerts = {"saturated": {"above": 0.75, "for": "1h", "severity": "page"}, "queueTooLong": None}
    changed = rules(render, {"alerts": alerts})

    assert (changed["PodrunnerSaturated"]["for"], changed["PodrunnerSaturated"]["labels"]) == (
        "1h",
        {"severity": "page"},
    )
    assert changed["PodrunnerSaturated"]["expr"].endswith("> 0.75")
    assert rules(render).keys() - changed.keys() == {"PodrunnerQueueTooLong"}


def test_rules_of_ones_own_stand_beside_the_charts(render: Any) -> None:
    own = {"alert": "MyOwn", "expr": "vector(1)"}

    assert rules(render, {"extraRules": [own]})["MyOwn"] == own


def test_without_any_rule_the_group_is_empty(render: Any) -> None:
    assert spec(render, {"alerts": dict.fromkeys(NAMES)}) == {"groups": [{"name": "ci-podrunner", "rules": []}]}
