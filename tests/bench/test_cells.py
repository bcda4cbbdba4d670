from pathlib import Path

from bench.build.cells import default_cell, list_cells, safe_presets
from podrunner.chart.chart import Chart
from podrunner.formats.placed import Values

CHART = Chart.open(Path(__file__).resolve().parents[2] / "chart")


def test_each_preset_is_measured_with_each_driver_it_can_have():
    cells, absences = list_cells(CHART, device_plugin=True)

    assert [cell.runner for cell in cells] == [
        "p-overlay",
        "u-overlay",
        "ur-overlay",
        "un-overlay",
        "p-fuse",
        "u-fuse",
        "ur-fuse",
        "un-fuse",
        "p-vfs",
        "u-vfs",
        "ur-vfs",
        "un-vfs",
    ]
    assert absences == []


def test_without_a_device_plugin_only_a_privileged_container_has_fuse():
    cells, absences = list_cells(CHART, device_plugin=False)

    assert [cell.preset for cell in cells if cell.driver == "fuse-overlayfs"] == ["privileged"]
    assert [one.place for one in absences] == ["unprivileged", "unprivileged-root", "user-namespace"]


def test_a_release_may_have_all_cells_as_runners():
    cells, _ = list_cells(CHART, device_plugin=True)
    values = Values({"runners": {cell.runner: cell.values for cell in cells}}, "the benchmark")

    assert len(values.data["runners"]) == len(cells) == 12
    assert CHART.check([values]) == ()


def test_privileged_and_root_on_the_node_are_not_safe():
    assert safe_presets(CHART) == ("unprivileged", "user-namespace")


def test_the_default_is_what_the_charts_values_say():
    assert default_cell(CHART) == ("unprivileged", "overlay")
