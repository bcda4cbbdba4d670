"""`podrunner.toml`: where it is found, what it says, and each mistake in it with its line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from podrunner.check.policy.file import PolicyFile, find_policy_file, policy_schema
from podrunner.check.policy.ignore import Ignore, Origin
from podrunner.check.policy.policy import Policy
from podrunner.cli.main import main
from podrunner.findings.severity import Severity
from podrunner.report.formats import FORMATS

IGNORE = '[[ignore]]\ncode = "image-floating"\nreason = "the lab"\n'


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository with a chart and values files, and go there."""
    (tmp_path / ".git").mkdir()
    for name in ("values/a.yaml", "values/b.yaml", "base.yaml", "matrix.yaml", "chart/Chart.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_all_of_it_is_read_with_the_paths_that_people_type(repository: Path) -> None:
    (repository / "podrunner.toml").write_text("""\
chart = "chart"
values = "base.yaml"
files = ["values/*.yaml"]
matrix = "matrix.yaml"
select = ["config-*", "image-floating"]
fail-on = "warning"
runner-version = "19.4"
kube-version = "1.34"

[[ignore]]
code = ["config-debug-log", "config-deprecated"]
path = "config"
file = "values/a.yaml"
object = "ConfigMap/*"
case = "a"
reason = "we look for something"
""")

    assert find_policy_file(repository) == PolicyFile(
        "podrunner.toml",
        chart=Path("chart"),
        values=(Path("base.yaml"),),
        files=(Path("values/a.yaml"), Path("values/b.yaml")),
        matrix=Path("matrix.yaml"),
        runner_version="19.4",
        kube_versions=("1.34",),
        policy=Policy(
            ("config-*", "image-floating"),
            (
                Ignore(
                    ("config-debug-log", "config-deprecated"),
                    "we look for something",
                    Origin.FILE,
                    path="config",
                    file=str(repository / "values/a.yaml"),
                    object="ConfigMap/*",
                    case="a",
                    said_in="podrunner.toml",
                    said_at=10,
                ),
            ),
            Severity.WARNING,
        ),
    )


def test_it_is_found_from_the_working_directory_up_to_the_top_of_the_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "podrunner.toml").write_text('matrix = "matrix.yaml"\n')
    deep = repository / "deep" / "er"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)

    assert find_policy_file(deep).matrix == repository / "matrix.yaml"
    (repository / "deep" / "podrunner.toml").write_text("")
    assert find_policy_file(deep).file == str(repository / "deep/podrunner.toml")


def test_it_is_not_found_above_the_repository_nor_above_a_folder_outside_of_one(repository: Path) -> None:
    inside = repository / "inside"
    (inside / ".git").mkdir(parents=True)
    (repository / "podrunner.toml").write_text(IGNORE)

    assert find_policy_file(inside) == PolicyFile()
    (repository / ".git").rmdir()
    assert find_policy_file(repository).file == "podrunner.toml"
    assert find_policy_file(repository / "values") == PolicyFile()


def test_a_pyproject_may_hold_it(repository: Path) -> None:
    (repository / "pyproject.toml").write_text(f'[project]\nname = "x"\n\n{IGNORE.replace("[[", "[[tool.podrunner.")}')

    (ignore,) = find_policy_file(repository).policy.ignores
    assert (ignore.said_in, ignore.said_at) == ("pyproject.toml", 4)
    (repository / "pyproject.toml").write_text("[tool.other]\n")
    assert find_policy_file(repository) == PolicyFile()


MISTAKES = {
    'fail-onn = "error"': "1: fail-onn: unknown key. Did you mean `fail-on`? Allowed: chart, fail-on, files, ignore, "
    "kube-version, matrix, runner-version, select, values.",
    '\nfail-on = "info"': '2: fail-on: "info" is not allowed. Allowed: error, warning, note.',
    "strict = true": "1: strict: unknown key. Allowed: chart, fail-on, files, ignore, kube-version, matrix, "
    "runner-version, select, values.",
    'chart = "nowhere"': "1: chart: nowhere: no such file. Names are relative to this file.",
    'files = ["values/c*.yaml"]': "1: files: values/c*.yaml: no such file. Names are relative to this file.",
    "matrix = 5": '1: matrix: must be text, is 5. For text write "5".',
    'runner-version = "new"': '1: runner-version: "new" is not a version of GitLab Runner. '
    'The version of GitLab Runner, such as "19.4".',
    "kube-version = 1.34": '1: kube-version: must be a list or text, is the number 1.34. For text write "1.34".',
    "kube-version = [1.30]": '1: kube-version[0]: must be text, is the number 1.30. For text write "1.30".',
    "\nx = 1979-05-27": "2: x: unknown key. Allowed: chart, fail-on, files, ignore, kube-version, matrix, "
    "runner-version, select, values.",
    "chart = 1979-05-27": '1: chart: must be text, is 1979-05-27. For text write "1979-05-27".',
    "fail-on = 07:32:00": '1: fail-on: must be text, is 07:32:00. For text write "07:32:00".',
    'values = [\n"base.yaml", 1979-05-27T07:32:00Z]': "1: values[1]: must be text, is 1979-05-27T07:32:00+00:00. "
    'For text write "1979-05-27T07:32:00+00:00".',
    "matrix = nan": '1: matrix: must be text, is nan. For text write "nan".',
    'select = ["image-floatng"]': "1: select: no finding has the code `image-floatng`. Did you mean `image-floating`?",
    '[[ignore]]\ncode = "image-floating"': "1: ignore[0].reason: missing. Write why this team lives with the finding.",
    f'{IGNORE}[[ignore]]\ncode = "label"\nreason = " "': '6: ignore[1].reason: " " says nothing. '
    "Write why this team lives with the finding.",
    '[[ignore]]\nreason = "a"': "1: ignore[0].code: missing. A code of findings, or several; shell patterns, too.",
    '[[ignore]]\ncode = "lable"\nreason = "a"': "2: ignore[0].code: no finding has the code `lable`. Did you mean `label`?",
    '[[ignore]]\ncode = "render"\nreason = "a"': "2: ignore[0].code: `render` cannot be ignored: nothing is checked after "
    "such an error. Correct what it names.",
    '[[ignore]]\ncode = "label"\nreson = "a"\nreason = "a"': "3: ignore[0].reson: unknown key. Did you mean `reason`? "
    "Allowed: case, code, file, object, path, reason.",
    "chart = ": "1: not TOML: Invalid value (at end of document).",
    'matrix = "matrix.yaml"\nselect = [a]\n': "2:11: not TOML: Invalid value.",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_wrong_use_with_its_line(text: str, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "podrunner.toml").write_text(text)

    exit_code = main(["check", "--preset", "unprivileged"])

    assert (exit_code, capsys.readouterr().err) == (2, f"podrunner: podrunner.toml:{MISTAKES[text]}\n")


def test_a_mistake_in_a_pyproject_has_its_line_too(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "pyproject.toml").write_text('[tool.podrunner]\nmatrx = "matrix.yaml"\n')

    assert main(["render"]) == 2
    assert capsys.readouterr().err.startswith(
        "podrunner: pyproject.toml:2: matrx: unknown key. Did you mean `matrix`? Allowed: "
    )


def test_two_files_in_one_folder_are_wrong_use(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "podrunner.toml").write_text("")
    (repository / "pyproject.toml").write_text('[tool.podrunner]\nfail-on = "note"\n')

    assert main(["check"]) == 2
    assert capsys.readouterr().err == (
        "podrunner: podrunner.toml and pyproject.toml [tool.podrunner]: both say what to check. Keep one of them.\n"
    )


def test_a_command_without_a_chart_reads_no_file(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "podrunner.toml").write_text("chart = ")

    assert main(["rule", "label"]) == 0


def test_the_page_shows_a_right_file_and_names_every_key_and_report(checkout: Path, repository: Path) -> None:
    page = (checkout / "docs" / "policy.md").read_text(encoding="utf-8")
    (repository / "tests").mkdir()
    (repository / "tests" / "matrix.yaml").write_text("")
    (repository / "podrunner.toml").write_text(page.partition("```toml\n")[2].partition("```")[0])

    assert [ignore.path for ignore in find_policy_file(repository).policy.ignores] == ["podman.image"]
    properties = policy_schema()["properties"]
    ignore = properties["ignore"]["items"]["properties"]
    assert set(re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE)) == {*properties, *ignore} - {"code", "reason"}
    assert {"json", "sarif", "junit", "codequality"} <= FORMATS.keys()


def test_its_schema_is_printed_for_editors(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "policy"]) == 0
    assert json.loads(capsys.readouterr().out) == policy_schema()
