"""chart/files/unregister.sh: the jobs end first, then the manager leaves GitLab's list, and no token is seen."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.process

SCRIPT = Path(__file__).parents[2] / "chart/files/unregister.sh"
TOKEN = "glrt-do-not-tell-anybody"
# In the place of GitLab Runner: takes a while to end its job on SIGQUIT, and none on SIGTERM; notes what it is told. No
# shell: a shell cannot trap SIGQUIT when it is started in the background.
RUNNER = f"""#!{sys.executable}
import os, signal, sys, time
def note(text):
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(text + "\\n")
def quit(*_):
    time.sleep(0.3)
    note("job ended")
    os._exit(3)
def abort(*_):
    note("job aborted")
    os._exit(1)
if sys.argv[1] != "run":
    note(" ".join(sys.argv[1:]))
    sys.exit()
signal.signal(signal.SIGQUIT, quit)
signal.signal(signal.SIGTERM, abort)
note("started")
if os.environ.get("CRASH"):
    sys.exit(7)
# Not pause(): a signal that comes just before it would be waited for in vain.
while True:
    time.sleep(0.05)
"""


def wait_until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it never is")


@dataclass
class Manager:
    """A run of the script."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    token: str = "$RUNNER_TOKEN_A"

    @property
    def notes(self) -> list[str]:
        """What the runner did, in order."""
        return (self.folder / "notes").read_text().splitlines() if (self.folder / "notes").exists() else []

    def start(self) -> subprocess.Popen[str]:
        """Starts it, and waits until the runner runs."""
        config = self.folder / "config.toml"
        config.write_text(f'concurrent = 1\n\n[[runners]]\n  name = "a"\n  token = "{self.token}"\n')
        runner = self.folder / "gitlab-runner"
        runner.write_text(RUNNER)
        runner.chmod(0o755)
        given = {"NOTES": str(self.folder / "notes"), "UNREGISTER_COPY": str(self.folder / "copy.toml")}
        process = subprocess.Popen(
            ["sh", SCRIPT, runner, "run", "--config", config],
            env={**os.environ, "RUNNER_TOKEN_A": TOKEN, **given, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        wait_until(lambda: bool(self.notes) or process.poll() is not None)
        return process

    def stop(self, sent: signal.Signals) -> tuple[int, str]:
        """Runs it and stops it by a signal. Returns exit status and output."""
        process = self.start()
        process.send_signal(sent)
        said, _ = process.communicate(timeout=30)
        return process.returncode, said


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGQUIT])
def test_jobs_end_before_the_manager_is_unregistered(tmp_path: Path, sent: signal.Signals) -> None:
    manager = Manager(tmp_path)

    status, said = manager.stop(sent)

    assert manager.notes == ["started", "job ended", f"unregister --all-runners --config {tmp_path}/copy.toml"]
    assert status == 3
    assert TOKEN not in said
    assert not (tmp_path / "copy.toml").exists()


def test_tokens_that_are_put_into_the_file_are_not_seen_either(tmp_path: Path) -> None:
    manager = Manager(tmp_path, token=TOKEN)

    _, said = manager.stop(signal.SIGTERM)

    assert manager.notes[-1].startswith("unregister ")
    assert TOKEN not in said + "".join(manager.notes)
    assert not (tmp_path / "copy.toml").exists()


def test_a_runner_that_ends_by_itself_stays_registered(tmp_path: Path) -> None:
    manager = Manager(tmp_path, {"CRASH": "yes"})

    process = manager.start()
    process.communicate(timeout=30)

    assert (process.returncode, manager.notes) == (7, ["started"])


@pytest.mark.parametrize("token", ["", "of-the-old-kind"])
def test_a_token_of_the_whole_runner_unregisters_nothing(tmp_path: Path, token: str) -> None:
    manager = Manager(tmp_path, {"RUNNER_TOKEN_A": token})

    _, said = manager.stop(signal.SIGTERM)

    assert manager.notes == ["started", "job ended"]
    assert "not unregistered: a token does not begin with glrt-" in said


class GitLab(http.server.BaseHTTPRequestHandler):
    """Has no jobs, and notes what it is asked."""

    asked: list[tuple[str, str, dict[str, Any]]]

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.asked.append((self.command, self.path, json.loads(body)))
        self.send_response(204)
        self.end_headers()

    do_POST = do_DELETE = _answer  # noqa: N815 - http.server looks for these names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def gitlab() -> Iterator[tuple[str, list[tuple[str, str, dict[str, Any]]]]]:
    """Address of a GitLab, and what it was asked."""
    asked: list[tuple[str, str, dict[str, Any]]] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Asked", (GitLab,), {"asked": asked}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_the_real_runner_takes_its_own_entry_off_the_list(
    gitlab_runner: str, gitlab: tuple[str, list[tuple[str, str, dict[str, Any]]]], tmp_path: Path
) -> None:
    if subprocess.run([gitlab_runner, "unregister", "--help"], capture_output=True).returncode:
        pytest.skip(f"{gitlab_runner} has no command unregister: build it again")
    url, asked = gitlab
    config = tmp_path / "config.toml"
    config.write_text(
        f'check_interval = 1\n[[runners]]\n  name = "a"\n  url = "{url}"\n  token = "$RUNNER_TOKEN_A"\n'
        '  executor = "kubernetes"\n  [runners.kubernetes]\n    namespace = "a"\n'
    )
    process = subprocess.Popen(
        ["sh", SCRIPT, shutil.which(gitlab_runner) or gitlab_runner, "run", "--config", config],
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "RUNNER_TOKEN_A": TOKEN,
            "UNREGISTER_COPY": str(tmp_path / "copy.toml"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    wait_until(lambda: bool(asked) or process.poll() is not None)

    process.terminate()
    said, _ = process.communicate(timeout=60)

    requests = [one for one in asked if one[1] == "/api/v4/jobs/request"]
    assert asked[-1] == (
        "DELETE",
        "/api/v4/runners/managers",
        {"token": TOKEN, "system_id": requests[0][2]["system_id"]},
    )
    assert process.returncode == 0
    assert TOKEN not in said
