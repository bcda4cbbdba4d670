"""Standard output that is full, closed or in ASCII: a sentence and an exit code, never a traceback. In a real process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.process

URL = "gitlab.url=https://gitlab.example.com"
LOG = "tests/explain/logs/git-config-lock.home-is-root.log"
# Each command as it prints something, and its exit code where it can.
PRINTS = {
    "--help": 0,
    "--version": 0,
    "check --help": 0,
    "check --preset privileged --notes": 0,
    "check tests/fixtures/values/wrong-type.yaml": 1,
    f"render --preset unprivileged --set {URL}": 0,
    "images --preset unprivileged": 0,
    "diff chart/presets/unprivileged.yaml chart/presets/privileged.yaml": 1,
    "import tests/fixtures/import/root.toml": 0,
    "init team-a --force --output {tmp}/team-a.yaml": 0,
    f"explain {LOG}": 0,
    "rule": 0,
    "completion bash": 0,
    "smoke --kubeconfig {tmp}/nowhere": 2,
}


class Podrunner:
    """The command in a shell that redirects its output."""

    def __init__(self, words: str, tmp_path: Path, checkout: Path) -> None:
        self.exit_code = PRINTS[words]
        self.words = [word.format(tmp=tmp_path) for word in words.split()]
        self.checkout = checkout

    def run(self, redirection: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
        """Run it to its end."""
        command = ["bash", "-c", f'"$0" -m podrunner "$@" {redirection}', sys.executable, *self.words]
        return subprocess.run(
            command, capture_output=True, check=False, cwd=self.checkout, env={**os.environ, **environment}
        )


@pytest.fixture(params=PRINTS)
def podrunner(request: pytest.FixtureRequest, tmp_path: Path, checkout: Path) -> Podrunner:
    """Return one of the commands."""
    return Podrunner(request.param, tmp_path, checkout)


def test_a_full_disk_is_a_sentence(podrunner: Podrunner) -> None:
    # Buffered, as it is for people: all may be written at the very end.
    done = podrunner.run("> /dev/full", PYTHONUNBUFFERED="")

    assert full(done) == (2, 1)


def test_ascii_is_enough(podrunner: Podrunner) -> None:
    done = podrunner.run(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")

    assert (done.returncode, b"Traceback" in done.stderr) == (podrunner.exit_code, False)


def full(done: subprocess.CompletedProcess[bytes]) -> tuple[int, int]:
    """Return the exit code, and how often it is said that there is no space; there is no traceback."""
    said = done.stderr.decode()
    assert "Traceback" not in said
    assert "Exception" not in said
    return done.returncode, said.count("output cannot be written: No space left on device.\n")


@pytest.mark.parametrize("words", ["--version", "check --help", "check tests/fixtures/values/wrong-type.yaml"])
def test_a_full_disk_is_a_sentence_without_a_buffer_too(words: str, tmp_path: Path, checkout: Path) -> None:
    assert full(Podrunner(words, tmp_path, checkout).run("> /dev/full", PYTHONUNBUFFERED="1")) == (2, 1)


@pytest.mark.parametrize("redirection", [">&-", "2>&-", "2> /dev/full"])
def test_what_is_wrong_has_its_exit_code_where_nothing_can_be_said(
    redirection: str, tmp_path: Path, checkout: Path
) -> None:
    wrong_use = Podrunner("smoke --kubeconfig {tmp}/nowhere", tmp_path, checkout)
    wrong_use.words = ["check", "nowhere.yaml"]

    assert Podrunner("check tests/fixtures/values/wrong-type.yaml", tmp_path, checkout).run(redirection).returncode == 1
    assert wrong_use.run(redirection).returncode == 2


def test_signs_have_something_like_them_in_ascii(tmp_path: Path, checkout: Path) -> None:
    done = Podrunner("smoke --kubeconfig {tmp}/nowhere", tmp_path, checkout).run(PYTHONIOENCODING="ascii")

    assert re.sub(r"\(\d+ s\)", "(0 s)", done.stdout.decode("ascii")).splitlines() == [
        " * Read the pipeline, the repository and the values ...",
        " + Read the pipeline, the repository and the values (0 s)",
        f" * Connect to the cluster of {tmp_path}/nowhere ...",
        f" x Connect to the cluster of {tmp_path}/nowhere",
        f" x --kubeconfig {tmp_path}/nowhere: no such file.",
        " * Remove temporary files ...",
        " + Remove temporary files (0 s)",
    ]


def test_letters_are_escaped_where_people_read_and_kept_where_programs_do(tmp_path: Path, checkout: Path) -> None:
    values = tmp_path / "team.yaml"
    values.write_text("gitlab: {url: 'https://gitlab.example.com/é'}\npodmän: {}\n", encoding="utf-8")
    run = Podrunner("--help", tmp_path, checkout)

    run.words = ["check", str(values)]
    assert b"error: podm\\xe4n: unknown key." in run.run(PYTHONIOENCODING="ascii").stdout
    run.words = ["render", "--set", "gitlab.url=https://gitlab.example.com/é", "--show", "configmap.yaml"]
    rendered = yaml.safe_load(run.run(PYTHONIOENCODING="ascii").stdout.decode("utf-8"))
    assert 'url = "https://gitlab.example.com/é"' in rendered["data"]["config.toml"]


@pytest.mark.parametrize("words", ["render -", "check -f -", "import -", "explain", "explain -"])
def test_standard_input_that_is_closed_is_a_sentence(words: str, checkout: Path) -> None:
    command = f"exec '{sys.executable}' -m podrunner {words} <&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, cwd=checkout, check=False)

    assert (done.returncode, done.stderr) == (2, "podrunner: standard input: cannot be read: it is closed.\n")
