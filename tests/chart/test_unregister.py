"""chart/files/unregister.sh: the jobs end first, then the manager leaves GitLab's list, and no token is seen."""

from __future__ import annotations

import http.server
import json
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .manager_process import TOKEN, Manager, leash, run_script, wait_until

pytestmark = pytest.mark.process


@pytest.fixture(autouse=True)
def _leashed() -> Iterator[None]:
    with leash():
        yield


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
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
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
    process = run_script(
        [shutil.which(gitlab_runner) or gitlab_runner, "run", "--config", str(config)],
        {"HOME": str(tmp_path), "UNREGISTER_COPY": str(tmp_path / "copy.toml")},
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
