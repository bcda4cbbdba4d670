"""The matrix file: what it makes, and what it says of mistakes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from podrunner.cases.case import Case
from podrunner.cases.matrix import load_matrix, make_cases
from podrunner.chart.chart import Chart
from podrunner.findings.errors import MatrixError, UsageError
from podrunner.formats.placed import read_values

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a matrix file."""

    def to_file(text: str) -> Path:
        file = tmp_path / "matrix.yaml"
        file.write_text(text)
        return file

    return to_file


@pytest.fixture
def cases_of(write: Write, small_chart: Path) -> Callable[..., list[Case]]:
    """Make the cases of a matrix, given as text."""

    def make(text: str, **options: object) -> list[Case]:
        return make_cases(load_matrix(write(text), Chart.open(small_chart)), **options)  # type: ignore[arg-type]

    return make


def test_a_case_is_named_after_what_it_picked(cases_of: Callable[..., list[Case]]) -> None:
    cases = cases_of("""
strategy: full
axes:
  preset: [loud]
  kube: {kubeVersion: ["1.25", "1.34"]}
  size:
    one: {}
    many: {values: {replicas: 9}}
""")

    assert [case.name for case in cases] == [
        "preset=loud,kube=1.25,size=one",
        "preset=loud,kube=1.25,size=many",
        "preset=loud,kube=1.34,size=one",
        "preset=loud,kube=1.34,size=many",
    ]
    assert cases[1].values == {"mode": "loud", "replicas": 9}
    assert cases[1].kube_version == "1.25.0"


def test_a_preset_lies_under_all_values_whatever_the_order(cases_of: Callable[..., list[Case]]) -> None:
    (case,) = cases_of("""
axes:
  own:
    quiet: {values: {mode: quiet}}
  preset: [loud]
""")

    assert case.values == {"mode": "quiet"}


def test_layers_come_in_the_order_files_base_axes_options(cases_of: Callable[..., list[Case]]) -> None:
    (case,) = cases_of(
        """
base:
  values: {image: base, mode: quiet, name: base}
axes:
  own:
    entry: {values: {image: axis, mode: loud}}
""",
        under=[read_values("{image: file, name: file, refuse: file}", "team.yaml")],
        over=[read_values("image: option", "--set")],
    )

    assert case.values == {"image": "option", "mode": "loud", "name": "base", "refuse": "file"}


def test_for_other_settings_the_last_one_wins(cases_of: Callable[..., list[Case]]) -> None:
    (case,) = cases_of("""
base: {release: base, namespace: base, apiVersions: [a/v1]}
axes:
  first: {entry: {release: first}}
  second: {entry: {apiVersions: [b/v1, c/v1]}}
""")

    assert (case.release, case.namespace, case.api_versions) == ("first", "base", ("b/v1", "c/v1"))


def test_an_axis_can_be_written_in_three_ways(cases_of: Callable[..., list[Case]]) -> None:
    names = [
        [case.name for case in cases_of(text)]
        for text in (
            'axes: {kubeVersion: ["1.25", "1.34"]}',
            'axes: {kube: {kubeVersion: ["1.25", "1.34"]}}',
            'axes: {kube: {old: {kubeVersion: "1.25"}, new: {kubeVersion: "1.34"}}}',
        )
    ]

    assert names == [["kubeVersion=1.25", "kubeVersion=1.34"], ["kube=1.25", "kube=1.34"], ["kube=old", "kube=new"]]


def test_a_version_without_quotes_is_read_as_written(cases_of: Callable[..., list[Case]]) -> None:
    (case,) = cases_of("axes: {kubeVersion: [1.30]}")

    assert (case.name, case.kube_version) == ("kubeVersion=1.30", "1.30.0")


def test_api_versions_may_be_lists_of_lists(cases_of: Callable[..., list[Case]]) -> None:
    cases = cases_of("axes: {apiVersions: [[], [a/v1, b/v1]]}")

    assert [(case.name, case.api_versions) for case in cases] == [
        ("apiVersions=none", ()),
        ("apiVersions=a/v1+b/v1", ("a/v1", "b/v1")),
    ]


def test_an_axis_of_revisions_installs_and_upgrades(cases_of: Callable[..., list[Case]]) -> None:
    cases = cases_of("axes: {revision: [1, 2]}")

    assert [(case.name, case.revision) for case in cases] == [("revision=1", 1), ("revision=2", 2)]


def test_a_case_sets_versions_of_the_chart_crds_and_whether_schemas_count(cases_of: Callable[..., list[Case]]) -> None:
    (case,) = cases_of(
        "base: {includeCrds: true, chartVersion: 1.10, appVersion: 1.10}\n"
        "cases: {one: {appVersion: 2.0, skipSchemaValidation: true}}"
    )

    assert (case.chart_version, case.app_version) == ("1.10", "2.0")
    assert (case.include_crds, case.skip_schema_validation) == (True, True)


def test_objects_that_lookup_finds_are_written_in_the_case_or_in_files_beside_the_matrix(
    cases_of: Callable[..., list[Case]], tmp_path: Path
) -> None:
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "one"}}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}}
    (tmp_path / "found.yaml").write_text(f"{json.dumps(node)}\n---\n{json.dumps(secret)}\n")

    cases = cases_of(
        f"axes: {{lookup: {{none: {{lookup: null}}, some: {{lookup: [found.yaml, {json.dumps(secret)}]}}}}}}"
    )

    assert [(case.name, [json.loads(one) for one in case.lookup]) for case in cases] == [
        ("lookup=none", []),
        ("lookup=some", [node, secret, secret]),
    ]


def test_values_files_are_found_beside_the_matrix_and_name_their_entry(
    cases_of: Callable[..., list[Case]], tmp_path: Path
) -> None:
    (tmp_path / "team-a.yaml").write_text("replicas: 3\n")

    (case,) = cases_of("axes: {values: [team-a.yaml]}")

    assert (case.name, case.values) == ("values=team-a", {"replicas": 3})


def test_explicit_cases_stand_beside_those_of_the_axes(cases_of: Callable[..., list[Case]]) -> None:
    cases = cases_of("""
axes:
  preset: [loud]
cases:
  refused:
    values: {refuse: no way}
    expect: {fail: no way}
""")

    assert [(case.name, case.expect_fail) for case in cases] == [("preset=loud", ""), ("refused", "no way")]


def test_values_written_in_the_matrix_have_its_line(cases_of: Callable[..., list[Case]]) -> None:
    (case,) = cases_of("cases:\n  one:\n    values:\n      image: x\n      mode: loud\n")

    (layer,) = case.layers
    assert layer.places[("mode",)] == (5, 7)


def test_other_kubernetes_versions_take_the_place_of_the_axis(cases_of: Callable[..., list[Case]]) -> None:
    cases = cases_of(
        """
axes:
  kube: {kubeVersion: ["1.25", "1.26"]}
  preset: [loud]
cases:
  plain: {}
  pinned: {kubeVersion: "1.20"}
""",
        kube_versions=["1.33", "1.34"],
        strategy="full",
    )

    assert [(case.name, case.kube_version) for case in cases] == [
        ("preset=loud,kube=1.33", "1.33"),
        ("preset=loud,kube=1.34", "1.34"),
        ("plain,kube=1.33", "1.33"),
        ("plain,kube=1.34", "1.34"),
        ("pinned", "1.20.0"),
    ]


def test_an_excluded_combination_makes_no_case(cases_of: Callable[..., list[Case]]) -> None:
    cases = cases_of(
        """
strategy: full
axes:
  preset: [loud, quiet]
  kube: {kubeVersion: ["1.25", "1.30", "1.34"]}
exclude:
  - {preset: loud, kube: ["1.25", "1.30"]}
"""
    )

    assert [case.name for case in cases] == [
        "preset=loud,kube=1.34",
        "preset=quiet,kube=1.25",
        "preset=quiet,kube=1.30",
        "preset=quiet,kube=1.34",
    ]


def test_merge_keys_are_merged_and_what_a_case_says_itself_wins(cases_of: Callable[..., list[Case]]) -> None:
    cases = cases_of("""
cases:
  one: &one {preset: loud, release: ci, values: {replicas: 2}}
  two: {<<: *one, release: cd}
""")

    assert [(case.name, case.release, case.values) for case in cases] == [
        ("one", "ci", {"mode": "loud", "replicas": 2}),
        ("two", "cd", {"mode": "loud", "replicas": 2}),
    ]


def test_values_that_are_left_empty_are_no_values(cases_of: Callable[..., list[Case]]) -> None:
    (case,) = cases_of("cases:\n  one:\n    values:\n")

    assert case.values == {}


WRONG = {
    "misspelt-key": [
        "1:1: error: unknown key `axis`. Did you mean `axes`? Known: axes, base, cases, exclude, strategy. [matrix-key]"
    ],
    "unknown-preset": [
        "2:12: error: axes.preset.lowd: No preset `lowd`. Did you mean `loud`? Presets: loud, quiet. [matrix-preset]"
    ],
    "misspelt-setting": [
        "4:14: error: axes.size.many: unknown setting `vlaues`. Did you mean `values`? "
        "Known: apiVersions, appVersion, chartVersion, includeCrds, kubeVersion, lookup, namespace, preset, release, revision, skipSchemaValidation, values. [matrix-setting]"
    ],
    "unknown-strategy": [
        "1:11: error: unknown strategy `ful`. Did you mean `full`? Known: each, full, pairwise. [matrix-strategy]"
    ],
    "list-for-an-axis-of-ours": [
        "2:9: error: axes.kube: a list, and `kube` is not the name of a setting. Write `kube: {SETTING: [...]}` with one "
        "of apiVersions, appVersion, chartVersion, includeCrds, kubeVersion, lookup, namespace, preset, release, revision, skipSchemaValidation, values, or a map of named entries. [matrix-axis]"
    ],
    "not-a-version": [
        "2:17: error: axes.kubeVersion.latest: `latest` is not a Kubernetes version. "
        "Write it like 1.34 or 1.34.2. [matrix-kubeVersion]"
    ],
    "duplicate-case": [
        "3:3: error: duplicate key `one`, given already in line 2. "
        "podrunner uses the last one and ignores the first silently. Keep one. [matrix-duplicate-key]"
    ],
    "values-without-a-name": [
        "2:12: error: axes.values: this entry needs a name. Write the axis as a map: `NAME: {values: ...}`. [matrix-entry]"
    ],
    "the-same-entry-twice": [
        "2:18: error: axes.preset: this entry would be the second one called `loud`. "
        "Write the axis as a map: `NAME: {preset: ...}`. [matrix-entry]"
    ],
    "empty-axis": ["2:3: error: axes.size: has no entries. Give at least one, or remove the axis. [matrix-axis]"],
    "misspelt-expectation": [
        "4:14: error: cases.one.expect: unknown expectation `fial`. Did you mean `fail`? Known: fail. [matrix-expectation]"
    ],
    "expectation-in-an-axis": [
        "4:12: error: axes.size.many: unknown setting `expect`. "
        "Known: apiVersions, appVersion, chartVersion, includeCrds, kubeVersion, lookup, namespace, preset, release, revision, skipSchemaValidation, values. [matrix-setting]"
    ],
    "text-for-the-axes": ["1:7: error: axes: must be a map, such as `NAME: [ENTRY, ENTRY]`. [matrix-type]"],
    "text-for-an-axis": ["2:11: error: axes.preset: must be a list, such as `[loud]`. [matrix-type]"],
    "list-of-cases": ["2:3: error: cases: must be a map, such as `NAME: {values: {…}}`. [matrix-type]"],
    "nothing-but-a-base": ["error: no case: there are neither `cases:` nor `axes:`. [matrix-empty]"],
    "everything-excluded": ["error: no case: every combination is excluded. [matrix-empty]"],
    "release-with-capitals": [
        "3:14: error: cases.one.release: `My_Release` is not a valid release name: at most 53 lower-case letters, digits, "
        "dashes and dots, the first and last a letter or digit. [matrix-release]"
    ],
    "namespace-with-a-dot": [
        "3:16: error: cases.one.namespace: `team.a` is not a valid namespace: at most 63 lower-case letters, digits and dashes, "
        "the first and last a letter or digit. [matrix-namespace]"
    ],
    "expectation-of-nothing": [
        "4:20: error: cases.one.expect.fail: is empty. Write a part of the message expected. [matrix-expectation]"
    ],
    "expectation-that-is-empty": [
        '4:12: error: cases.one.expect: expects nothing. Write `fail: "a part of the message expected"`, or remove it. '
        "[matrix-expectation]",
        '7:13: error: cases.two.expect: expects nothing. Write `fail: "a part of the message expected"`, or remove it. '
        "[matrix-expectation]",
    ],
    "exclusion-of-a-map": ["4:14: error: exclude[0].preset: must be text. [matrix-type]"],
    "list-at-the-top": [
        "1:1: error: a matrix file must be a map, with `cases:` or `axes:`, this is a list. [matrix-yaml]"
    ],
    "empty": ["error: the file is empty. Begin with `cases:` or `axes:`. [matrix-empty]"],
    "misspelt-axis-in-an-exclusion": [
        "4:6: error: exclude[0]: unknown axis `prset`. Did you mean `preset`? Known: preset. [matrix-axis]"
    ],
    "exclusion-of-an-unknown-entry": [
        "4:20: error: exclude[0].preset: unknown entry `quite`. Did you mean `quiet`? Known: loud, quiet. [matrix-entry]"
    ],
    "exclusion-that-is-no-list": [
        "3:10: error: exclude: must be a list of maps, such as `- {preset: privileged, kube: 1.25}`. [matrix-type]"
    ],
    "unclosed-list": [
        "2:11: error: not YAML: while parsing a flow sequence, did not find expected ',' or ']'. Is a bracket not closed? [matrix-yaml]"
    ],
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_in_the_file_has_its_line(fixtures: Path, small_chart: Path, name: str) -> None:
    file = fixtures / "matrix" / f"{name}.yaml"

    with pytest.raises(MatrixError) as error:
        make_cases(load_matrix(file, Chart.open(small_chart)))

    lines = [str(finding).removeprefix(f"{file}:").strip() for finding in error.value.findings]
    assert lines == WRONG[name]


def test_a_values_file_that_is_not_there_is_named_where_it_is_asked_for(fixtures: Path, small_chart: Path) -> None:
    file = fixtures / "matrix" / "missing-values-file.yaml"

    with pytest.raises(MatrixError) as error:
        load_matrix(file, Chart.open(small_chart))

    assert str(error.value) == (
        f"{file}:4:22: error: axes.size.many.values: {file.parent}/nowhere.yaml: no such file. "
        "File names are relative to the matrix file. [matrix-values]"
    )


def test_a_broken_values_file_is_named_itself(fixtures: Path, small_chart: Path) -> None:
    file = fixtures / "matrix" / "broken-values-file.yaml"

    with pytest.raises(MatrixError) as error:
        load_matrix(file, Chart.open(small_chart))

    (finding,) = error.value.findings
    assert finding.file.endswith("values/not-a-map.yaml")


def test_all_mistakes_of_a_file_are_named_at_once_and_in_order(write: Write, small_chart: Path) -> None:
    file = write("axes:\n  preset: [lowd]\n  size: {}\nstrategy: ful\n")

    with pytest.raises(MatrixError) as error:
        load_matrix(file, Chart.open(small_chart))

    assert [(finding.line, finding.rule.code) for finding in error.value.findings] == [
        (2, "matrix-preset"),
        (3, "matrix-axis"),
        (4, "matrix-strategy"),
    ]


def test_a_matrix_that_is_not_there_is_wrong_use(small_chart: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.yaml: cannot be read: No such file"):
        load_matrix(Path("nowhere.yaml"), Chart.open(small_chart))
