"""Where the real GitLab Runner asks for jobs, by the address that it is told."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from podrunner.runner.address import address_reason, is_of_old_ci

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
[[runners]]
  name = "a"
  url = "{}"
  token = "glrt-0123456789"
  executor = "shell"
"""
# No other program may listen on the port.
NOWHERE = "http://127.0.0.1:1"


def asked(gitlab_runner: str, address: str, folder: Path) -> str:
    """The address of the first request, or why there is none."""
    config = folder / "config.toml"
    config.write_text(CONFIG.format(address), encoding="utf-8")
    done = subprocess.run([gitlab_runner, "verify", "--config", str(config)], capture_output=True, text=True)
    found = re.search(r"POST against (\S+?):? |(parse URL: .*?)(?:\x1b| {2}|\n)", f"{done.stderr}\n")
    assert found, done.stderr
    return found[1] or found[2].strip()


@pytest.mark.process
@pytest.mark.parametrize("path", ["", "/", "/gitlab"])
def test_an_address_that_is_taken_is_asked(gitlab_runner: str, tmp_path: Path, path: str) -> None:
    assert address_reason(NOWHERE + path) == ""
    assert asked(gitlab_runner, NOWHERE + path, tmp_path) == f"{NOWHERE}{path.rstrip('/')}/api/v4/runners/verify"


@pytest.mark.process
@pytest.mark.parametrize("path", ["", "/gitlab"])
def test_ci_at_the_end_is_left_out(gitlab_runner: str, tmp_path: Path, path: str) -> None:
    assert is_of_old_ci(f"{NOWHERE}{path}/ci/")
    assert asked(gitlab_runner, f"{NOWHERE}{path}/ci/", tmp_path) == f"{NOWHERE}{path}/api/v4/runners/verify"


@pytest.mark.process
@pytest.mark.parametrize(
    ("address", "instead"),
    [
        (f"{NOWHERE}?a=b", f"{NOWHERE}/runners/verify"),
        (f"{NOWHERE}/gitlab#a", f"{NOWHERE}/runners/verify"),
        (f"{NOWHERE}/api/v4", f"{NOWHERE}/api/v4/api/v4/runners/verify"),
        ("http://ci", "http://api/v4/runners/verify"),
        ("http://:1", "http://:1/api/v4/runners/verify"),
        ("http://127.0.0.1:1a", 'parse URL: parse "http://127.0.0.1:1a/api/v4/": invalid port ":1a" after host'),
        ("http://[::1", "parse URL: parse \"http://[::1/api/v4/\": missing ']' in host"),
        (f"{NOWHERE}/%zz", f'parse URL: parse "{NOWHERE}/%zz/api/v4/": invalid URL escape "%zz"'),
    ],
)
def test_another_address_than_gitlabs_is_asked_for_what_is_refused(
    gitlab_runner: str, tmp_path: Path, address: str, instead: str
) -> None:
    assert address_reason(address) != ""
    assert asked(gitlab_runner, address, tmp_path) == instead
