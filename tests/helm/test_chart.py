"""The chart on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from podrunner.chart.chart import find_chart, find_preset, modes, presets, read_chart_file
from podrunner.findings.errors import UsageError


def test_a_checkout_has_its_chart(checkout: Path) -> None:
    assert find_chart() == checkout / "chart"


def test_a_chart_that_is_given_wins(small_chart: Path) -> None:
    assert find_chart(small_chart) == small_chart


def test_a_folder_without_a_chart_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no chart here, there is no Chart\.yaml\."):
        find_chart(tmp_path)


def test_presets_are_the_files_of_their_folder(small_chart: Path) -> None:
    assert presets(small_chart) == {
        "loud": small_chart / "presets" / "loud.yaml",
        "quiet": small_chart / "presets" / "quiet.yaml",
    }


def test_a_preset_that_is_not_there_lists_those_that_are(small_chart: Path) -> None:
    with pytest.raises(UsageError, match=r"^No preset `lowd`\. Did you mean `loud`\? Presets: loud, quiet\.$"):
        find_preset(small_chart, "lowd")


def test_a_chart_without_presets_has_none(tmp_path: Path) -> None:
    assert presets(tmp_path) == {}
    with pytest.raises(UsageError, match=r"^No preset `loud`\. Presets: none\.$"):
        find_preset(tmp_path, "loud")


def test_the_table_of_modes_is_read(small_chart: Path, tmp_path: Path) -> None:
    assert modes(small_chart) == {"loud": {"preset": "loud", "promise": {"uid": 1000}}}
    assert modes(tmp_path) == {}


def test_chart_yaml_is_read(small_chart: Path) -> None:
    chart = read_chart_file(small_chart)

    assert (chart.name, chart.version, chart.app_version, chart.kube_version) == (
        "small",
        "1.2.3",
        "19.4.0",
        ">=1.25.0-0",
    )


def test_every_preset_of_our_chart_is_a_mode_with_a_promise(checkout: Path) -> None:
    chart = checkout / "chart"

    promised = {entry["preset"] for entry in modes(chart).values() if "promise" in entry}

    assert promised == set(presets(chart))
