"""The options that commands share: one name, one meaning, one help text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from podrunner.cli.main import main
from podrunner.cli.parser import COMMANDS
from tests.verdict import JOB_PODS

Run = Callable[..., tuple[int, str, str]]
DIFF = ["diff", "chart/presets/unprivileged.yaml", "chart/presets/privileged.yaml"]
LOG = "tests/explain/logs/git-config-lock.home-is-root.log"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, checkout: Path) -> Run:
    """Run a command in the checkout and return its exit code and what it printed."""
    monkeypatch.chdir(checkout)

    def run(*arguments: str) -> tuple[int, str, str]:
        exit_code = main(list(arguments))
        out, err = capsys.readouterr()
        return exit_code, out, err

    return run


@pytest.mark.parametrize(
    "words",
    [
        ["check", "--preset", "privileged"],
        DIFF,
        ["images", "--preset", "privileged"],
        ["explain", LOG],
        ["import", "tests/fixtures/import/root.toml"],
        ["rule", "values-type"],
    ],
    ids=lambda words: words[0],
)
def test_json_is_asked_for_in_one_way_and_may_go_to_a_file(run: Run, words: list[str], tmp_path: Path) -> None:
    file = tmp_path / "deep" / "file.json"

    _, out, err = run(*words, "--format", "json")
    exit_code, beside, _ = run(*words, "--format", "text", "--format", f"json={file}")

    assert err == ""
    assert json.loads(file.read_text(encoding="utf-8")) == json.loads(out)
    assert beside.strip()
    assert exit_code == (1 if words == DIFF else 0)


def test_import_leaves_standard_output_to_the_values_where_json_has_a_file(run: Run, tmp_path: Path) -> None:
    _, values, listed = run("import", "tests/fixtures/import/root.toml")
    _, both, _ = run("import", "tests/fixtures/import/root.toml", "--format", "json")
    _, alone, nothing = run("import", "tests/fixtures/import/root.toml", "--format", f"json={tmp_path / 'a.json'}")

    assert "changed:" in listed
    assert json.loads(both)["values"] == values == alone
    assert nothing == ""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            "check --format text --format json",
            "--format json: text goes to standard output, too. Give one of them a file of its own: --format json=FILE.",
        ),
        (
            "check --format junit=a --format sarif=a",
            "--format sarif: junit goes to a, too. Give one of them a file of its own: --format sarif=FILE.",
        ),
        ("images --format yaml", "--format yaml: no format `yaml`. Formats: text, json."),
        (
            "diff a b --format markdwn=x",
            "--format markdwn=x: no format `markdwn`. Did you mean `markdown`? Formats: text, json, markdown.",
        ),
        (
            "check --kube-versio 1.34",
            "`podrunner check` has no option `--kube-versio`. Did you mean `--kube-version`? See `podrunner check --help`.",
        ),
    ],
)
def test_wrong_use_of_them_is_a_sentence(run: Run, words: str, sentence: str) -> None:
    assert run(*words.split()) == (2, "", f"podrunner: {sentence}\n")


def test_files_may_be_given_with_a_comma_between_them_as_in_helm(run: Run) -> None:
    files = "tests/fixtures/values/unknown-mode.yaml,chart/presets/privileged.yaml"

    assert run("check", "-f", files) == run("check", *(f"--values={file}" for file in files.split(",")))
    assert run("check", "-f", files) == (0, f"1 case, all passed{JOB_PODS}\n", "")


@pytest.mark.process
def test_quiet_leaves_results_only(run: Run, tmp_path: Path) -> None:
    wrong = "tests/fixtures/values/wrong-type.yaml"

    assert run("check", "--preset", "privileged", "--quiet") == (0, "", "")
    assert run("check", wrong, "--quiet")[1].splitlines() == run("check", wrong)[1].splitlines()[:-1]
    assert run("diff", "chart", "chart", "-q") == (0, "", "")
    assert run(*DIFF, "-q")[1] == run(*DIFF)[1].rpartition("chart/presets/unprivileged.yaml")[0]
    assert run("init", "team-a", "--output", str(tmp_path / "a.yaml"), "-q") == (0, "", "")
    assert run("import", "tests/fixtures/import/root.toml", "-q")[2] == ""
    assert run("smoke", "--kubeconfig", "nowhere", "-q")[1].splitlines() == [
        " ✗ Connect to the cluster of nowhere",
        " ✗ --kubeconfig nowhere: no such file.",
    ]


class Recorder:
    """Takes the place of a parser, and of its groups."""

    def __init__(self) -> None:
        self.options: list[tuple[tuple[str, ...], str]] = []

    def add_argument_group(self, _title: str) -> Recorder:
        return self

    def add_argument(self, *names: str, help: str, **_keywords: Any) -> Recorder:  # noqa: A002  as argparse calls it
        self.options.append((names, help))
        return self


def every_option() -> dict[str, dict[str, str]]:
    """Return option → command → its help, without what the command says of its default."""
    found: dict[str, dict[str, str]] = {}
    for command, (module, _) in COMMANDS.items():
        recorder = Recorder()
        import_module(module).add_arguments(recorder)
        for names, text in recorder.options:
            found.setdefault(" ".join(names), {})[command] = re.sub(r"(; several)?( \(default: .*\))?$", "", text)
    return found


def test_an_option_of_several_commands_has_one_help_text() -> None:
    texts = {option: set(commands.values()) for option, commands in every_option().items()}

    # Each command has formats of its own.
    assert len(texts.pop("--format")) > 1
    assert len(texts) > 30
    assert {option: found for option, found in texts.items() if len(found) > 1} == {}


def test_what_has_a_default_says_it_once() -> None:
    recorder = Recorder()
    for module, _ in COMMANDS.values():
        import_module(module).add_arguments(recorder)

    assert [names for names, text in recorder.options if text.count("(default") > 1] == []
