"""The case set of `make bench`: fixed, without an error, and with documents that differ."""

from pathlib import Path

import pytest

from bench.check.block import make_block
from bench.check.case_set import VERSIONS, write_cases
from bench.check.pipes import write_scripts
from bench.check.results import Measure, Results, Series
from bench.check.schema_files import write_schemas
from bench.check.suites import write_helm_unittest, write_pytest
from podrunner.cases.matrix import load_matrix, make_cases
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.helm.renderer import renderer

CHART = Chart.open(Path(__file__).resolve().parents[2] / "chart")


@pytest.mark.broad
def test_the_cases_are_every_team_on_every_version_and_none_is_wrong(tmp_path):
    cases = write_cases(tmp_path, 8)
    checker = Checker(renderer("library", CHART), CHART.file.app_version)

    results = [checker.check(case) for case in make_cases(load_matrix(cases.matrix, CHART))]

    assert len(results) == len(cases) == 8 * len(VERSIONS)
    assert [result.case.name for result in results if not result.passed] == []


def test_no_two_teams_have_a_document_in_common(tmp_path):
    write_cases(tmp_path, 8)
    helm = renderer("library", CHART)
    made = make_cases(load_matrix(tmp_path / "matrix.yaml", CHART))[:: len(VERSIONS)]
    texts = [document.text for case in made for document in helm.render(case).documents]

    assert len(made) == 8
    assert len(set(texts)) == len(texts)


def test_a_second_writing_gives_the_same_files(tmp_path):
    def written(folder):
        folder.mkdir()
        write_cases(folder, 5)
        return {file.relative_to(folder): file.read_text() for file in folder.rglob("*.yaml")}

    assert written(tmp_path / "one") == written(tmp_path / "two")


def test_both_suites_assert_as_much(tmp_path):
    cases = write_cases(tmp_path, 2)
    suites = sorted(write_helm_unittest(cases, CHART.path).iterdir())
    write_pytest(cases)

    assert [suite.name for suite in suites] == ["team-000_test.yaml", "team-001_test.yaml"]
    assert suites[0].read_text().count("equal:") == 8 * len(VERSIONS)
    assert suites[0].read_text().count("matchRegex:") == len(VERSIONS)
    assert (tmp_path / "cases.json").read_text().count('"spec.template.metadata.labels.team": "team-000"') == len(
        VERSIONS
    )


def test_a_pipe_renders_and_validates_for_its_version(tmp_path):
    cases = write_cases(tmp_path, 1)
    peers = {"helm": Path("/bin/helm"), "kubeconform": Path("/bin/kubeconform")}

    scripts = write_scripts(cases, CHART.path, peers, write_schemas(tmp_path / "schemas"))

    first = scripts["each"].read_text().splitlines()[2]
    assert first.startswith(f"/bin/helm template team-000 {CHART.path} --namespace team-000 ")
    assert " --kube-version 1.25.0 | /bin/kubeconform -strict " in first
    assert (tmp_path / "schemas/v1.25.0/deployment-apps-v1.json").is_file()
    assert scripts["once"].read_text().count("helm template") == 1
    assert scripts["once"].read_text().count("-kubernetes-version") == len(VERSIONS)


def test_the_table_says_what_holds():
    series = Series("helm template | kubeconform", "s", (30.0, 31.0, 29.0))
    slow = Measure("500 cases", 12.5, "times our time", (series,), 15.0, at_least=True)
    small = Measure("memory", 150.0, "MB", (series,), 600.0)
    free = Measure("with schema validation", 21.0, "ms", (series,))

    block = make_block(Results({"kernel": "6.18"}, (slow, small, free)))

    assert "| 500 cases | 12.5 times our time | ≥ 15 | **no** |\n" in block
    assert "| memory | 150 MB | ≤ 600 | yes |\n" in block
    assert "| with schema validation | 21.0 ms |  |  |\n" in block
    assert "| helm template \\| kubeconform | 30.0 s (29.0 to 31.0) | 3 |\n" in block
    assert block.endswith("- kernel: 6.18\n")
