"""Options that cannot be meant: one sentence with the way out, exit code 2."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from podrunner.cli.main import main

SENTENCES = {
    "check --format json=": "--format json=: the name of the file is missing. Write --format json=FILE.",
    'check --format "json= "': "--format json= : the name of the file is missing. Write --format json=FILE.",
    'check ""': 'argument FILE: "" names nothing: a variable may be empty. See `podrunner check --help`.',
    'check team.yaml " "': 'argument FILE: " " names nothing: a variable may be empty. See `podrunner check --help`.',
    'render -f ""': 'argument -f/--values: "" names nothing: a variable may be empty. See `podrunner render --help`.',
    'check --matrix ""': 'argument --matrix: "" names nothing: a variable may be empty. See `podrunner check --help`.',
    'import ""': 'argument FILE: "" names nothing: a variable may be empty. See `podrunner import --help`.',
    'diff ""': 'argument OLD: "" names nothing: a variable may be empty. See `podrunner diff --help`.',
    'explain ""': 'argument LOG: "" names nothing: a variable may be empty. See `podrunner explain --help`.',
    'init a --url ""': '--url "": not the address of a GitLab. Write it like https://gitlab.example.com.',
    "init a --url nope": "--url nope: not the address of a GitLab. Write it like https://gitlab.example.com.",
    "check nowhere.yaml": "nowhere.yaml: no such file.",
    "check --chart nowhere": "nowhere: no chart here, there is no Chart.yaml. Give the chart's directory.",
    "check --chart small-1.0.0.tgz": "small-1.0.0.tgz: no such file.",
    "check --kube-version new": "`new` is not a Kubernetes version. Write it like 1.34 or 1.34.2.",
    "check --runner-version new": "argument --runner-version: new is not a version of GitLab Runner. "
    "Write it like 19.4. See `podrunner check --help`.",
    "check --coverage-fail-under 200": "argument --coverage-fail-under: 200 is not a percentage. Write 0 to 100. "
    "See `podrunner check --help`.",
    "check --coverage-fail-under all": "argument --coverage-fail-under: all is not a percentage. Write 0 to 100. "
    "See `podrunner check --help`.",
    "check --strategy full": "--strategy full: there is no matrix to combine. Give one with --matrix.",
    "check --presett loud": "`podrunner check` has no option `--presett`. Did you mean `--preset`? "
    "See `podrunner check --help`.",
    "render team.yaml": "team.yaml: no such file.",
    "diff a b team.yaml": "`team.yaml` has no place here. Give values files with -f. See `podrunner diff --help`.",
    "check -f a.yaml,,b.yaml": "argument -f/--values: a.yaml,,b.yaml has a file without a name. Write it like a.yaml,b.yaml. "
    "See `podrunner check --help`.",
    "check --release My_App": "`My_App` is not a valid release name: at most 53 lower-case letters, digits, dashes and dots, "
    "the first and last a letter or digit.",
    "render --namespace team.a": "`team.a` is not a valid namespace: at most 63 lower-case letters, digits and dashes, "
    "the first and last a letter or digit.",
    "check --crds empty": "--crds empty: no CustomResourceDefinition in 0 YAML files.",
    "check --crds broken": "--crds broken/crd.yaml:2:1: not YAML: while parsing a flow node, did not find expected node content. "
    "Is a bracket not closed?",
    "check --pipeline nowhere.yml": "--pipeline nowhere.yml: cannot be read: No such file or directory.",
    "check --chart library": "library: a library chart renders nothing by itself. Check a chart that uses it.",
    "check --chart old --kube-version all": "kubeVersion of Chart.yaml: `old` is not a range of versions. "
    "Write it like >=1.25.0-0.",
    "check --chart remote": "remote/values.schema.json: not a JSON schema: "
    "\"strin\" is not valid under any of the schemas listed in the 'anyOf' keyword",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make charts and folders that are wrong in one way each."""
    charts = {"library": "type: library", "old": "kubeVersion: old", "remote": "appVersion: a"}
    for name, line in charts.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n{line}\n")
    (tmp_path / "remote" / "values.schema.json").write_text('{"type": "strin"}')
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "crd.yaml").write_text("a: [\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("words", SENTENCES)
def test_wrong_use_is_a_sentence(folder: Path, capsys: pytest.CaptureFixture[str], words: str) -> None:
    exit_code = main(shlex.split(words))

    out, err = capsys.readouterr()
    assert (exit_code, out) == (2, "")
    assert err == f"podrunner: {SENTENCES[words]}\n"


@pytest.mark.process
@pytest.mark.parametrize("arguments", ["preflight", "explain --pod ci/a", "smoke --kubeconfig {}"])
def test_a_package_that_only_clusters_need_is_named(
    arguments: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "kubeconfig").write_text("kind: Config\n", encoding="utf-8")
    # What Python does for a module that is None is what it does for one that is not there.
    monkeypatch.setitem(sys.modules, "kubernetes", None)

    code = main(arguments.format(tmp_path / "kubeconfig").split())

    assert code == 2
    assert capsys.readouterr().err.endswith(
        "podrunner: asking a cluster needs the Python package kubernetes: pip install './python[cluster]' in podrunner's repository.\n"
    )
