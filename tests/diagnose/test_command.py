from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from podrunner.cli import main

LOGS = Path(__file__).parent / "logs"
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
    assert "  Led to  the build's own step failed, COPPY" in text


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

    code = main(["explain", str(LOGS / "git-config-lock.home-is-root.log"), "--json", "--values", str(values)])

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
