"""What may stand on either side: revisions, folders, packages, values files, and what is said of anything else."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from podrunner.cli.main import main

from .conftest import Repository

SIZE = "{apiVersion: v1, kind: ConfigMap, metadata: {name: demo}, data: {size: {{ .Values.size | quote }}, mode: old}}"
FORMS = (
    "Write a git revision (main, HEAD~1, v1.0), REVISION:PATH (main:values/team-a.yaml), a chart's folder or package, "
    "a values file, or a folder of them."
)


@pytest.fixture
def demo(repository: Repository) -> Repository:
    """Commit a chart with one object and a team's values, then change both."""
    (repository.folder / "values").mkdir()
    repository.write(it=SIZE)
    (repository.folder / "values/team.yaml").write_text("size: 2\n")
    repository.commit("old")
    repository.write(it=SIZE.replace("old", "new"))
    (repository.folder / "values/team.yaml").write_text("size: 3\n")
    repository.commit("new")
    return repository


def field(lines: list[str]) -> list[str]:
    return [line.partition("ConfigMap/demo: ")[2] for line in lines if "ConfigMap/demo: " in line]


def test_two_revisions_are_compared_and_the_work_tree_is_left_alone(demo: Repository) -> None:
    (demo.folder / "chart/templates/it.yaml").write_text("broken: [")

    exit_code, lines = demo.diff("old", "new")

    assert (exit_code, field(lines)) == (1, ['data.mode: "old" → "new"'])
    assert (demo.folder / "chart/templates/it.yaml").read_text() == "broken: ["


def test_a_folder_and_a_package_are_charts(demo: Repository, tmp_path: Path) -> None:
    demo.git("worktree", "add", "--quiet", str(tmp_path / "old"), "old")
    with tarfile.open(tmp_path / "demo-1.tgz", "w:gz") as package:
        package.add(tmp_path / "old/chart", "demo")

    assert field(demo.diff(str(tmp_path / "demo-1.tgz"))[1]) == ['data.mode: "old" → "new"']
    # A checkout that has its chart in the folder chart.
    assert field(demo.diff(str(tmp_path / "old"))[1]) == ['data.mode: "old" → "new"']


def test_a_values_file_of_a_revision_is_compared_with_the_one_here(demo: Repository) -> None:
    assert field(demo.diff("old:values/team.yaml", "values/team.yaml")[1]) == ['data.size: "2" → "3"']


def test_a_values_file_is_compared_with_the_chart_alone(demo: Repository) -> None:
    assert field(demo.diff("chart", "values/team.yaml")[1]) == ['data.size: "1" → "3"']


def test_values_files_of_folders_are_compared_by_name_and_one_without_a_counterpart_is_told(demo: Repository) -> None:
    (demo.folder / "values/late.yaml").write_text("size: 9\n")

    exit_code, lines = demo.diff("old:values", "values")

    assert exit_code == 1
    assert lines == [
        "Renders on one side only",
        "  in 1 of 2 cases, first late",
        "    old:values has no such file. values renders it.",
        "",
        "Changes otherwise",
        "  in 1 of 2 cases, first team",
        '    ConfigMap/demo: data.size: "2" → "3"',
        "",
        "old:values → values: 1 object differs in all 2 cases: renders on one side only (1)",
    ]


def test_what_the_command_line_sets_is_above_the_files(demo: Repository) -> None:
    assert demo.diff("old:values", "values", "--set", "size=7") == (
        0,
        ["old:values → values: no difference in 1 case"],
    )


def test_a_path_that_begins_with_a_dot_is_below_the_current_folder(
    demo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demo.folder / "values")

    assert field(demo.diff("old:./team.yaml", "team.yaml")[1]) == ['data.size: "2" → "3"']


def test_values_that_one_side_refuses_are_told_with_the_reason(demo: Repository) -> None:
    (demo.chart / "values.schema.json").write_text('{"properties": {"size": {"type": "integer"}}}')

    exit_code, lines = demo.diff("new", "chart", "--set", "size=big")

    assert exit_code == 1
    assert lines[1] == ('    refused by chart: size: must be a whole number, is the text "big". new renders it.')


def test_values_that_both_sides_refuse_are_no_difference_and_counted(demo: Repository) -> None:
    demo.write(it='{{ fail "no" }}')

    reason = "refused by chart: no"
    assert demo.diff("chart", "chart") == (
        0,
        [f"chart → chart: no difference in 1 case (1 rendered by neither, {reason})"],
    )


def test_a_new_file_that_is_refused_is_named_with_the_reason(demo: Repository) -> None:
    (demo.chart / "values.schema.json").write_text('{"properties": {"size": {"type": "integer"}}}')
    for folder, names in (("one", ["a"]), ("two", ["a", "b"])):
        (demo.folder / folder).mkdir()
        for name in names:
            (demo.folder / folder / f"{name}.yaml").write_text("size: 1\n" if name == "a" else "size: big\n")

    assert demo.diff("one", "two")[1] == [
        "one → two: no difference in 2 cases (1 rendered by neither, b: refused by two: size: must be a whole number, "
        'is the text "big")'
    ]


def test_each_side_has_the_presets_of_its_own_chart(demo: Repository) -> None:
    (demo.chart / "presets").mkdir()
    (demo.chart / "presets/big.yaml").write_text("size: 100\n")
    demo.commit("presets")
    (demo.chart / "presets/big.yaml").write_text("size: 200\n")

    assert field(demo.diff("presets", "chart", "--preset", "big")[1]) == ['data.size: "100" → "200"']
    assert demo.diff("new", "chart", "--preset", "big")[1][1] == "    new has no preset `big`. chart renders it."


WRONG = {
    "nowhere": "nowhere: no such file or folder, nor a revision of {here}. " + FORMS,
    "old:nowhere.yaml": (
        "old:nowhere.yaml: revision old of {here} has no nowhere.yaml. "
        "Write REVISION:PATH with the path it had there, or give the chart by --chart."
    ),
    "empty": "empty: neither Chart.yaml nor a values file in this folder. " + FORMS,
    "text.tgz": "text.tgz: not a packaged chart: not a gzip file.",
    "old:../../x": "../../x: outside of the repository {here}.",
}


@pytest.mark.parametrize("side", WRONG)
def test_what_is_none_of_them_is_one_sentence_with_what_to_write(demo: Repository, side: str) -> None:
    (demo.folder / "empty").mkdir()
    (demo.folder / "text.tgz").write_text("text")

    exit_code = main(["diff", side, "--chart", str(demo.chart)])

    out, err = demo.capsys.readouterr()
    assert (exit_code, out, err) == (2, "", f"podrunner: {WRONG[side].format(here=demo.folder.resolve())}\n")


def test_a_shallow_clone_is_told_how_to_get_what_is_missing(demo: Repository, tmp_path: Path) -> None:
    demo.git("clone", "--quiet", "--depth=1", f"file://{demo.folder}", str(tmp_path / "shallow"))

    exit_code = main(["diff", "HEAD~1", "--chart", str(tmp_path / "shallow/chart")])

    assert exit_code == 2
    assert "This clone is shallow: `git fetch --depth=1 origin HEAD~1` brings it." in demo.capsys.readouterr().err


def test_a_chart_outside_of_any_repository_has_no_revisions(
    demo: Repository, tmp_path: Path, small_chart: Path
) -> None:
    import shutil

    shutil.copytree(small_chart, tmp_path / "alone")

    exit_code = main(["diff", "main", "--chart", str(tmp_path / "alone")])

    assert exit_code == 2
    assert demo.capsys.readouterr().err == (
        "podrunner: main: no such file or folder, and there is no git repository around the chart, "
        f"{tmp_path / 'alone'}: a checkout's is given by --chart. {FORMS}\n"
    )
