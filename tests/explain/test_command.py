from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from podrunner.cli.main import main

LOGS = Path(__file__).parent / "logs"
CONFIG = """\
kind: Config
current-context: prod
contexts: [{name: prod, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://127.0.0.1:9"}}]
users: [{name: u, user: {token: x}}]
"""
Output = pytest.CaptureFixture[str]


def test_a_named_cause_is_told_with_fix_values_and_evidence(capsys: Output) -> None:
    code = main(["explain", str(LOGS / "unknown-instruction.misspelt.log")])

    text = capsys.readouterr().out
    assert code == 0
    assert text.splitlines()[0] == "the Containerfile has an instruction that does not exist  [unknown-instruction]"
    assert "  Cause   The Containerfile cannot be read at `COPPY`" in text
    assert "  Fix     Correct the line." in text
    assert "  At      the pipeline or the Containerfile" in text
    assert '  Seen    line 18  Error: building at STEP "COPPY ": Build error: Unknown instruction: "COPPY"' in text
    assert "  Led to  podman could not carry out the step COPPY" in text


def test_a_log_that_nothing_matches_says_what_to_collect(capsys: Output) -> None:
    code = main(["explain", str(LOGS / "nothing.something-nobody-knows.log")])

    text = capsys.readouterr().out
    assert code == 1
    assert text.splitlines()[0] == "No cause found in 17 lines of log."
    assert "What to collect\n  - Events of the jobs' namespace, kept for an hour:" in text


def test_a_log_without_its_beginning_is_asked_for_whole(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"nothing here\n")))

    code = main(["explain", "-"])

    assert code == 1
    assert (
        "  - The whole job log: this one does not begin with `Running with gitlab-runner`." in capsys.readouterr().out
    )


def test_json_holds_the_cause_and_the_lines_to_change(capsys: Output, tmp_path: Path) -> None:
    values = tmp_path / "team.yaml"
    values.write_text("podman:\n  mode: none\n  home: /\n", encoding="utf-8")

    code = main(
        ["explain", str(LOGS / "git-config-lock.home-is-root.log"), "--format", "json", "--values", str(values)]
    )

    report = json.loads(capsys.readouterr().out)
    assert code == 0
    assert report["cause"] == "git-config-lock"
    assert report["runner"] == "team-a"
    assert [change["text"] for change in report["diagnoses"][0]["changes"]] == [
        f"{values}:2: podman.mode: write unprivileged instead of none",
        f"{values}:3: podman.home: write /my_custom_dir instead of /",
    ]
    assert report["diagnoses"][0]["evidence"] == [
        {"source": "", "line": 10, "text": "error: could not lock config file //.gitconfig: Permission denied"}
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.log"], "podrunner: nowhere.log: no such file."),
        (["a.log", "--pod", "ci/a"], "podrunner: LOG and --pod exclude each other"),
        (["--pod", "runner-a"], "podrunner: --pod runner-a: write NAMESPACE/NAME."),
        (["a.log", "--kubeconfig", "k"], "podrunner: --kubeconfig is for --pod."),
        (["a.log", "--context", "prod"], "podrunner: --context is for --pod."),
        (["--pod", "ci/a", "--kubeconfig", "nowhere"], "podrunner: --kubeconfig nowhere: no such file."),
        (["a.log", "--values", "nowhere.yaml"], "podrunner: nowhere.yaml: no such file."),
    ],
)
def test_wrong_use_ends_with_2_and_a_sentence(arguments: list[str], message: str, capsys: Output) -> None:
    code = main(["explain", *arguments])

    assert code == 2
    assert capsys.readouterr().err.startswith(message)


def test_a_folder_is_no_log(capsys: Output, tmp_path: Path) -> None:
    code = main(["explain", str(tmp_path)])

    assert code == 2
    assert capsys.readouterr().err == f"podrunner: {tmp_path}: cannot be read: Is a directory.\n"


@pytest.mark.parametrize("beginning", [b"\x1f\x8b\x08\x08", b"PK\x03\x04\x14\0"], ids=["gzip", "zip"])
def test_an_archive_is_no_log(beginning: bytes, capsys: Output, tmp_path: Path) -> None:
    (tmp_path / "job.log.gz").write_bytes(beginning + b"and more\n")

    code = main(["explain", str(tmp_path / "job.log.gz")])

    assert code == 2
    assert capsys.readouterr().err == (
        f"podrunner: {tmp_path / 'job.log.gz'}: is not UTF-8 text. Unpack it first if it is an archive.\n"
    )


@pytest.mark.parametrize("text", ["{", "[]", "a: b", ""], ids=["no YAML", "a list", "another file", "empty"])
def test_a_file_that_is_no_kubeconfig_is_told_as_such(text: str, capsys: Output, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(text, encoding="utf-8")

    code = main(["explain", "--pod", "ci/a", "--kubeconfig", str(tmp_path / "config")])

    assert code == 2
    assert capsys.readouterr().err.startswith(f"podrunner: {tmp_path / 'config'}: not a usable kubeconfig: ")


def test_a_context_that_is_not_there_is_told_with_those_that_are(capsys: Output, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(CONFIG, encoding="utf-8")

    code = main(["explain", "--pod", "ci/a", "--kubeconfig", str(tmp_path / "config"), "--context", "prd"])

    assert code == 2
    assert capsys.readouterr().err == (
        "podrunner: --context prd: there is none. Did you mean `prod`? Contexts: prod.\n"
    )


def test_a_cluster_that_does_not_answer_is_told_in_one_sentence(capsys: Output, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(CONFIG, encoding="utf-8")

    code = main(["explain", "--pod", "ci/a", "--kubeconfig", str(tmp_path / "config")])

    said = capsys.readouterr().err
    assert code == 1
    assert said.startswith("podrunner: the API server cannot be reached: ")
    assert said.count("\n") == 1
