"""The chart on disk."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from podrunner.chart.chart import Chart
from podrunner.findings.errors import UsageError
from podrunner.formats.placed import read_values


def write_chart(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: x\nversion: 1.0.0\n")
    return folder


def test_a_checkout_has_its_chart(checkout: Path) -> None:
    assert Chart.open().path == checkout / "chart"


def test_a_chart_that_is_given_wins(small_chart: Path) -> None:
    assert Chart.open(small_chart).path == small_chart


def test_a_folder_without_a_chart_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no chart here, there is no Chart\.yaml\."):
        Chart.open(tmp_path)


def test_presets_are_the_files_of_their_folder(small_chart: Path) -> None:
    assert Chart.open(small_chart).presets == {
        "loud": small_chart / "presets" / "loud.yaml",
        "quiet": small_chart / "presets" / "quiet.yaml",
    }


def test_a_preset_that_is_not_there_lists_those_that_are(small_chart: Path) -> None:
    with pytest.raises(UsageError, match=r"^No preset `lowd`\. Did you mean `loud`\? Presets: loud, quiet\.$"):
        Chart.open(small_chart).preset("lowd")


def test_a_chart_without_presets_has_none(tmp_path: Path) -> None:
    chart = Chart.open(write_chart(tmp_path))

    assert chart.presets == {}
    with pytest.raises(UsageError, match=r"^No preset `loud`\. Presets: none\.$"):
        chart.preset("loud")


def test_the_table_of_modes_is_read(small_chart: Path, tmp_path: Path) -> None:
    assert Chart.open(small_chart).modes == {"loud": {"preset": "loud", "promise": {"uid": 1000}}}
    assert Chart.open(write_chart(tmp_path)).modes == {}


def test_chart_yaml_is_read(small_chart: Path) -> None:
    file = Chart.open(small_chart).file

    assert (file.name, file.version, file.app_version, file.kube_version) == (
        "small",
        "1.2.3",
        "19.5.3",
        ">=1.25.0-0",
    )


def test_every_preset_of_our_chart_is_a_mode_with_a_promise(checkout: Path) -> None:
    chart = Chart.open(checkout / "chart")

    promised = {entry["preset"] for entry in chart.modes.values() if "promise" in entry}

    assert promised == set(chart.presets)


def test_a_chart_that_is_opened_again_is_read_anew(small_chart: Path, tmp_path: Path) -> None:
    folder = tmp_path / "chart"
    shutil.copytree(small_chart, folder)
    layers = [read_values("mode: silent\n", "team.yaml")]
    before = Chart.open(folder)
    assert [finding.rule.code for finding in before.check(layers)] == ["values-enum"]
    assert (before.effective([])["mode"], before.preset("loud").data["mode"]) == ("quiet", "loud")
    assert (list(before.modes), before.file.version) == (["loud"], "1.2.3")

    schema = json.loads((folder / "values.schema.json").read_text())
    schema["properties"]["mode"]["enum"].append("silent")
    (folder / "values.schema.json").write_text(json.dumps(schema))
    (folder / "values.yaml").write_text("mode: silent\n")
    (folder / "presets" / "loud.yaml").write_text("mode: silent\n")
    (folder / "presets" / "new.yaml").write_text("mode: loud\n")
    (folder / "files" / "modes.yaml").write_text("silent: {}\n")
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: small\nversion: 2.0.0\n")

    after = Chart.open(folder)
    assert after.check(layers) == ()
    assert (after.effective([])["mode"], after.preset("loud").data["mode"]) == ("silent", "silent")
    assert (list(after.modes), after.file.version) == (["silent"], "2.0.0")
    assert list(after.presets) == ["loud", "new", "quiet"]


def test_a_chart_keeps_what_it_has_read(small_chart: Path, tmp_path: Path) -> None:
    folder = tmp_path / "chart"
    shutil.copytree(small_chart, folder)
    chart = Chart.open(folder)
    assert chart.effective([])["mode"] == "quiet"

    (folder / "values.yaml").write_text("mode: silent\n")

    assert chart.effective([])["mode"] == "quiet"
    assert chart != Chart.open(folder)


def test_layers_are_checked_once(small_chart: Path) -> None:
    chart = Chart.open(small_chart)
    layers = [read_values("mode: silent\n", "team.yaml")]

    assert chart.check(layers) is chart.check(tuple(layers))
    assert chart.effective(layers) is chart.effective(tuple(layers))


def test_a_layer_that_is_broken_is_found_by_the_check(small_chart: Path) -> None:
    layer = read_values("mode: loud\nmode: quiet\n", "team.yaml")

    assert [str(finding) for finding in Chart.open(small_chart).check([layer])] == [
        "team.yaml:2:1: error: duplicate key `mode`, given already in line 1. "
        "Helm uses the last one and ignores the first silently. Keep one. [values-duplicate-key]"
    ]


def test_a_chart_goes_to_another_process_by_its_folder(small_chart: Path) -> None:
    sent = pickle.loads(pickle.dumps(Chart.open(small_chart)))

    assert (sent.path, sent.source, sent.file.name) == (small_chart, small_chart, "small")


def packed(chart: Path, package: Path, name: str = "small") -> Path:
    with tarfile.open(package, "w:gz") as archive:
        archive.add(chart, name)
    return package


def test_a_packaged_chart_is_the_chart_that_is_in_it(small_chart: Path, tmp_path: Path) -> None:
    package = packed(small_chart, tmp_path / "small-1.2.3.tgz")

    chart = Chart.open(package)

    assert (chart.source, chart.file.name, list(chart.presets)) == (package, "small", ["loud", "quiet"])
    assert chart.preset("loud").source == str(package / "presets" / "loud.yaml")
    assert chart.defaults.source == str(package / "values.yaml")


@pytest.mark.process
def test_what_a_package_was_unpacked_to_is_removed_when_the_process_ends(small_chart: Path, tmp_path: Path) -> None:
    package = packed(small_chart, tmp_path / "small-1.2.3.tgz")
    code = f"from pathlib import Path; from podrunner.chart.chart import Chart; print(Chart.open(Path({str(package)!r})).path)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    folder = Path(done.stdout.strip())
    assert folder.name == "small"
    assert not folder.parent.exists()


def test_an_archive_that_is_no_packaged_chart_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "chart-1.tgz").write_text("not an archive")
    folder = tmp_path / "empty"
    folder.mkdir()

    with pytest.raises(UsageError, match=r"chart-1\.tgz: not a packaged chart: "):
        Chart.open(tmp_path / "chart-1.tgz")
    with pytest.raises(UsageError, match=r"no single Chart\.yaml in its top folder\.$"):
        Chart.open(packed(folder, tmp_path / "chart-2.tgz"))


BROKEN = {
    "version: [": "2:1: not YAML: while parsing a flow node, did not find expected node content. Is a bracket not closed?",
    "- a": " must be a map (`key: value`), is a list.",
    "a": " must be a map (`key: value`), is a single value.",
}


@pytest.mark.parametrize("text", BROKEN)
@pytest.mark.parametrize("name", ["Chart.yaml", "files/modes.yaml", "requirements.yaml"])
def test_a_file_of_a_chart_that_is_not_a_map_is_wrong_use(tmp_path: Path, name: str, text: str) -> None:
    file = write_chart(tmp_path) / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    chart = Chart.open(tmp_path)

    with pytest.raises(UsageError) as error:
        _ = chart.modes if name == "files/modes.yaml" else chart.file

    assert str(error.value).replace(f"{file}:", "") == BROKEN[text]


def test_a_broken_file_of_a_package_is_named_by_its_place_in_it(small_chart: Path, tmp_path: Path) -> None:
    shutil.copytree(small_chart, tmp_path / "small")
    (tmp_path / "small/files/modes.yaml").write_text("- loud")
    package = packed(tmp_path / "small", tmp_path / "small.tgz")

    with pytest.raises(UsageError) as error:
        _ = Chart.open(package).modes

    assert str(error.value) == f"{package}/files/modes.yaml: must be a map (`key: value`), is a list."
