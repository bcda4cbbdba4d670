"""`podrunner check` from end to end: every fixture is named after its mistake."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import helm_python
import pytest

from podrunner.cases.selection import matrix_cases
from podrunner.chart.chart import Chart
from podrunner.cli.check import add_arguments
from podrunner.cli.layers import read_selection
from podrunner.cli.main import main
from tests.verdict import JOB_PODS

Check = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, checkout: Path) -> Check:
    """Run `podrunner check` in the checkout and return its exit code and the lines it printed."""
    monkeypatch.chdir(checkout)

    def run(*arguments: str) -> tuple[int, list[str]]:
        exit_code = main(["check", *arguments])
        out, err = capsys.readouterr()
        assert err == ""
        return exit_code, out.splitlines()

    return run


FOUND = {
    "misspelt-key": (
        "4:3: error: podman.moode: unknown key. Did you mean `mode`? "
        "Allowed: appArmor, build, fuse, home, image, mode, openshift, registries, run, seccomp, storage. [values-unknown-key]"
    ),
    "wrong-type": ('6:7: error: runners.team-a.config.limit: must be a whole number, is the text "50". [values-type]'),
    "unknown-mode": (
        '4:3: error: podman.mode: "unpriviledged" is not allowed. Did you mean `unprivileged`? '
        "Allowed: openshift, userNamespace, unprivileged, unprivilegedRoot, privileged, none. [values-enum]"
    ),
    "duplicate-key": (
        "6:3: error: duplicate key `mode`, given already in line 4. Helm uses the last one and ignores the first "
        "silently. Keep one. [values-duplicate-key]"
    ),
    "octal-number": (
        '4:3: error: image.tag: must be text, is 0644, which YAML reads as 420. For text write "0644". [values-type]'
    ),
    "yes-for-text": (
        "4:3: error: helperImage.tag: must be text, is yes, which YAML reads as true. "
        'For text write "yes". [values-type]'
    ),
    "key-of-another-table": "3:1: error: check_interval: unknown key. It is a key of config. [values-unknown-key]",
    "list-for-a-map": "3:1: error: runners: must be a map, is a list. [values-type]",
    "tab-for-indentation": (
        "2:1: error: not YAML: while scanning for the next token, found character that cannot start any token. "
        "This is a tab. Indent with spaces. [values-yaml]"
    ),
    "not-a-map": "1:1: error: values must be a map (`key: value`), this is a list. [values-yaml]",
    "infinite-number": (
        "4:15: error: not YAML: `.inf` cannot be written as JSON, and Helm refuses it: quote it if it is text. [values-yaml]"
    ),
    "unclosed-quote": (
        "2:8: error: not YAML: while scanning a quoted scalar, found unexpected end of stream. Is a quote not closed? [values-yaml]"
    ),
    "two-volumes-called-repo": (
        "13:15: error: runners.team-a.config.kubernetes.volumes.empty_dir[0].name: Two volumes named `repo`: the runner "
        "makes one of that name for every job, so the job's pod is refused. Give this one another name, or mount it "
        "exactly at builds_dir, /build. (line 15 of config.toml) [config-volume-name]"
    ),
    "repo-volume-of-all-runners": (
        "10:14: error: jobs.config.kubernetes.volumes.empty_dir[0].name: Two volumes named `repo`: the runner makes one "
        "of that name for every job, so the job's pod is refused. Give this one another name, or mount it exactly at "
        "builds_dir, /build. (line 15 of config.toml) [config-volume-name]"
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_mistake_in_values_is_one_line_with_its_place(check: Check, name: str) -> None:
    file = f"tests/fixtures/values/{name}.yaml"

    exit_code, lines = check(file)

    # Of what could not be rendered, no pods were judged.
    assert [line.removesuffix(JOB_PODS) for line in lines] == [f"{file}:{FOUND[name]}", "1 case, 1 failed: 1 error"]
    assert exit_code == 1


def test_an_item_behind_those_of_the_chart_has_its_own_line(check: Check) -> None:
    file = "tests/fixtures/values/repo-volume-behind-those-of-the-chart.yaml"

    _, lines = check(file)

    assert lines[0].startswith(f"{file}:13:15: error: runners.team-a.config.kubernetes.volumes.empty_dir[1].name: Two")


def test_values_without_an_address_of_gitlab_are_refused_as_helm_refuses_them(check: Check) -> None:
    exit_code, lines = check("tests/fixtures/values/no-url.yaml")

    assert lines[0].startswith("tests/fixtures/values/no-url.yaml: error: gitlab.url is empty")
    assert exit_code == 1


def test_a_warning_has_its_line_and_does_not_fail(check: Check) -> None:
    exit_code, lines = check("tests/fixtures/values/debug-log-level.yaml")

    assert lines[0].startswith(
        'tests/fixtures/values/debug-log-level.yaml:4:3: warning: config.log_level: "debug" prints job tokens'
    )
    assert lines[1] == f"1 case, all passed: 1 warning{JOB_PODS}"
    assert exit_code == 0


def test_a_second_document_of_values_is_read_as_helm_4_reads_it(check: Check) -> None:
    file = "tests/fixtures/values/second-document.yaml"

    exit_code, lines = check(file)

    assert lines[0] == (
        f"{file}:4:1: warning: a second YAML document. Helm 4 lays it over the first one, Helm 3 does not read it. "
        "Write one. [values-documents]"
    )
    assert (exit_code, lines[-1].partition(":")[0]) == (0, "1 case, all passed")


def test_names_in_the_chart_s_own_values_make_no_object_exist(check: Check, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    (tmp_path / "values.yaml").write_text("config: web-config\n")
    (tmp_path / "own.yaml").write_text("config: our-config\n")
    (tmp_path / "templates" / "pod.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
        'spec: {containers: [{name: a, image: "a:1", envFrom: [{configMapRef: {name: {{ .Values.config }}}}]}]}\n'
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-web-config}\n"
    )

    _, lines = check("--chart", str(tmp_path))
    _, of_somebody = check("--chart", str(tmp_path), str(tmp_path / "own.yaml"))

    assert [line.partition("warning: ")[2] for line in lines if "[reference]" in line] == [
        "Pod/web: spec.containers[0].envFrom[0].configMapRef: ConfigMap/web-config is not made by this release: it has "
        "to be there before. Did you mean `podrunner-web-config`? [reference]"
    ]
    assert [line for line in of_somebody if "[reference]" in line] == []


def test_every_fixture_of_values_is_checked_without_a_traceback(check: Check, fixtures: Path) -> None:
    files = sorted(str(file) for file in (fixtures / "values").glob("*.yaml"))

    exit_code, lines = check(*files)

    assert len(files) >= 18
    assert lines[-1].startswith(f"{len(files)} cases, ")
    assert exit_code == 1


def test_all_presets_pass_on_old_and_new_kubernetes(check: Check) -> None:
    exit_code, lines = check("--all-presets", "--kube-version", "1.33", "--kube-version", "1.37")

    assert (exit_code, lines[-1]) == (0, f"10 cases, all passed: 1 note{JOB_PODS}")


def test_a_pipeline_is_checked_beside_the_values(check: Check, tmp_path: Path) -> None:
    pipeline = tmp_path / ".gitlab-ci.yml"
    pipeline.write_text("variables:\n  FF_RETRIEVE_POD_WARNING_EVENTS: 'true'\nbuild: {script: make}\n")

    exit_code, lines = check("--preset", "unprivileged", "--pipeline", str(pipeline))

    assert (exit_code, lines[-1]) == (0, f"2 cases, all passed: 1 warning{JOB_PODS}")
    assert lines[0].startswith(
        f"{pipeline}:2:3: warning: FF_RETRIEVE_POD_WARNING_EVENTS has no effect since v18.0.0. "
        "Use runners.kubernetes.print_pod_warning_events. [pipeline-removed]"
    )


def test_a_pipeline_alone_is_checked_alone(check: Check, tmp_path: Path) -> None:
    pipeline = tmp_path / ".gitlab-ci.yml"
    pipeline.write_text("build: {script: make}\n")

    assert check("--pipeline", str(pipeline)) == (0, ["1 case, all passed"])


def test_all_kubernetes_versions_are_checked_at_once(check: Check) -> None:
    exit_code, lines = check("--preset", "unprivileged", "--kube-version", "all")

    assert (exit_code, lines[-1]) == (0, f"13 cases, all passed{JOB_PODS}")


def test_notes_are_printed_when_asked_for(check: Check) -> None:
    _, quiet = check("--preset", "unprivileged")
    _, told = check("--preset", "unprivileged", "--notes")

    assert quiet == [f"1 case, all passed{JOB_PODS}"]
    assert [line.rpartition("[")[2] for line in told[:-1]] == ["reference]", "pod-security]"]
    assert told[-1] == f"1 case, all passed: 2 notes{JOB_PODS}"


def test_each_file_given_alone_is_a_case(check: Check) -> None:
    _, lines = check("tests/fixtures/values/wrong-type.yaml", "tests/fixtures/values/unknown-mode.yaml")

    assert [line.rpartition("] ")[2] for line in lines] == [
        "in case unknown-mode",
        "in case wrong-type",
        "2 cases, 2 failed: 2 errors",
    ]


def test_files_given_with_f_are_laid_over_each_other(check: Check) -> None:
    files = ["-f", "tests/fixtures/values/unknown-mode.yaml", "-f", "chart/presets/privileged.yaml"]

    assert check(*files) == (0, [f"1 case, all passed{JOB_PODS}"])


def test_a_preset_lies_under_the_files(check: Check) -> None:
    exit_code, lines = check("--preset", "privileged", "-f", "tests/fixtures/values/unknown-mode.yaml")

    assert lines[0].startswith("tests/fixtures/values/unknown-mode.yaml:4:3: error: podman.mode")
    assert exit_code == 1


def test_a_wrong_value_of_the_command_line_is_named_by_its_option(check: Check) -> None:
    exit_code, lines = check("--preset", "privileged", "--set", "podman.mode=rootfull")

    assert lines[0] == (
        '--set podman.mode=rootfull: error: podman.mode: "rootfull" is not allowed. '
        "Allowed: openshift, userNamespace, unprivileged, unprivilegedRoot, privileged, none. [values-enum]"
    )
    assert exit_code == 1


def test_cases_of_a_matrix_are_chosen_by_name_and_pattern(check: Check) -> None:
    exit_code, lines = check("--matrix", "tests/matrix.yaml", "--case", "unknown-mode", "--case", "no-*")

    assert exit_code == 0
    assert lines == ["3 cases, all passed"]


@pytest.fixture
def matrix(tmp_path: Path) -> str:
    """A matrix file with one case, which says its namespace."""
    file = tmp_path / "matrix.yaml"
    file.write_text(
        "cases:\n  one: {preset: privileged, namespace: ci, values: {gitlab: {url: 'https://a.example'}}}\n"
    )
    return str(file)


def test_a_file_given_with_f_is_below_the_matrix_and_no_case(check: Check, matrix: str) -> None:
    assert check("--matrix", matrix, "-f", "tests/fixtures/values/no-url.yaml") == (
        0,
        [f"1 case, all passed{JOB_PODS}"],
    )


def test_a_file_and_a_preset_are_cases_beside_the_matrix(check: Check, matrix: str) -> None:
    assert check("--matrix", matrix, "chart/presets/privileged.yaml", "--set", "gitlab.url=https://b.example") == (
        0,
        [f"2 cases, all passed{JOB_PODS}"],
    )
    assert check("--matrix", matrix, "--preset", "privileged") == (0, [f"2 cases, all passed{JOB_PODS}"])


def test_release_namespace_and_api_versions_of_the_command_line_hold_for_the_matrix(
    checkout: Path, matrix: str
) -> None:
    parser = ArgumentParser()
    add_arguments(parser)
    options = ["--release", "r", "--namespace", "n", "--api-versions", "example.com/v1"]

    chart = Chart.open(checkout / "chart")
    (case,) = matrix_cases(read_selection(parser.parse_args(["--matrix", matrix, *options]), chart), chart)

    assert (case.release, case.namespace, case.api_versions) == ("r", "n", ("example.com/v1",))


def test_files_of_one_name_are_told_apart_by_their_folders(check: Check, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    files = [tmp_path / folder / "values.yaml" for folder in "ab"]
    for file in files:
        file.parent.mkdir()
        file.write_text("gitlab: {url: https://a.example}\n")

    check(*map(str, [*files, files[0]]), "chart/presets/openshift.yaml", "--format", f"junit={report}")

    assert [case.get("name") for case in ET.parse(report).iter("testcase")] == [
        str(files[0]),
        str(files[1]),
        "openshift",
    ]


def test_a_case_that_is_expected_to_fail_and_does_not_is_an_error_at_its_line(check: Check, tmp_path: Path) -> None:
    matrix = tmp_path / "matrix.yaml"
    matrix.write_text("cases:\n  fine:\n    preset: privileged\n    expect: {fail: no way}\n")

    exit_code, lines = check("--matrix", str(matrix), "--set", "gitlab.url=https://example.com")

    assert lines[0] == (f"{matrix}:3: error: expected to fail with `no way`. Nothing was wrong. [expected-failure]")
    assert exit_code == 1


def test_a_case_that_fails_otherwise_than_expected_says_how(check: Check, tmp_path: Path) -> None:
    matrix = tmp_path / "matrix.yaml"
    matrix.write_text("cases:\n  wrong:\n    values: {podmn: {}}\n    expect: {fail: no way}\n")

    _, lines = check("--matrix", str(matrix))

    assert lines[0].startswith(
        f"{matrix}:3: error: expected to fail with `no way`. It failed with: podmn: unknown key. Did you mean `podman`?"
    )


def test_a_wrong_matrix_file_is_reported_like_everything_else(check: Check, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"

    exit_code, lines = check(
        *["--matrix", "tests/fixtures/matrix/unknown-strategy.yaml", "--format", "text", "--format", f"junit={report}"]
    )

    assert exit_code == 1
    assert lines == [
        "tests/fixtures/matrix/unknown-strategy.yaml:1:11: error: unknown strategy `ful`. Did you mean `full`? "
        "Known: each, full, pairwise. [matrix-strategy]",
        "1 case, 1 failed: 1 error",
    ]
    assert ET.parse(report).getroot().get("failures") == "1"


def test_a_wrong_matrix_file_is_reported_when_one_case_is_asked_for(check: Check) -> None:
    _, lines = check("--matrix", "tests/fixtures/matrix/unknown-strategy.yaml", "--case", "one")

    assert lines[0].startswith("tests/fixtures/matrix/unknown-strategy.yaml:1:11: error: unknown strategy `ful`.")


def test_a_junit_report_has_a_test_case_for_each_case(check: Check, tmp_path: Path) -> None:
    report = tmp_path / "deep" / "report.xml"

    exit_code, lines = check("--format", f"junit={report}", "tests/fixtures/values/wrong-type.yaml", "--all-presets")

    names = [case.get("name") for case in ET.parse(report).getroot().iter("testcase")]
    assert names == [
        "preset=openshift,wrong-type",
        "preset=privileged,wrong-type",
        "preset=unprivileged,wrong-type",
        "preset=unprivileged-root,wrong-type",
        "preset=user-namespace,wrong-type",
    ]
    assert (exit_code, lines) == (1, [])


def test_the_chart_that_helm_itself_makes_has_no_findings(check: Check, tmp_path: Path) -> None:
    helm_python.Chart.create("demo", tmp_path)

    assert check("--chart", str(tmp_path / "demo"), "--kube-version", "1.30") == (0, ["1 case, all passed"])


def test_a_chart_of_somebody_else_is_checked_as_well(check: Check, small_chart: Path) -> None:
    assert check("--chart", str(small_chart)) == (0, [f"2 cases, all passed{JOB_PODS}"])
