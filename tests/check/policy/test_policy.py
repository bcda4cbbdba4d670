"""What a team ignores, selects and lets fail a check: by the command line, podrunner.toml and comments."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from podrunner import Case, Chart, check_case
from podrunner.cli.main import main
from tests.verdict import JOB_PODS

RUNNER = """\
config: |
  concurrent = 1
  log_level = 'debug'
  [[runners]]
    url = "https://gitlab.example.com"
    token = "$TOKEN"
    executor = "kubernetes"
    request_concurrency = 2
"""
DEBUG = "config-debug-log"
TWICE = "mode: loud\nmode: loud"
Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def check(
    tmp_path: Path, small_chart: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Check:
    """Write files into a repository, check there, and return exit code, output and errors."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)

    def run(*words: str, **files: str) -> tuple[int, str, str]:
        for name, text in files.items():
            Path(name.replace("_", ".")).write_text(text)
        exit_code = main(["check", "--chart", str(small_chart), *words])
        out, err = capsys.readouterr()
        return exit_code, out, err

    return run


def ignore(code: str, **places: str) -> str:
    lines = [f'{name} = "{value}"' for name, value in {"code": code, "reason": "the lab", **places}.items()]
    return "\n".join(["[[ignore]]", *lines, ""])


def last(out: str) -> str:
    return out.splitlines()[-1]


def test_a_finding_that_is_ignored_is_not_told_and_counted_in_the_last_sentence(check: Check) -> None:
    code, out, _ = check("a.yaml", a_yaml=RUNNER, podrunner_toml=ignore(DEBUG))

    assert (code, out) == (0, f"1 case, all passed: 1 ignored{JOB_PODS}\n")


@pytest.mark.parametrize(
    ("places", "is_ignored"),
    [
        ({"path": "config"}, False),
        ({"path": "log_level"}, True),
        ({"path": "log*"}, True),
        ({"path": "log"}, False),
        ({"object": "ConfigMap/*"}, True),
        ({"object": "Deployment/*"}, False),
        ({"case": "a"}, True),
        ({"case": "b*"}, False),
        ({"file": "b.yaml"}, False),
    ],
)
def test_an_ignore_may_be_for_a_place_alone(check: Check, places: dict[str, str], is_ignored: bool) -> None:
    _, out, _ = check("a.yaml", a_yaml=RUNNER, podrunner_toml=ignore(DEBUG, **places))

    assert (f"[{DEBUG}]" not in out) is is_ignored
    assert ("[ignore-unused]" not in out) is is_ignored


def test_a_path_is_that_of_a_value_or_one_around_it_and_a_file_is_relative_to_the_policy(check: Check) -> None:
    wrong = "labels: {a: [], b: []}\n"
    places = [{"path": "labels.a", "file": "a.yaml"}, {"path": "labels", "file": "*.yaml"}]

    found = [check("a.yaml", a_yaml=wrong, podrunner_toml=ignore("values-type", **one))[1] for one in places]

    assert [out.count("[values-type]") for out in found] == [1, 0]
    assert "labels.b: must be text" in found[0]


def test_the_option_needs_no_reason_and_takes_a_pattern(check: Check) -> None:
    assert check("a.yaml", "--ignore", "config-*", a_yaml=RUNNER)[1] == f"1 case, all passed: 1 ignored{JOB_PODS}\n"
    assert check("a.yaml", "--ignore", "label", "--ignore", DEBUG, a_yaml=RUNNER)[1] == (
        "--ignore label: warning: nothing is found of label that this could ignore. Take it out. [ignore-unused]\n"
        f"2 cases, all passed: 1 warning, 1 ignored{JOB_PODS}\n"
    )


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("--ignore lable", "argument --ignore: no finding has the code `lable`. Did you mean `label`?"),
        ("--select lable", "argument --select: no finding has the code `lable`. Did you mean `label`?"),
        (
            "--ignore values-yaml",
            "argument --ignore: `values-yaml` cannot be ignored: nothing is checked after such an error.",
        ),
        ("--fail-on bad", "argument --fail-on: invalid choice: 'bad'"),
    ],
)
def test_a_wrong_option_is_wrong_use(check: Check, option: str, sentence: str) -> None:
    code, _, err = check(*option.split())

    assert code == 2
    assert sentence in err


def test_select_looks_at_some_findings_alone_and_counts_the_others(check: Check) -> None:
    wrong = RUNNER.replace("concurrent = 1", "concurrent = 1\n  limt = 5")

    code, out, _ = check("a.yaml", "--select", DEBUG, a_yaml=wrong)

    assert code == 0
    assert out.count("[config-debug-log]") == out.count("[") - out.count("[[") == 1
    assert last(out).startswith("1 case, all passed: 1 warning, ")
    assert last(out).endswith(f" not selected{JOB_PODS}")


def test_select_of_the_command_line_takes_the_place_of_that_of_the_file(check: Check) -> None:
    files = {"a_yaml": RUNNER, "podrunner_toml": 'select = "label"\n'}

    assert f"[{DEBUG}]" not in check("a.yaml", **files)[1]
    assert f"[{DEBUG}]" in check("a.yaml", "--select", DEBUG, **files)[1]


@pytest.mark.parametrize(
    ("said", "options", "exit_code"),
    [
        ("", (), 0),
        ("", ("--strict",), 1),
        ("", ("--fail-on", "warning"), 1),
        ("", ("--fail-on", "note"), 1),
        ('fail-on = "warning"\n', (), 1),
        ('fail-on = "warning"\n', ("--fail-on", "error"), 0),
        ('fail-on = "warning"\n', ("--ignore", DEBUG), 0),
    ],
)
def test_a_warning_fails_the_check_where_the_team_says_so(
    check: Check, said: str, options: tuple[str, ...], exit_code: int
) -> None:
    code, out, _ = check("a.yaml", *options, a_yaml=RUNNER, podrunner_toml=said)

    assert code == exit_code
    assert ("1 failed" in last(out)) is bool(exit_code)


def test_what_makes_a_check_fail_is_told_though_it_is_only_good_to_know(check: Check) -> None:
    code, out, _ = check("--preset", "quiet", "--fail-on", "note")

    assert code == 1
    assert ": note: " in out


def test_a_case_that_could_not_be_rendered_never_passes(check: Check) -> None:
    files = {"a_yaml": "mode: lowd\n", "b_yaml": "refuse: never\n", "c_yaml": "a: ]\n"}

    for name in ("a.yaml", "b.yaml", "c.yaml"):
        assert check(name, "--select", "label", **files)[0] == 1
    assert check("b.yaml", "--ignore", "*", **files)[0] == 1
    assert check("c.yaml", "--ignore", "*", **files)[0] == 1


def test_a_case_whose_errors_are_all_ignored_is_rendered_and_checked(check: Check) -> None:
    code, out, _ = check("a.yaml", "--ignore", "values-duplicate-key", a_yaml=f"{RUNNER}{TWICE}\n")

    assert code == 0
    assert f"[{DEBUG}]" in out
    assert last(out) == f"1 case, all passed: 1 warning, 1 ignored{JOB_PODS}"


@pytest.mark.parametrize(
    "text",
    [
        f"{TWICE}  # podrunner: ignore[values-duplicate-key] as our tool writes it\n",
        f"{TWICE} # podrunner: ignore[label, values-duplicate-key]: as our tool writes it\n",
        "mode: loud\n# podrunner: ignore[values-duplicate-key] as our tool writes it\n\n# about the mode\nmode: loud\n",
        "mode: loud\n#podrunner:ignore[values-*] as our tool writes it\nmode: loud\n",
    ],
)
def test_a_comment_ignores_a_finding_of_its_line_or_of_the_next(check: Check, text: str) -> None:
    assert check("a.yaml", a_yaml=text)[:2] == (0, f"1 case, all passed: 1 ignored{JOB_PODS}\n")


@pytest.mark.parametrize(
    "text",
    [
        "name: '# podrunner: ignore[values-duplicate-key] x'\nmode: loud\nmode: loud\n",
        "config: |\n  # podrunner: ignore[values-duplicate-key] x\nmode: loud\nmode: loud\n",
        "mode: loud # podrunner: knows two modes\nmode: loud # they said: podrunner: ignore[x]\n",
    ],
)
def test_what_is_no_comment_ignores_nothing(check: Check, text: str) -> None:
    code, out, _ = check("a.yaml", a_yaml=text)

    assert code == 1
    assert "ignore" not in last(out)


@pytest.mark.parametrize(
    ("comment", "sentence"),
    [
        ("ignore[label]", "the ignore of label has no reason. Write `# podrunner: ignore[CODE] reason`."),
        ("ignore[] a reason", "the ignore names no code. Write `# podrunner: ignore[CODE] reason`."),
        ("ignore[lable] a reason", "no finding has the code `lable`. Did you mean `label`?"),
        ("ignroe[label] a reason", "not a comment that podrunner knows. Write `# podrunner: ignore[CODE] reason`."),
        ("ignore label", "not a comment that podrunner knows. Write `# podrunner: ignore[CODE] reason`."),
        (
            "ignore[render] x",
            "`render` cannot be ignored: nothing is checked after such an error. Correct what it names.",
        ),
    ],
)
def test_a_wrong_comment_is_wrong_use_with_its_line(check: Check, comment: str, sentence: str) -> None:
    text = f"# values\nmode: loud # podrunner: {comment}\n"

    assert check("a.yaml", a_yaml=text) == (2, "", f"podrunner: a.yaml:2: {sentence}\n")


def test_comments_are_read_in_matrix_files_and_from_standard_input(
    check: Check, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = "cases:\n  a:\n    values: # podrunner: ignore[values-enum] a reason\n      mode: lowd # podrunner: ignore[values-enum] it is\n"
    piped = f"{TWICE} # podrunner: ignore[values-duplicate-key] a reason\n".encode()
    (tmp_path / "piped").write_bytes(piped)

    _, out, _ = check("--matrix", "m.yaml", m_yaml=text)
    with (tmp_path / "piped").open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        said = check("-")[1]

    assert "m.yaml:3: warning: nothing is found of values-enum in this line" in out
    assert "[values-enum]" not in out
    assert said == f"1 case, all passed: 1 ignored{JOB_PODS}\n"


def test_an_ignore_that_matches_nothing_is_a_finding_at_its_line(check: Check) -> None:
    policy = f"{ignore(DEBUG)}\n{ignore('label', path='labels')}"
    text = f"{RUNNER}mode: loud # podrunner: ignore[values-enum] it was lowd\n"

    code, out, _ = check("a.yaml", "--strict", a_yaml=text, podrunner_toml=policy)

    assert code == 1
    assert out.splitlines() == [
        "a.yaml:9: warning: nothing is found of values-enum in this line that this could ignore. Take it out. [ignore-unused]",
        "podrunner.toml:5: warning: nothing is found of label at path labels that this could ignore. Take it out. "
        "[ignore-unused]",
        f"3 cases, 2 failed: 2 warnings, 1 ignored{JOB_PODS}",
    ]


def test_of_a_part_of_the_cases_no_ignore_is_called_unused(check: Check) -> None:
    files = {
        "a_yaml": RUNNER,
        "b_yaml": "mode: loud\n",
        "podrunner_toml": f'files = "?.yaml"\n{ignore(DEBUG)}{ignore("label")}',
    }

    assert "of label that" in check(**files)[1]
    for words in (["b.yaml"], ["--case", "b"], ["--preset", "loud"], ["--select", DEBUG]):
        assert "ignore-unused" not in check(*words, **files)[1]


def test_while_a_case_is_not_looked_at_as_a_whole_no_ignore_is_called_unused(check: Check) -> None:
    files = {"a_yaml": f"{RUNNER}mode: lowd\n", "m_yaml": "cases: {a: {relase: b}}\n"}
    refused = "cases: {a: {values: {mode: lowd}, expect: {fail: lowd}}}\n"

    assert "ignore-unused" not in check("a.yaml", **files, podrunner_toml=ignore(DEBUG))[1]
    assert "ignore-unused" not in check("--matrix", "m.yaml", **files)[1]
    assert "[ignore-unused]" in check("--matrix", "n.yaml", n_yaml=refused)[1]


def test_an_ignore_of_what_is_not_looked_for_is_not_called_unused(check: Check) -> None:
    policy = ignore("coverage-value") + ignore("pipeline-no-job") + ignore("ignore-unused") + ignore("label")

    assert check("a.yaml", a_yaml="", podrunner_toml=policy)[1] == f"2 cases, all passed: 1 ignored{JOB_PODS}\n"


def test_the_file_says_what_to_check_and_the_command_line_wins(check: Check) -> None:
    matrix = "cases: {m: {}}\n"
    files = {"a_yaml": RUNNER, "b_yaml": "name: b\n", "base_yaml": "name: Base\n", "m_yml": matrix}
    policy = 'files = "?.yaml"\nmatrix = "m.yml"\n'

    def names(*words: str, policy: str = policy) -> list[str]:
        report = json.loads(check("--format", "json", *words, **files, podrunner_toml=policy)[1])
        return [case["name"] for case in report["cases"]]

    assert names() == ["a", "b", "m"]
    assert names("b.yaml") == ["b"]
    assert names("--preset", "loud") == ["preset=loud"]
    assert names("-f", "a.yaml") == ["a"]
    assert names("--matrix", "m.yml") == ["m"]
    assert names(policy=f'{policy}values = "base.yaml"\nkube-version = ["1.33", "1.34"]\n')[:2] == [
        "base+a,kube=1.33",
        "base+a,kube=1.34",
    ]
    assert names("b.yaml", policy='values = "base.yaml"\n') == ["base+b"]
    assert names("b.yaml", "-f", "a.yaml", policy='values = "base.yaml"\n') == ["a+b"]
    assert names("--kube-version", "1.32", "b.yaml", policy='kube-version = "all"\n') == ["b"]


def test_the_chart_of_the_file_is_that_of_every_command(
    tmp_path: Path, small_chart: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("podrunner.toml").write_text(f'chart = "{small_chart}"\n')

    assert main(["render", "--set", "replicas=7"]) == 0
    assert "replicas: 7" in capsys.readouterr().out
    assert main(["images", "--preset", "lowd"]) == 2
    assert "Did you mean `loud`?" in capsys.readouterr().err


def test_the_version_of_the_runner_is_that_of_the_file_unless_an_option_says_another(check: Check) -> None:
    new = (
        RUNNER.replace("'debug'", "'info'") + "    [runners.feature_flags]\n      FF_SCRIPT_TO_STEP_MIGRATION = true\n"
    )
    files = {"a_yaml": new, "podrunner_toml": 'runner-version = "18.0"\n'}

    assert "FF_SCRIPT_TO_STEP_MIGRATION" in check("a.yaml", **files)[1]
    assert "FF_SCRIPT_TO_STEP_MIGRATION" not in check("a.yaml", "--runner-version", "19.4", **files)[1]


@pytest.fixture
def reports(check: Check) -> Callable[[str], Any]:
    """Return a report, by its format, of a finding that is told, one of a comment and one of the file."""
    text = f"{RUNNER}{TWICE}  # podrunner: ignore[values-duplicate-key] as our tool writes it\nobjects: [{{apiVersion: v1, kind: ConfigMap, metadata: {{name: my_map}}}}]\n"

    def report(name: str) -> str:
        return check("a.yaml", "--format", name, a_yaml=text, podrunner_toml=ignore(DEBUG))[1]

    return report


def test_json_keeps_what_is_ignored_with_the_reason(reports: Callable[[str], str]) -> None:
    (case,) = json.loads(reports("json"))["cases"]

    assert [(one["rule"], one["origin"], one["reason"], one["line"]) for one in case["suppressed"]] == [
        ("values-duplicate-key", "comment", "as our tool writes it", 10),
        (DEBUG, "file", "the lab", 2),
    ]
    assert not {"values-duplicate-key", DEBUG} & {one["rule"] for one in case["findings"]}


def test_sarif_keeps_what_is_ignored_as_suppressed(reports: Callable[[str], str]) -> None:
    (run,) = json.loads(reports("sarif"))["runs"]
    results = {one["ruleId"]: one["suppressions"] for one in run["results"]}

    assert results["values-duplicate-key"] == [{"kind": "inSource", "justification": "as our tool writes it"}]
    assert results[DEBUG] == [{"kind": "external", "justification": "the lab"}]
    assert {code: why for code, why in results.items() if code not in ("values-duplicate-key", DEBUG)} == {
        code: [] for code in results if code not in ("values-duplicate-key", DEBUG)
    }


def test_sarif_says_nothing_of_suppressions_where_there_is_none(check: Check) -> None:
    (run,) = json.loads(check("a.yaml", "--format", "sarif", a_yaml=RUNNER)[1])["runs"]

    assert ["suppressions" in one for one in run["results"]] == [False] * len(run["results"])


@pytest.mark.parametrize("name", ["junit", "codequality"])
def test_junit_and_code_quality_leave_out_what_is_ignored(reports: Callable[[str], str], name: str) -> None:
    report = reports(name)

    assert "my_map" in report
    assert "duplicate" not in report
    assert DEBUG not in report


def test_html_counts_what_is_ignored(reports: Callable[[str], str]) -> None:
    report = reports("html")

    assert "<div><dt>ignored</dt><dd>2</dd></div>" in report
    assert "duplicate key" not in report.partition("<main>")[2].partition('id="texts"')[0]


def test_a_failure_of_junit_lists_what_the_team_lets_fail(check: Check) -> None:
    out = check("a.yaml", "--strict", "--format", "junit", a_yaml=RUNNER)[1]

    assert f'<failure type="{DEBUG}"' in out


@pytest.mark.process
def test_cases_in_several_processes_are_judged_alike(check: Check) -> None:
    files = {f"v{number}_yaml": f"{RUNNER}{TWICE}\nname: {'v' * (number + 1)}\n" for number in range(50)}
    words = ["--ignore", "values-duplicate-key", "--ignore", DEBUG, "--quiet", "--format", "json"]
    names = [name.replace("_", ".") for name in files]

    one, two = (check(*names, *words, "--jobs", jobs, **files)[:2] for jobs in ("1", "2"))

    assert one == two
    assert one[0] == 0


def test_a_case_in_python_is_judged_with_its_comments(tmp_path: Path, small_chart: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(f"{TWICE} # podrunner: ignore[values-duplicate-key] a reason\n")

    result = check_case(Case("a").with_file(file), Chart.open(small_chart))

    assert result.passed
    assert [(one.finding.rule.code, one.reason) for one in result.suppressed] == [("values-duplicate-key", "a reason")]
