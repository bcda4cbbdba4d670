"""The command that starts and ends a cluster on CRI-O: what it says before it does anything. tests/smoke runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="ci/airgap/crio runs as root only")


@pytest.fixture
def wrapper(checkout: Path, tmp_path: Path) -> Path:
    """Return CRI-O's wrapper around runc, beside a runc that prints what it is given."""
    (tmp_path / "runc").mkdir()
    (tmp_path / "runc/runc").write_text('#!/bin/sh\necho "$@"\n', encoding="utf-8")
    (tmp_path / "runc/runc").chmod(0o755)
    (tmp_path / "crio").mkdir()
    return Path(shutil.copy(checkout / "ci/airgap/recipes/crio/runc-here", tmp_path / "crio"))


def _crio(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([checkout / "ci/airgap/crio", *arguments], capture_output=True, text=True, check=False)


def test_help_names_every_command_and_what_is_left_on_the_machine(checkout: Path) -> None:
    shown = _crio(checkout, "up", "--help")

    assert shown.returncode == 0
    assert "crio up [--directory DIR] [--no-devices]" in shown.stdout
    assert "crio devices allow|refuse" in shown.stdout
    assert "crio down\n" in shown.stdout
    assert "removes everything that it made" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["start"], "there is no 'start'; there are: up, devices, down"),
        (["up", "--directory"], "--directory needs a folder"),
        (["down", "--directory", "x"], "`crio down` does not take '--directory'"),
        (["devices"], "`crio devices` needs 'allow' or 'refuse'"),
    ],
)
def test_wrong_use_says_what_is_right(checkout: Path, arguments: list[str], sentence: str) -> None:
    refused = _crio(checkout, *arguments)

    assert refused.returncode == 2
    assert sentence in refused.stderr


@needs_root
def test_a_folder_without_crio_is_refused_with_the_command_that_makes_it(checkout: Path, tmp_path: Path) -> None:
    refused = _crio(checkout, "up", "--directory", str(tmp_path))

    assert refused.returncode == 2
    assert refused.stderr == f"crio: {tmp_path} has no CRI-O; make it with `ci/airgap/build --directory {tmp_path}`\n"


@needs_root
@pytest.mark.parametrize(
    ("command", "file", "process"),
    [("create --bundle", "config.json", ["process"]), ("exec --process", "process.json", [])],
)
def test_runc_is_not_asked_for_a_capability_that_the_host_lacks(
    wrapper: Path, tmp_path: Path, command: str, file: str, process: list[str]
) -> None:
    content = {"capabilities": {"bounding": ["CAP_SETUID", "CAP_SYS_RESOURCE"], "effective": ["CAP_SYS_RESOURCE"]}}
    given = tmp_path / file
    given.write_text(json.dumps({"process": content} if process else content), encoding="utf-8")
    word = str(tmp_path if process else given)

    printed = subprocess.check_output(
        ["setpriv", "--bounding-set=-sys_resource", wrapper, *command.split(), word, "id"], text=True
    )

    assert printed == f"{command} {word} id\n"
    edited = json.loads(given.read_text(encoding="utf-8"))
    for key in process:
        edited = edited[key]
    assert edited == {"capabilities": {"bounding": ["CAP_SETUID"], "effective": []}}
